import type { Report, ReportFinding, SeverityCounts } from './schema.ts';

/** A report cut down to what one module witnessed, looked at and left. */
export function onlyOf(report: Report, scanner: string): Report {
  const findings = report.findings
    .filter((f) => f.witnesses.some((w) => w.scanner === scanner))
    .map((f) => ({ ...f, occurrences: f.occurrences.filter((o) => o.scanners.includes(scanner)) }))
    .map((f) => ({ ...f, occurrencesTotal: f.occurrences.length, pagesAffected: pagesOf(f).size }));
  const ids = new Set(findings.map((f) => f.id));
  const modules = report.coverage.modules.filter((m) => m.scanner === scanner);
  const causes = counts(findings, () => 1);
  return {
    ...report,
    verdict: {
      ...report.verdict,
      sentence: sentence(report.scanners.find((s) => s.id === scanner)?.title ?? scanner, causes),
      reasons: report.verdict.reasons.filter((r) => r.scanner === null || r.scanner === scanner),
    },
    summary: {
      causes,
      occurrences: counts(findings, (f) => f.occurrencesTotal),
      byModule: report.summary.byModule.filter((m) => m.scanner === scanner),
      byPage: report.summary.byPage.map(({ pageId }) => ({
        pageId,
        causes: counts(
          findings.filter((f) => f.occurrences.some((o) => o.pageId === pageId)),
          () => 1,
        ),
      })),
      fixFirst: report.summary.fixFirst.filter((id) => ids.has(id)),
    },
    findings,
    scanners: report.scanners.filter((s) => s.id === scanner),
    artifacts: report.artifacts.filter((a) => a.scanner === scanner || a.scanner === null),
    coverage: {
      ...report.coverage,
      sentence: modules[0]?.sentence ?? report.coverage.sentence,
      modules,
      pages: report.coverage.pages.map((p) => ({ ...p, modules: p.modules.filter((m) => m.scanner === scanner) })),
    },
  };
}

const pagesOf = (finding: Pick<ReportFinding, 'occurrences'>) =>
  new Set(finding.occurrences.flatMap((o) => o.pageId ?? []));

function counts(findings: readonly ReportFinding[], weight: (finding: ReportFinding) => number): SeverityCounts {
  const sum: SeverityCounts = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
  for (const finding of findings) sum[finding.outcome === 'fail' ? finding.severity : 'review'] += weight(finding);
  return sum;
}

function sentence(title: string, { review, ...fails }: SeverityCounts): string {
  const total = Object.values(fails).reduce((a, b) => a + b, 0);
  const found = total === 0 ? 'nothing to fix' : `${total} ${total === 1 ? 'thing' : 'things'} to fix`;
  return `${title}: ${found}${review > 0 ? `, ${review} to review` : ''}.`;
}
