import type { AnchorFact, HeadingFact, LinkFact, MetaFact, PageFacts, Place } from './raw.ts';

interface DomNode {
  readonly localName: string;
  readonly id: string;
  readonly textContent: string | null;
  readonly parentElement: DomNode | null;
  readonly parentNode: { readonly host?: DomNode } | null;
  readonly previousElementSibling: DomNode | null;
  readonly children: ArrayLike<DomNode>;
  readonly shadowRoot: { readonly children: ArrayLike<DomNode> } | null;
  readonly outerHTML: string;
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  cloneNode(deep: boolean): DomNode;
  closest(selector: string): DomNode | null;
  querySelector(selector: string): DomNode | null;
  querySelectorAll(selector: string): ArrayLike<DomNode>;
  getRootNode(): { querySelectorAll(selector: string): ArrayLike<DomNode> };
  getBoundingClientRect(): { readonly width: number; readonly height: number };
  checkVisibility?(options: Record<string, boolean>): boolean;
}
declare const document: {
  readonly baseURI: string;
  readonly compatMode: string;
  readonly documentElement: DomNode;
  readonly body: DomNode | null;
  querySelectorAll(selector: string): ArrayLike<DomNode>;
};
declare const CSS: { escape(text: string): string };

/** Caps on what a page may say. */
export interface Limits {
  /** Elements that are walked. */
  readonly elements: number;
  /** Entries of each list. */
  readonly entries: number;
  /** Characters of a JSON-LD block. */
  readonly block: number;
}

