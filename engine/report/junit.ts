import { escapeHtml } from './markup.ts';
import type { CoverageCell, Report, ReportFinding, ReportOccurrence } from './schema.ts';

/** Places written out in one failure; the rest is counted. */
const MOST_PLACES = 20;

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly body: string;
  readonly kind: 'failure' | 'error' | 'skipped' | 'pass';
  readonly seconds: number;
}

/** JUnit XML: a suite per page, a case per rule; a finding is a failure, a module that crashed an error, needs-review a skip. */
export function renderJunit(report: Report): string {
  const paths = new Map(report.pages.map((p) => [p.id, p.url]));
  const byPage = new Map<string, { finding: ReportFinding; places: ReportOccurrence[] }[]>();
  for (const finding of report.findings) {
    const groups = new Map<string, ReportOccurrence[]>();
    for (const occurrence of finding.occurrences) {
      const page = occurrence.pageId ?? '_site';
      groups.set(page, [...(groups.get(page) ?? []), occurrence]);
    }
    for (const [page, places] of groups) byPage.set(page, [...(byPage.get(page) ?? []), { finding, places }]);
  }
  const covered = report.coverage.pages.map((p) => p.pageId);
  const suites = [...new Set([...covered, ...byPage.keys()])].map((pageId) => {
    const coverage = report.coverage.pages.find((p) => p.pageId === pageId);
    const cases = [
      ...(byPage.get(pageId) ?? []).map(({ finding, places }) => caseOf(finding, places)),
      ...(coverage?.modules ?? []).map((cell) => moduleCase(cell)),
      ...(coverage && coverage.status !== 'scanned' && coverage.status !== 'skipped'
        ? [pageCase(coverage.status, coverage.code, coverage.reason)]
        : []),
    ];
    return suiteOf(pageId === '_site' ? 'the whole site' : (paths.get(pageId) ?? pageId), report.job.startedAt, cases);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="stageflow">\n${suites.join('')}</testsuites>\n`;
}

function caseOf(finding: ReportFinding, places: readonly ReportOccurrence[]): Case {
  const lead = finding.witnesses[0];
  const outcome = places.some((p) => p.outcome === 'fail') ? 'failure' : 'skipped';
  const lines = places
    .slice(0, MOST_PLACES)
    .map(
      (p) =>
        `- ${[p.file === null ? null : `${p.file}${p.line === null ? '' : `:${p.line}`}`, p.selector, p.target, p.message].filter((t) => t).join('  ')}`,
    );
  const more = places.length > MOST_PLACES ? [`… and ${places.length - MOST_PLACES} more places`] : [];
  const text = escapeHtml([`How to fix: ${finding.howToFix}`, ...lines, ...more].join('\n'));
  const message = escapeHtml(
    `${outcome === 'skipped' ? 'needs review' : finding.severity}: ${finding.title} (${places.length} ${places.length === 1 ? 'place' : 'places'})`,
  );
  const body =
    outcome === 'failure'
      ? `<failure type="${finding.severity}" message="${message}">${text}</failure>`
      : `<skipped message="${message}"/><system-out>${text}</system-out>`;
  return {
    name: `${finding.title} [${finding.fingerprint.slice(0, 12)}]`,
    classname: `${lead?.scanner ?? ''}.${lead?.rule ?? ''}`,
    body,
    kind: outcome,
    seconds: 0,
  };
}

/** One case per module and page, so that what passed is seen and what crashed is never mistaken for a pass. */
function moduleCase({ scanner, outcome, code, reason, milliseconds }: CoverageCell): Case {
  const message = escapeHtml(reason ?? outcome);
  const base = { name: `${scanner} finished`, classname: `${scanner}.module`, seconds: (milliseconds ?? 0) / 1000 };
  if (outcome === 'ok') return { ...base, kind: 'pass', body: '' };
  if (outcome === 'failed' || outcome === 'timeout' || outcome === 'missing') {
    return { ...base, kind: 'error', body: `<error type="${escapeHtml(code ?? outcome)}" message="${message}"/>` };
  }
  return { ...base, kind: 'skipped', body: `<skipped message="${message}"/>` };
}

function pageCase(status: string, code: string | null, reason: string | null): Case {
  return {
    name: 'page visited',
    classname: 'page',
    kind: 'error',
    seconds: 0,
    body: `<error type="${escapeHtml(code ?? status)}" message="${escapeHtml(reason ?? status)}"/>`,
  };
}

function suiteOf(name: string, timestamp: string, cases: readonly Case[]): string {
  const count = (kind: Case['kind']) => cases.filter((c) => c.kind === kind).length;
  const time = cases.reduce((sum, c) => sum + c.seconds, 0).toFixed(3);
  const rows = cases
    .map(
      (c) =>
        `    <testcase name="${escapeHtml(c.name)}" classname="${escapeHtml(c.classname)}" time="${c.seconds.toFixed(3)}"${c.body === '' ? '/>' : `>${c.body}</testcase>`}\n`,
    )
    .join('');
  return `  <testsuite name="${escapeHtml(name)}" tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${time}" timestamp="${timestamp}">\n${rows}  </testsuite>\n`;
}
