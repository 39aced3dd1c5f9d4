import { type RefObject, useLayoutEffect, useMemo, useReducer, useRef } from 'react';

/** The rows of a long list that stand in the page, and the room that the others take. */
export interface VisibleRows {
  readonly from: number;
  /** After the last one. */
  readonly to: number;
  /** Pixels above and below. */
  readonly above: number;
  readonly under: number;
  /** Scrolls so that a row can be seen; it is in the page after the next frame. */
  readonly reveal: (index: number) => void;
}

/** Pixels beyond the window that are kept drawn, so that scrolling never shows a gap. */
const MARGIN = 600;
/** Rows are taken in and dropped in groups, so that most frames of a scroll change nothing. */
const GROUP = 8;

/**
 * Windows a list whose rows are the children of `body` marked `data-row="<index>"`. Whatever scrolls, page or pane, the rows near the
 * window are drawn; heights are measured as rows appear, `estimate` (pixels) stands for the rest. `whole` draws everything.
 */
export function useVisibleRows(
  body: RefObject<HTMLElement | null>,
  count: number,
  estimate: number,
  whole: boolean,
): VisibleRows {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const heights = useRef(new Map<number, number>());
  const range = useRef({ from: 0, to: Math.min(count, 40) });
  // Tops of all rows: built again when a height or the count changed, not at every frame.
  const tops = useRef<Float64Array>(new Float64Array(0));
  const measured = useRef(-1);
  if (tops.current.length !== count + 1 || measured.current !== heights.current.size) {
    const next = new Float64Array(count + 1);
    for (let i = 0; i < count; i++) next[i + 1] = (next[i] ?? 0) + (heights.current.get(i) ?? estimate);
    tops.current = next;
    measured.current = heights.current.size;
  }
  const at = (index: number) => tops.current[Math.max(0, Math.min(count, index))] ?? 0;
  range.current = {
    from: Math.min(range.current.from, count),
    to: Math.min(Math.max(range.current.to, Math.min(count, 40)), count),
  };
  const { from, to } = whole ? { from: 0, to: count } : range.current;

  const look = useMemo(
    () => () => {
      const element = body.current;
      if (!element) return;
      const start = element.getBoundingClientRect().top;
      const first = indexAt(tops.current, -start - MARGIN);
      const last = indexAt(tops.current, -start + window.innerHeight + MARGIN) + 1;
      const next = {
        from: Math.max(0, Math.floor(first / GROUP) * GROUP),
        to: Math.min(tops.current.length - 1, Math.ceil(last / GROUP) * GROUP),
      };
      if (next.from === range.current.from && next.to === range.current.to) return;
      range.current = next;
      redraw();
    },
    [body],
  );
  useLayoutEffect(() => {
    if (whole) return;
    let frame = 0;
    const onScroll = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    // Captured, since the scroll of a pane does not bubble.
    document.addEventListener('scroll', onScroll, { capture: true, passive: true });
    const onResize = () => {
      heights.current.clear();
      redraw();
    };
    window.addEventListener('resize', onResize);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener('scroll', onScroll, { capture: true });
      window.removeEventListener('resize', onResize);
    };
  }, [look, whole]);
  useLayoutEffect(() => {
    if (whole) return;
    let changed = false;
    for (const row of body.current?.querySelectorAll<HTMLElement>(':scope > [data-row]') ?? []) {
      const index = Number(row.dataset['row']);
      // Once is enough: a row that grew a little because others joined its columns must not set off another round.
      if (heights.current.has(index)) continue;
      const height = row.getBoundingClientRect().height;
      if (height === 0) continue;
      heights.current.set(index, height);
      changed ||= Math.abs(height - estimate) >= 1;
    }
    if (changed) {
      measured.current = -1;
      redraw();
      return;
    }
    const frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  });
  return {
    from,
    to,
    above: at(from),
    under: at(count) - at(to),
    reveal: (index) => {
      const element = body.current;
      if (!element || whole) return;
      const top = element.getBoundingClientRect().top + at(index);
      const hidden = top < 80 || top + estimate > window.innerHeight;
      if (hidden) scrollerOf(element).scrollBy({ top: top - window.innerHeight / 2, behavior: 'instant' });
      look();
    },
  };
}

/** The row at a distance from the list's start. */
function indexAt(tops: Float64Array, distance: number): number {
  let [low, high] = [0, Math.max(0, tops.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= distance) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What scrolls around an element: the nearest pane, else the page. */
function scrollerOf(element: HTMLElement): Element | Window {
  for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(up).overflowY) && up.scrollHeight > up.clientHeight) return up;
  }
  return window;
}
