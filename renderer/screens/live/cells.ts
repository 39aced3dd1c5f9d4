import type { CellView, JobView, PageView } from '@stageflow/engine/view';

/** One row of the matrix: a page, or the site as a whole. */
export interface MatrixRow {
  readonly pageId: string;
  /** What people call it: the path, or the whole address where it is of another origin than the first page. */
  readonly name: string;
  readonly page: PageView | null;
  readonly cells: readonly CellView[];
}

/** How one cell is, as the matrix shows it. */
export type CellLook =
  | { readonly kind: 'waiting' | 'running' | 'none' }
  | {
      readonly kind: 'found';
      readonly count: number;
      readonly worst: 'critical' | 'serious' | 'moderate' | 'minor' | 'info' | 'review';
    }
  | { readonly kind: 'clean' | 'failed' | 'timeout' | 'skipped' | 'blocked' | 'not-measurable' };

const MARKS = ['critical', 'serious', 'moderate', 'minor', 'info', 'review'] as const;

/** A page's name in lists. */
export function pageName(url: string, origin: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  const path = readable(parsed.pathname + parsed.search);
  return parsed.origin === origin ? path : parsed.host + path;
}

/** Percent signs as what they stand for, where they stand for letters. */
function readable(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** The rows of a job, in the order of the crawl, the site last. */
export function rowsOf(view: Pick<JobView, 'pages' | 'siteCells'>): MatrixRow[] {
  const origin = URL.parse(view.pages[0]?.url ?? '')?.origin ?? '';
  const pages = view.pages.map((page) => ({
    pageId: page.pageId,
    name: pageName(page.url, origin),
    page,
    cells: page.cells,
  }));
  if (view.siteCells.length === 0) return pages;
  return [...pages, { pageId: '_site', name: 'The whole site', page: null, cells: view.siteCells }];
}

/** The cell of a module in a row. */
export function lookOfCell({ page, cells }: MatrixRow, scanner: string, over: boolean): CellLook {
  const cell = cells.find((one) => one.scanner === scanner);
  if (cell === undefined) {
    if (page === null || over) return { kind: 'none' };
    if (page.status === 'waiting') return { kind: 'waiting' };
    return { kind: page.status === 'open' ? 'running' : 'none' };
  }
  if (cell.outcome !== 'ok') return { kind: cell.outcome };
  const worst = MARKS.find((mark) => cell.counts[mark] > 0);
  if (worst === undefined) return { kind: 'clean' };
  return { kind: 'found', worst, count: MARKS.reduce((sum, mark) => sum + cell.counts[mark], 0) };
}

const WORDS: Readonly<Record<Exclude<CellLook['kind'], 'found'>, string>> = {
  waiting: 'waiting',
  running: 'running',
  none: 'not asked for',
  clean: 'nothing found',
  failed: 'failed',
  timeout: 'timed out',
  skipped: 'left out',
  blocked: 'blocked',
  'not-measurable': 'not measurable here',
};

/** A cell in words, for those who do not see its glyph. */
export function cellWords(look: CellLook): string {
  return look.kind === 'found' ? `${look.count} found, worst ${look.worst}` : WORDS[look.kind];
}

/** Why parts are missing: each reason once, with how often, most often first. */
export function troubles(
  view: Pick<JobView, 'pages' | 'siteCells'>,
): readonly { readonly sentence: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  const add = (sentence: string | undefined) => {
    if (sentence !== undefined) counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  };
  for (const page of view.pages) {
    add(page.failure?.sentence);
    for (const cell of page.cells)
      if (cell.outcome === 'failed' || cell.outcome === 'timeout') add(cell.failure?.sentence);
  }
  for (const cell of view.siteCells)
    if (cell.outcome === 'failed' || cell.outcome === 'timeout') add(cell.failure?.sentence);
  return [...counts].map(([sentence, count]) => ({ sentence, count })).sort((a, b) => b.count - a.count);
}
