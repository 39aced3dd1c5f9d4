import type { LinkGraph } from '@stageflow/engine/drawing';

/** A dot of the drawing: a scanned page, or an address that is not there. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  /** Place in `LinkGraph.pages`, or in `broken` when it is a broken target. */
  readonly index: number;
  readonly broken: boolean;
}

/** Where everything is drawn. */
export interface LinkLayout {
  readonly height: number;
  readonly pages: readonly Dot[];
  readonly broken: readonly Dot[];
  /** Links to draw between pages, as places in `pages` of this layout. */
  readonly links: readonly (readonly [number, number])[];
  readonly brokenLinks: readonly (readonly [number, number])[];
  /** Pages and links that there was no room for. */
  readonly left: { readonly pages: number; readonly links: number };
}

const MOST = { pages: 150, broken: 30, links: 600 } as const;
const [EDGE, STEP] = [14, 26];

/**
 * Columns by clicks from the entry, broken targets in a last column of their own. Pages with broken links come first, since they
 * are what the drawing is for. The same graph and width give the same drawing.
 */
export function layOut(graph: LinkGraph, depthOf: (pageId: string) => number, width: number): LinkLayout {
  const targets = graph.broken.slice(0, MOST.broken);
  const faulty = new Set(targets.flatMap((target) => target.from));
  const order = graph.pages.map((id, index) => ({ index, depth: depthOf(id), first: faulty.has(index) ? 0 : 1 }));
  const chosen = order.toSorted((a, b) => a.first - b.first || a.index - b.index).slice(0, MOST.pages);
  const depths = [...new Set(chosen.map(({ depth }) => depth))].toSorted((a, b) => a - b);
  const columns = depths.map((depth) =>
    chosen.filter((page) => page.depth === depth).toSorted((a, b) => a.index - b.index),
  );
  const rows = Math.max(1, Math.min(24, Math.max(...columns.map((column) => column.length), targets.length)));
  const height = rows * STEP + EDGE * 2;
  const lanes = columns.length + (targets.length > 0 ? 1 : 0);
  const lane = (width - EDGE * 2) / Math.max(1, lanes);
  const place = (column: number, at: number, of: number) => ({
    // A column longer than the drawing is high becomes several strands side by side.
    x:
      EDGE +
      lane * column +
      lane * 0.5 +
      (Math.floor(at / rows) - Math.floor((of - 1) / rows) / 2) * Math.min(18, lane / 6),
    y: EDGE + ((at % rows) + 0.5) * ((height - EDGE * 2) / Math.min(of, rows)),
  });
  const pages = columns.flatMap((column, c) =>
    column.map(({ index }, at): Dot => ({ ...place(c, at, column.length), index, broken: false })),
  );
  const broken = targets.map(
    (_, at): Dot => ({ ...place(columns.length, at, targets.length), index: at, broken: true }),
  );
  const at = new Map(pages.map(({ index }, position) => [index, position]));
  const joined = graph.links.flatMap(([from, to]) => {
    const [a, b] = [at.get(from), at.get(to)];
    return a === undefined || b === undefined ? [] : [[a, b] as const];
  });
  const brokenLinks = targets.flatMap(({ from }, target) =>
    from.flatMap((page) => {
      const a = at.get(page);
      return a === undefined ? [] : [[a, target] as const];
    }),
  );
  return {
    height,
    pages,
    broken,
    links: joined.slice(0, MOST.links),
    brokenLinks: brokenLinks.slice(0, MOST.links),
    left: {
      pages: graph.pages.length - pages.length,
      links: graph.left + graph.links.length - Math.min(joined.length, MOST.links),
    },
  };
}