/** Runs inside the page, so it stands alone: reads what search engines look at, open shadow roots included, and changes nothing. */
export function readPage(limits: Limits): PageFacts {
  const fold = (text: string | null) => (text ?? '').replace(/\s+/g, ' ').trim();
  const all = (selector: string) => Array.from(document.querySelectorAll(selector)).slice(0, limits.entries);
  const selectorOf = (element: DomNode): string => {
    const root = element.getRootNode();
    const steps: string[] = [];
    let host: DomNode | null = null;
    for (let at: DomNode | null = element; at; at = at.parentElement) {
      host = at.parentElement ? null : (at.parentNode?.host ?? null);
      if (at.id && root.querySelectorAll(`#${CSS.escape(at.id)}`).length === 1) {
        steps.unshift(`#${CSS.escape(at.id)}`);
        let top: DomNode = at;
        while (top.parentElement) top = top.parentElement;
        host = top.parentNode?.host ?? null;
        break;
      }
      let nth = 1;
      for (let before = at.previousElementSibling; before; before = before.previousElementSibling) {
        if (before.localName === at.localName) nth++;
      }
      const single = at.localName === 'html' || at.localName === 'head' || at.localName === 'body';
      steps.unshift(single ? at.localName : `${CSS.escape(at.localName)}:nth-of-type(${nth})`);
    }
    return (host ? `${selectorOf(host)} >>> ` : '') + steps.join(' > ');
  };
  const placeOf = (element: DomNode, text = ''): Place => {
    const shell = element.cloneNode(false).outerHTML;
    const start = shell.replace(/<\/[a-z0-9-]+>$/i, '').slice(0, 400);
    return {
      selector: selectorOf(element),
      snippet: text === '' ? start : `${start}${text.slice(0, 80)}</${element.localName}>`,
    };
  };
  const exposed = (element: DomNode) =>
    element.closest('[aria-hidden="true" i]') === null &&
    (element.checkVisibility?.({ visibilityProperty: true, contentVisibilityAuto: false }) ?? true);
  const named = (element: DomNode) =>
    ['aria-label', 'aria-labelledby', 'title'].some((name) => (element.getAttribute(name) ?? '').trim() !== '');
  const nameOf = (element: DomNode): string => {
    const label = element.getAttribute('aria-label') ?? '';
    const pictures = Array.from(element.querySelectorAll('img[alt], [aria-label], svg title')).map(
      (one) => one.getAttribute('alt') ?? one.getAttribute('aria-label') ?? one.textContent,
    );
    return fold(`${label} ${element.textContent ?? ''} ${pictures.join(' ')}`) || (named(element) ? '[named]' : '');
  };

  const headings: HeadingFact[] = [];
  const imagesWithoutAlt: Place[] = [];
  const anchors: AnchorFact[] = [];
  const english = /^en\b/i.test(document.documentElement.getAttribute('lang') ?? '');
  const vague = new Set([
    'click here',
    'here',
    'read more',
    'learn more',
    'more',
    'this link',
    'this page',
    'link',
    'details',
  ]);

  const lookAt = (element: DomNode) => {
    const name = element.localName;
    const role = (element.getAttribute('role') ?? '').toLowerCase().trim();
    const native = /^h[1-6]$/.test(name) && (role === '' || role === 'heading');
    if (native || role === 'heading') {
      const written = Number(element.getAttribute('aria-level'));
      const level = Number.isInteger(written) && written > 0 ? written : native ? Number(name.slice(1)) : 2;
      // A custom element in a heading may show its text in a shadow root that textContent leaves out.
      const custom = Array.from(element.querySelectorAll('*')).some((inner) => inner.localName.includes('-'));
      const text = nameOf(element) || (custom ? '[custom element]' : '');
      if (headings.length < limits.entries && exposed(element))
        headings.push({ ...placeOf(element, text), level, text: text.slice(0, 300) });
    } else if (name === 'img') {
      const quiet = element.hasAttribute('alt') || named(element) || role === 'none' || role === 'presentation';
      if (quiet || imagesWithoutAlt.length >= limits.entries || !exposed(element)) return;
      const { width, height } = element.getBoundingClientRect();
      if (width > 2 && height > 2) imagesWithoutAlt.push(placeOf(element));
    } else if (name === 'a' && anchors.length < limits.entries) {
      const href = element.getAttribute('href');
      const text = fold(element.textContent);
      let fault: AnchorFact['fault'] | null = null;
      if (href === null) fault = element.hasAttribute('onclick') && role === '' && text !== '' ? 'no-href' : null;
      else if (/^\s*javascript:/i.test(href)) fault = role === '' || role === 'link' ? 'javascript' : null;
      else if (
        english &&
        !named(element) &&
        vague.has(text.toLowerCase().replace(/[\s.…»›→>!:]+$/u, '')) &&
        !element.querySelector('img[alt]:not([alt=""]), [aria-label]')
      )
        fault = 'vague';
      if (fault !== null && exposed(element))
        anchors.push({ ...placeOf(element, text), fault, text: text.slice(0, 200) });
    }
  };
  let walked = 0;
  const stack: DomNode[] = document.body ? [document.body] : [];
  for (let element = stack.pop(); element && walked < limits.elements; element = stack.pop()) {
    walked++;
    lookAt(element);
    for (let i = element.children.length - 1; i >= 0; i--) stack.push(element.children[i] as DomNode);
    const inner = element.shadowRoot?.children;
    for (let i = (inner?.length ?? 0) - 1; i >= 0; i--) stack.push(inner?.[i] as DomNode);
  }

  const metas = all('meta[name], meta[property], meta[http-equiv]').map((element): MetaFact => {
    const key =
      element.getAttribute('name') ?? element.getAttribute('property') ?? element.getAttribute('http-equiv') ?? '';
    return {
      ...placeOf(element),
      key: key.trim().toLowerCase().slice(0, 100),
      content: (element.getAttribute('content') ?? '').trim().slice(0, 2000),
    };
  });
  const links = all('link[rel~="canonical" i], link[rel~="alternate" i][hreflang], link[rel~="icon" i]').map(
    (element): LinkFact => {
      const href = (element.getAttribute('href') ?? '').trim().slice(0, 4000);
      return {
        ...placeOf(element),
        rel: (element.getAttribute('rel') ?? '').toLowerCase().split(/\s+/).slice(0, 10),
        href,
        url:
          href !== '' && URL.canParse(href, document.baseURI)
            ? new URL(href, document.baseURI).href.slice(0, 4096)
            : null,
        hreflang: element.getAttribute('hreflang')?.trim().slice(0, 60) ?? null,
        inHead: element.closest('head') !== null,
      };
    },
  );
  return {
    lang: document.documentElement.getAttribute('lang')?.slice(0, 100) ?? null,
    quirks: document.compatMode === 'BackCompat',
    titles: all('head > title').map((element) => ({
      ...placeOf(element),
      text: fold(element.textContent).slice(0, 1000),
    })),
    metas,
    links,
    headings,
    imagesWithoutAlt,
    anchors,
    jsonLd: all('script[type="application/ld+json" i]').map((element) => {
      const text = element.textContent ?? '';
      return { ...placeOf(element), text: text.slice(0, limits.block), cut: text.length > limits.block };
    }),
  };
}
