import type { FocusSeen, TextSeen } from '../raw.ts';
import type { Doc, El } from './dom.ts';

declare const document: Doc;
declare const location: { readonly href: string };
declare const CSS: { escape(text: string): string };
declare const scrollX: number;
declare const scrollY: number;
declare const performance: { now(): number };
declare const MutationObserver: new (
  run: () => void,
) => { observe(target: unknown, options: object): void; disconnect(): void };
interface Shift {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly startTime: number;
}
declare const PerformanceObserver: new (
  run: (list: { getEntries(): Shift[] }) => void,
) => { observe(options: object): void; disconnect(): void };

/** Where the focus is; each function of this file runs inside the page and stands alone. */
export function focused(): FocusSeen {
  const selectorOf = (element: El): string => {
    const root = element.getRootNode();
    const steps: string[] = [];
    let top = element;
    for (let at: El | null = element; at; at = at.parentElement) {
      if (at.id && root.querySelectorAll(`#${CSS.escape(at.id)}`).length === 1) {
        steps.unshift(`#${CSS.escape(at.id)}`);
        break;
      }
      let nth = 1;
      for (let before = at.previousElementSibling; before; before = before.previousElementSibling)
        if (before.localName === at.localName) nth++;
      const alone = at.localName === 'html' || at.localName === 'body' || at.localName === 'head';
      steps.unshift(alone ? at.localName : `${at.localName}:nth-of-type(${nth})`);
    }
    while (top.parentElement) top = top.parentElement;
    const host = top.parentNode?.host;
    return (host ? `${selectorOf(host)} >>> ` : '') + steps.join(' > ');
  };
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  if (active === null || active === document.body || active === document.documentElement)
    return { selector: null, dialog: null, group: null, invalid: false, text: '', describedBy: [] };
  const dialog = active.closest('[role="dialog"],[role="alertdialog"],[aria-modal="true"],dialog[open]');
  const group = active.closest(
    '[role="tablist"],[role="menu"],[role="menubar"],[role="radiogroup"],[role="listbox"],[role="toolbar"],[role="tree"]',
  );
  return {
    selector: selectorOf(active),
    dialog: dialog === null ? null : selectorOf(dialog),
    group: group === null ? null : selectorOf(group),
    invalid: active.getAttribute('aria-invalid') === 'true',
    text: (active.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 300),
    describedBy: `${active.getAttribute('aria-describedby') ?? ''} ${active.getAttribute('aria-errormessage') ?? ''}`
      .split(/\s+/)
      .filter((id) => id !== '')
      .map((id) => `#${CSS.escape(id)}`),
  };
}

/** Brings an element into view and tells where to press it; null when it is not there or not drawn. `covered`: something else lies over its middle. */
export function bringIntoView(
  selector: string,
): { readonly x: number; readonly y: number; readonly covered: boolean } | null {
  let root: Doc | El['shadowRoot'] = document;
  let element: El | null = null;
  for (const step of selector.split(' >>> ')) {
    element = root?.querySelector(step) ?? null;
    root = element?.shadowRoot ?? null;
  }
  if (element === null) return null;
  element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const { x, y, width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0 || element.checkVisibility?.({ visibilityProperty: true }) === false) return null;
  const middle = { x: x + width / 2, y: y + height / 2 };
  const over = element.getRootNode().elementFromPoint(middle.x, middle.y);
  return { ...middle, covered: over === null || !(element.contains(over) || over.contains(element)) };
}

/** Whether an element is there and drawn. */
export function isShown(selector: string): boolean {
  let root: Doc | El['shadowRoot'] = document;
  let element: El | null = null;
  for (const step of selector.split(' >>> ')) {
    element = root?.querySelector(step) ?? null;
    root = element?.shadowRoot ?? null;
  }
  if (element === null) return false;
  const { width, height } = element.getBoundingClientRect();
  return (
    width > 0 && height > 0 && element.checkVisibility?.({ visibilityProperty: true, opacityProperty: true }) !== false
  );
}

