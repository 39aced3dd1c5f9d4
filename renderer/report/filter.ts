import type { ReportFinding } from '@stageflow/engine/report-schema';
import { markOf } from '../ui/severity.tsx';
import type { Filter } from './route.ts';

/** The findings that a filter leaves, in their order. Text is looked for in titles, rules, places, files and messages. */
export function applyFilter(findings: readonly ReportFinding[], filter: Filter): readonly ReportFinding[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return findings.filter(
    (f) =>
      (filter.marks.length === 0 || filter.marks.includes(markOf(f))) &&
      (filter.module === '' || f.witnesses.some((w) => w.scanner === filter.module)) &&
      (filter.page === '' || f.occurrences.some((o) => o.pageId === filter.page)) &&
      words.every((word) => mentions(f, word)),
  );
}

function mentions(finding: ReportFinding, word: string): boolean {
  const has = (text: string | null) => text !== null && text.toLowerCase().includes(word);
  return (
    has(finding.title) ||
    has(finding.issue) ||
    has(finding.category) ||
    finding.witnesses.some((w) => has(w.rule)) ||
    finding.standards.some((s) => has(`${s.name} ${s.criterion}`)) ||
    finding.occurrences.some((o) => has(o.selector) || has(o.url) || has(o.file) || has(o.message) || has(o.target))
  );
}

/** Parts of a filter in words, each with the filter without it: what to drop when nothing is left. */
export function facets(
  filter: Filter,
  names: { readonly module: string; readonly page: string },
): { readonly label: string; readonly without: Filter }[] {
  return [
    ...filter.marks.map((mark) => ({
      label: mark,
      without: { ...filter, marks: filter.marks.filter((m) => m !== mark) },
    })),
    ...(filter.module === '' ? [] : [{ label: names.module, without: { ...filter, module: '' } }]),
    ...(filter.page === '' ? [] : [{ label: names.page, without: { ...filter, page: '' } }]),
    ...(filter.text === '' ? [] : [{ label: `“${filter.text}”`, without: { ...filter, text: '' } }]),
  ];
}
