import { createHash } from 'node:crypto';
import type { Severity } from '../scanner/finding.ts';
import { lawfulText } from './markup.ts';
import type { Report, ReportFinding, ReportOccurrence } from './schema.ts';

const QUALITY: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  serious: 'critical',
  moderate: 'major',
  minor: 'minor',
  info: 'info',
};
const MOST_PER_FILE = 20_000;

/** Reports that GitLab shows as merge request widgets: file name -> JSON. */
export function renderGitlab(report: Report): Record<string, string> {
  return {
    'gl-code-quality-report.json': `${JSON.stringify(codeQuality(report), null, 1)}\n`,
    'gl-accessibility.json': `${JSON.stringify(accessibility(report), null, 1)}\n`,
  };
}

/** Failing places as Code Quality issues; what needs review stays out, since the widget knows no such thing. */
function codeQuality(report: Report) {
  const rows = report.findings.flatMap((finding) =>
    finding.occurrences
      .filter((o) => o.outcome === 'fail')
      .map((occurrence, index) => ({ finding, occurrence, index })),
  );
  return rows.slice(0, MOST_PER_FILE).map(({ finding, occurrence, index }) => ({
    description: lawfulText([finding.title, occurrence.message].filter((t) => t).join(': ')),
    check_name: checkName(finding),
    fingerprint: createHash('md5')
      .update(`${finding.fingerprint}\0${pathOf(occurrence)}\0${index}`)
      .digest('hex'),
    severity: QUALITY[finding.severity],
    location: { path: lawfulText(occurrence.file ?? pathOf(occurrence)), lines: { begin: occurrence.line ?? 1 } },
  }));
}

/** Accessibility findings in the shape of pa11y's JSON reporter. */
function accessibility(report: Report) {
  const urls = [...new Set(report.pages.filter((p) => p.status === 'scanned').map((p) => p.url))];
  const results: Record<string, unknown[]> = Object.fromEntries(urls.map((url) => [url, []]));
  let errors = 0;
  for (const finding of report.findings) {
    if (finding.category !== 'accessibility') continue;
    for (const o of finding.occurrences) {
      if (o.outcome !== 'fail' || errors >= MOST_PER_FILE) continue;
      errors += 1;
      (results[o.url] ??= []).push({
        code: checkName(finding),
        type: 'error',
        typeCode: 1,
        message: lawfulText([finding.title, o.message].filter((t) => t).join(': ')),
        context: lawfulText(o.snippet ?? ''),
        selector: lawfulText(o.selector ?? ''),
        runner: 'stageflow',
        runnerExtras: { severity: finding.severity, helpUrl: finding.witnesses[0]?.helpUrl ?? null },
      });
    }
  }
  const passes = Object.values(results).filter((list) => list.length === 0).length;
  return { total: urls.length, passes, errors, results };
}

function checkName(finding: ReportFinding): string {
  const lead = finding.witnesses[0];
  return lead ? `${lead.scanner}/${lead.rule}` : finding.issue;
}

function pathOf({ url }: ReportOccurrence): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.pathname}${parsed.search}` : url;
}
