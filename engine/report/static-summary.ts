import { escapeHtml } from './markup.ts';
import type { Report } from './schema.ts';

const MOST_ROWS = 200;

/** The verdict and a plain table of causes as HTML: what shows before, or without, JavaScript. */
export function staticSummary(report: Report): string {
  const { verdict, coverage, findings } = report;
  const rows = findings
    .slice(0, MOST_ROWS)
    .map(
      (f) =>
        `<tr><td>${f.outcome === 'fail' ? f.severity : 'needs review'}</td><td>${escapeHtml(f.title)}</td><td>${f.pagesAffected}</td><td>${f.occurrencesTotal}</td></tr>`,
    )
    .join('');
  const more =
    findings.length > MOST_ROWS ? `<p>${findings.length - MOST_ROWS} more are shown with JavaScript.</p>` : '';
  const table =
    findings.length === 0
      ? ''
      : `<table><thead><tr><th scope="col">Severity</th><th scope="col">What is wrong</th><th scope="col">Pages</th><th scope="col">Places</th></tr></thead><tbody>${rows}</tbody></table>${more}`;
  return `<main><h1>${escapeHtml(verdict.sentence)}</h1><p>${escapeHtml(coverage.sentence)}</p>${table}</main>`;
}
