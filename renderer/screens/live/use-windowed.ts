import { type RefObject, useEffect, useState } from 'react';

/** Rows drawn beyond what is seen, so that scrolling shows no gaps. */
const BEYOND = 8;
const UNTIL_KNOWN = 40;

/** Which rows of equal height are in sight of a scroller, and a few more. */
export function useWindowed(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  height: number,
): { readonly first: number; readonly last: number } {
  const [sight, setSight] = useState({ first: 0, last: UNTIL_KNOWN });
  const some = count > 0;
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / height) - BEYOND);
      const last = Math.ceil((element.scrollTop + element.clientHeight) / height) + BEYOND;
      setSight((now) => (now.first === first && now.last === last ? now : { first, last }));
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, [scroller, height, some]);
  return { first: Math.min(sight.first, count), last: Math.min(sight.last, count) };
}
