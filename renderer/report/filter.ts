import type { ReportFinding } from '@stageflow/engine/report-schema';
import { markOf } from '../ui/severity.tsx';
import { type Filter, NO_FILTER } from './route.ts';
import { matcherOf, termsOf } from './terms.ts';

/** What a filter must know besides the findings. */
export interface Surroundings {
  /** Path of a page by its id. */
  readonly pathOf: (pageId: string) => string;
  /** Fingerprints that are new since an earlier report, or null when there is none to compare with. */
  readonly fresh: ReadonlySet<string> | null;
}

/** The findings that a filter leaves, in their order. */
export function applyFilter(
  findings: readonly ReportFinding[],
  filter: Filter,
  around: Surroundings,
): readonly ReportFinding[] {
  const terms = termsOf(filter.text).map((term) => matcherOf(term, around.pathOf));
  const { marks, module, page, category, since } = filter;
  return findings.filter(
    (f) =>
      (marks.length === 0 || marks.includes(markOf(f))) &&
      (module === '' || f.witnesses.some((w) => w.scanner === module)) &&
      (page === '' || f.occurrences.some((o) => o.pageId === page)) &&
      (category === '' || f.category === category) &&
      (since === '' || around.fresh === null || around.fresh.has(f.fingerprint) === (since === 'new')) &&
      terms.every((matches) => matches(f)),
  );
}

/** Parts of a filter in words, each with the filter without it: what to drop when nothing is left. */
export function facets(
  filter: Filter,
  names: { readonly module: string; readonly page: string },
): { readonly label: string; readonly without: Filter }[] {
  const one = (name: 'module' | 'page' | 'category' | 'since', label: string) =>
    filter[name] === '' ? [] : [{ label, without: { ...filter, [name]: NO_FILTER[name] } }];
  const terms = termsOf(filter.text);
  return [
    ...filter.marks.map((mark) => ({
      label: mark,
      without: { ...filter, marks: filter.marks.filter((m) => m !== mark) },
    })),
    ...one('module', names.module),
    ...one('page', names.page),
    ...one('category', filter.category),
    ...one('since', filter.since),
    ...terms.map(({ text }, i) => ({
      label: `“${text}”`,
      without: { ...filter, text: terms.flatMap((term, k) => (k === i ? [] : term.text)).join(' ') },
    })),
  ];
}
