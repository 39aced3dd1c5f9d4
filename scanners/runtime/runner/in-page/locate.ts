import type { PageDocument, PageElement, PageRoot } from './dom.ts';

declare const document: PageDocument;
declare const scrollX: number;
declare const scrollY: number;

/** Where an element is seen and how it can be found again in the source. */
export interface Located {
  readonly box: { x: number; y: number; width: number; height: number } | null;
  /** Steps from the root: tag and place among siblings of that tag; null for an element in a frame or a shadow root. */
  readonly path: { tag: string; nth: number }[] | null;
  /** The element's attributes, values cut. */
  readonly attributes: [string, string][];
  /** Its text, white space folded, first 80 characters. */
  readonly text: string;
}

/** Looks elements up by selector; steps into frames and shadow roots are joined by ` >>> `. An element that is not there gives null. */
export function locate(selectors: readonly string[]): (Located | null)[] {
  const find = (selector: string): Located | null => {
    let root: PageRoot | null = document;
    let element: PageElement | null = null;
    let left = scrollX;
    let top = scrollY;
    const steps = selector.split(' >>> ');
    for (let i = 0; i < steps.length; i++) {
      if (!root) return element ? { box: boxOf(element, left, top), path: null, attributes: [], text: '' } : null;
      element = root.querySelector(steps[i] as string);
      if (!element) return null;
      if (i === steps.length - 1) break;
      if (element.shadowRoot) root = element.shadowRoot;
      else {
        // A frame of another origin shows no document: the frame itself is the nearest place.
        const inner: PageDocument | null = element.contentDocument ?? null;
        if (inner) {
          const frame = element.getBoundingClientRect();
          left += frame.x;
          top += frame.y;
        }
        root = inner;
      }
    }
    if (!element) return null;
    return {
      box: boxOf(element, left, top),
      path: steps.length === 1 ? pathOf(element) : null,
      attributes: Array.from(element.attributes)
        .slice(0, 40)
        .map((a): [string, string] => [a.name, a.value.slice(0, 300)]),
      text: (element.textContent ?? '').slice(0, 4000).replace(/\s+/g, ' ').trim().slice(0, 80),
    };
  };
  const boxOf = (element: PageElement, left: number, top: number) => {
    const r = element.getBoundingClientRect();
    // What cannot be seen has no picture: one would show what lies there instead.
    const seen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!seen || (r.width === 0 && r.height === 0)) return null;
    const round = (n: number) => Math.round(n * 10) / 10;
    return { x: round(r.x + left), y: round(r.y + top), width: round(r.width), height: round(r.height) };
  };
  const pathOf = (element: PageElement) => {
    const path: { tag: string; nth: number }[] = [];
    for (let at: PageElement | null = element; at; at = at.parentElement) {
      let nth = 1;
      for (let before = at.previousElementSibling; before; before = before.previousElementSibling)
        if (before.localName === at.localName) nth++;
      path.unshift({ tag: at.localName, nth });
    }
    return path;
  };
  return selectors.map((selector) => {
    try {
      return find(selector);
    } catch {
      return null;
    }
  });
}
