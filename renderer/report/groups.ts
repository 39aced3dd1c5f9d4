import type { ReportFinding } from '@stageflow/engine/report-schema';
import type { Group } from './route.ts';

/** A row of the list: a finding, or the head over those that follow. */
export type Row =
  | { readonly kind: 'finding'; readonly finding: ReportFinding; readonly group: string }
  | { readonly kind: 'head'; readonly group: string; readonly title: string; readonly causes: number };

/** The findings put together by page, rule or module, groups in the order in which their first finding comes. A finding may stand in several. */
export function grouped(
  findings: readonly ReportFinding[],
  group: Group,
  names: { readonly page: (id: string) => string; readonly module: (id: string) => string },
): readonly Row[] {
  if (group === 'none') return findings.map((finding) => ({ kind: 'finding', finding, group: '' }));
  const groups = new Map<string, { title: string; findings: ReportFinding[] }>();
  for (const finding of findings) {
    for (const [id, title] of groupsOf(finding, group, names)) {
      const entry = groups.get(id) ?? { title, findings: [] };
      entry.findings.push(finding);
      groups.set(id, entry);
    }
  }
  return [...groups].flatMap(([id, { title, findings: inside }]): Row[] => [
    { kind: 'head', group: id, title, causes: inside.length },
    ...inside.map((finding): Row => ({ kind: 'finding', finding, group: id })),
  ]);
}

function groupsOf(
  finding: ReportFinding,
  group: Exclude<Group, 'none'>,
  names: Parameters<typeof grouped>[2],
): Map<string, string> {
  switch (group) {
    case 'page':
      return new Map(
        finding.occurrences.map(({ pageId }) =>
          pageId === null ? ['_site', 'The whole site'] : [pageId, names.page(pageId)],
        ),
      );
    case 'rule':
      return new Map([[finding.issue, finding.issue]]);
    case 'module':
      return new Map(finding.witnesses.map((w) => [w.scanner, names.module(w.scanner)]));
  }
}
