import { type Mark, MARKS } from '../ui/severity.tsx';
import type { Counts } from '../ui/severity-strip.tsx';

/** Causes that show on about as many pages. */
export interface Bin {
  /** `1 page`, `4 to 9 pages`. */
  readonly name: string;
  readonly causes: number;
  readonly counts: Counts;
}

/** Lower edges; each bin ends before the next. 0 is what belongs to the site as a whole. */
const EDGES = [0, 1, 2, 4, 10, 30, 100, 300, 1000] as const;

/** Sorts causes into bins of pages. Bins beyond the widest cause are left out, and so is the first one when it is empty. */
export function binsOf(causes: readonly { readonly pages: number; readonly mark: Mark }[]): readonly Bin[] {
  const widest = Math.max(0, ...causes.map(({ pages }) => pages));
  return EDGES.flatMap((from, i) => {
    const next = EDGES[i + 1] ?? Infinity;
    const inside = causes.filter(({ pages }) => pages >= from && pages < next);
    if (from > widest || (from === 0 && inside.length === 0)) return [];
    const counts = Object.fromEntries(
      MARKS.map((mark) => [mark, inside.filter((one) => one.mark === mark).length]),
    ) as Counts;
    return [{ name: nameOf(from, next), causes: inside.length, counts }];
  });
}

function nameOf(from: number, next: number): string {
  if (from === 0) return 'whole site';
  if (next === Infinity) return `${from.toLocaleString('en')} or more`;
  if (next === from + 1) return from === 1 ? '1 page' : `${from} pages`;
  return `${from.toLocaleString('en')} to ${(next - 1).toLocaleString('en')} pages`;
}
