import type { Report, ReportFinding, ReportScanner, SeverityCounts } from '../report/schema.ts';
import type { Manifest, Severity } from '../scanner/index.ts';
import { countSeverities, NO_COUNTS } from './findings.ts';
import { band, moduleValue } from './score.ts';

/** How much one page of a severity is worth when the fixes worth most are chosen. */
const WORTH: Readonly<Record<Severity, number>> = { critical: 100, serious: 40, moderate: 10, minor: 3, info: 0 };

/** Counts, numbers and the fixes worth most. */
export function summaryOf(
  findings: readonly ReportFinding[],
  pageIds: readonly string[],
  scanners: readonly ReportScanner[],
  manifests: ReadonlyMap<string, Manifest>,
): Report['summary'] {
  return {
    causes: countSeverities(findings),
    occurrences: occurrenceCounts(findings),
    byModule: scanners.map((scanner) => {
      const { value, reason } = moduleValue(manifests.get(scanner.id), scanner.scores);
      const seen = findings.filter((f) => f.witnesses.some((w) => w.scanner === scanner.id));
      return { scanner: scanner.id, causes: countSeverities(seen), score: value, band: band(value), reason };
    }),
    byPage: perPage(findings, pageIds),
    fixFirst: fixFirst(findings),
  };
}

function occurrenceCounts(findings: readonly ReportFinding[]): SeverityCounts {
  const counts = { ...NO_COUNTS };
  for (const finding of findings) {
    for (const { outcome } of finding.occurrences) counts[outcome === 'fail' ? finding.severity : 'review'] += 1;
  }
  return counts;
}

function perPage(findings: readonly ReportFinding[], pageIds: readonly string[]): Report['summary']['byPage'] {
  const counts = new Map(pageIds.map((id) => [id, { ...NO_COUNTS }]));
  for (const finding of findings) {
    const failing = failingPages(finding);
    for (const pageId of new Set(finding.occurrences.map((o) => o.pageId))) {
      const row = pageId === null ? undefined : counts.get(pageId);
      if (row) row[failing.has(pageId) ? finding.severity : 'review'] += 1;
    }
  }
  return [...counts].map(([pageId, causes]) => ({ pageId, causes }));
}

/** Pages on which a cause is a fault and not only a place for a person to look at; null stands for the site as a whole. */
const failingPages = ({ occurrences }: ReportFinding): ReadonlySet<string | null> =>
  new Set(occurrences.flatMap(({ outcome, pageId }) => (outcome === 'fail' ? [pageId] : [])));

function fixFirst(findings: readonly ReportFinding[]): string[] {
  const worth = (f: ReportFinding) => WORTH[f.severity] * failingPages(f).size;
  return findings
    .filter((f) => f.outcome === 'fail' && WORTH[f.severity] > 0)
    .map((f, index) => ({ f, index }))
    .sort((a, b) => worth(b.f) - worth(a.f) || a.index - b.index)
    .slice(0, 5)
    .map(({ f }) => f.id);
}