/** All that a person could see change: markup, what is typed and ticked, how far is scrolled, the address. */
export function imprint(): string {
  const values = Array.from(document.querySelectorAll('input,select,textarea')).map(
    (e) => `${String(e.value)}${String(e.checked)}`,
  );
  const scrolled = Array.from(document.querySelectorAll('*')).flatMap((e) =>
    e.scrollLeft + e.scrollTop > 0 ? [e.scrollLeft + e.scrollTop] : [],
  );
  const modal = document.querySelectorAll(':modal').length;
  return [
    document.documentElement.outerHTML,
    values.join(),
    scrolled.join(),
    scrollX + scrollY,
    location.href.replace(/#$/, ''),
    modal,
  ].join('\n');
}

/** What an element shows: its visible text and pictures without its buttons, and how many elements it holds. */
export function contentOf(selector: string): { readonly content: string; readonly elements: number } | null {
  const element = document.querySelector(selector.split(' >>> ')[0] ?? selector);
  if (element === null) return null;
  const frame = element.getBoundingClientRect();
  const inView = (e: El) => {
    const r = e.getBoundingClientRect();
    const across = r.x + r.width / 2;
    return (
      r.width > 0 &&
      across >= frame.x &&
      across <= frame.x + frame.width &&
      e.checkVisibility?.({ visibilityProperty: true, opacityProperty: true }) !== false
    );
  };
  const parts = Array.from(element.querySelectorAll('*')).flatMap((e) => {
    if (e.closest('button,[role="button"],[aria-live]') !== null || !inView(e)) return [];
    const own = Array.from(e.childNodes).flatMap((n) =>
      n.nodeType === 3 && n.nodeValue?.trim() ? [n.nodeValue.trim()] : [],
    );
    return e.localName === 'img' ? [e.getAttribute('src') ?? ''] : own;
  });
  return { content: parts.join('|').slice(0, 2000), elements: element.querySelectorAll('*').length };
}

/** Elements that show text of their own, each with what would tell a screen reader of it. */
export function texts(): TextSeen[] {
  const selectorOf = (element: El): string => {
    const steps: string[] = [];
    for (let at: El | null = element; at; at = at.parentElement) {
      if (at.id && document.querySelectorAll(`#${CSS.escape(at.id)}`).length === 1) {
        steps.unshift(`#${CSS.escape(at.id)}`);
        break;
      }
      let nth = 1;
      for (let before = at.previousElementSibling; before; before = before.previousElementSibling)
        if (before.localName === at.localName) nth++;
      steps.unshift(
        at.localName === 'html' || at.localName === 'body' ? at.localName : `${at.localName}:nth-of-type(${nth})`,
      );
    }
    return steps.join(' > ');
  };
  const live =
    '[role="alert"],[role="status"],[role="log"],[role="alertdialog"],[aria-live="polite"],[aria-live="assertive"],output';
  return Array.from(document.querySelectorAll('body *'))
    .slice(0, 20_000)
    .flatMap((e): TextSeen[] => {
      if (/^(?:script|style|noscript|template|option)$/.test(e.localName)) return [];
      const own = Array.from(e.childNodes).flatMap((n) =>
        n.nodeType === 3 && n.nodeValue?.trim() ? [n.nodeValue.trim()] : [],
      );
      if (own.length === 0 || e.checkVisibility?.({ visibilityProperty: true, opacityProperty: true }) === false)
        return [];
      const { width, height } = e.getBoundingClientRect();
      if (width <= 1 || height <= 1) return [];
      const form = e.closest('form');
      return [
        {
          selector: selectorOf(e),
          text: own.join(' ').replace(/\s+/g, ' ').slice(0, 200),
          live: e.closest(live) !== null,
          form: form === null ? null : selectorOf(form),
          style: (e.getAttribute('class') ?? '').slice(0, 200),
          snippet: e.outerHTML.slice(0, 300),
        },
      ];
    });
}

/** Whether the browser itself keeps a form from being sent and says why in a bubble of its own. */
export function browserRefuses(selector: string): boolean {
  const form = document.querySelector(selector);
  return form !== null && form.noValidate !== true && form.querySelector(':invalid') !== null;
}

/** Resolves when the document stood still for a moment and short animations have ended, at the latest after `most` milliseconds. */
export function stillness(input: { readonly quiet: number; readonly most: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const until = performance.now() + input.most;
    let timer: ReturnType<typeof setTimeout>;
    const runs = () =>
      document.getAnimations().some((a) => {
        const end = a.effect?.getComputedTiming().endTime;
        return a.playState === 'running' && typeof end === 'number' && end < 2000;
      });
    const observer = new MutationObserver(() => rearm());
    const end = (still: boolean) => {
      clearTimeout(timer);
      clearTimeout(limit);
      observer.disconnect();
      resolve(still);
    };
    const limit = setTimeout(() => end(false), input.most);
    const rearm = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (runs() && performance.now() < until ? rearm() : end(true)), input.quiet);
    };
    rearm();
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
}

/** How far the page's layout jumped by itself since a moment, as the browser counts it: what follows an input within half a second is expected. */
export function jumpedSince(since: number): Promise<number> {
  return new Promise((resolve) => {
    let sum = 0;
    const observer = new PerformanceObserver((list) => {
      for (const shift of list.getEntries()) if (!shift.hadRecentInput && shift.startTime >= since) sum += shift.value;
    });
    observer.observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => {
      observer.disconnect();
      resolve(Math.round(sum * 1000) / 1000);
    }, 60);
  });
}

/** The page's own clock, in milliseconds. */
export function clock(): number {
  return performance.now();
}

/** Height of the whole document. */
export function heightOf(): number {
  return document.documentElement.scrollHeight;
}
