import type { LinkFact, PageFacts, ResourceFact, ResourceKind } from './raw.ts';

interface DomNode {
  readonly localName: string;
  readonly id: string;
  readonly textContent: string | null;
  readonly parentElement: DomNode | null;
  readonly previousElementSibling: DomNode | null;
  readonly shadowRoot: DomRoot | null;
  readonly outerHTML: string;
  getAttribute(name: string): string | null;
  getAttributeNames(): string[];
  cloneNode(deep: boolean): DomNode;
  checkVisibility(options: { readonly visibilityProperty: boolean; readonly opacityProperty: boolean }): boolean;
  getBoundingClientRect(): { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}
interface DomRoot {
  querySelectorAll(selector: string): ArrayLike<DomNode>;
}
declare const document: DomRoot & { readonly baseURI: string; readonly title: string };
declare const scrollX: number;
declare const scrollY: number;
declare const CSS: { escape(text: string): string };

/** Caps on what a page may say. */
export interface Limits {
  readonly links: number;
  readonly resources: number;
  readonly anchors: number;
}

/** Runs inside the page, so it stands alone: reads links, resources and anchors, open shadow roots included, and changes nothing. */
export function readPage(limits: Limits): PageFacts {
  const links: LinkFact[] = [];
  const resources: ResourceFact[] = [];
  let complete = true;
  const selectorOf = (element: DomNode, root: DomRoot): string => {
    const steps: string[] = [];
    for (let at: DomNode | null = element; at; at = at.parentElement) {
      if (at.id && root.querySelectorAll(`#${CSS.escape(at.id)}`).length === 1) {
        steps.unshift(`#${CSS.escape(at.id)}`);
        break;
      }
      let nth = 1;
      for (let before = at.previousElementSibling; before; before = before.previousElementSibling) {
        if (before.localName === at.localName) nth++;
      }
      const single = at.localName === 'html' || at.localName === 'head' || at.localName === 'body';
      steps.unshift(single ? at.localName : `${CSS.escape(at.localName)}:nth-of-type(${nth})`);
    }
    return steps.join(' > ');
  };
  const fold = (text: string | null) => (text ?? '').replace(/\s+/g, ' ').trim();
  const resolve = (written: string): string | null => {
    if (!URL.canParse(written, document.baseURI)) return null;
    const { href } = new URL(written, document.baseURI);
    return href.length > 4096 ? null : href;
  };
  const snippetOf = (element: DomNode, text: string) => {
    const shell = element.cloneNode(false).outerHTML;
    const start = shell.replace(/<\/[a-z0-9-]+>$/i, '').slice(0, 400);
    return text === '' ? start : `${start}${text}</${element.localName}>`;
  };
  const boxOf = (element: DomNode) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const seen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!seen || (width === 0 && height === 0)) return null;
    const round = (n: number) => Math.round(n * 10) / 10;
    return { x: round(x + scrollX), y: round(y + scrollY), width: round(width), height: round(height) };
  };
  const resource = (element: DomNode, written: string, kind: ResourceKind, at: string) => {
    if (written.trim() === '' || /^(?:data|blob|about|javascript):/i.test(written.trim())) return;
    const url = resolve(written.trim());
    if (url === null || !/^https?:/.test(url)) return;
    if (resources.length >= limits.resources) complete = false;
    else
      resources.push({
        selector: at,
        snippet: snippetOf(element, ''),
        url: url.replace(/#.*$/, ''),
        kind,
        box: boxOf(element),
      });
  };
  const candidates = (set: string) =>
    Array.from(set.matchAll(/\s*([^\s,]\S*[^\s,]|[^\s,])(?:\s+[^,]*)?(?:,|$)/g), (match) => match[1] ?? '');
  const visit = (root: DomRoot, prefix: string) => {
    for (const element of Array.from(root.querySelectorAll('a[href], area[href]'))) {
      if (links.length >= limits.links) {
        complete = false;
        break;
      }
      const href = element.getAttribute('href') ?? '';
      const text = fold(element.textContent).slice(0, 80);
      const role = element.getAttribute('role');
      links.push({
        selector: prefix + selectorOf(element, root),
        snippet: snippetOf(element, text),
        text,
        href: href.slice(0, 4096),
        url: resolve(href.trim()),
        box: boxOf(element),
        control:
          (role !== null && role !== 'link') ||
          element
            .getAttributeNames()
            .some((name) =>
              /^(?:aria-(?:controls|expanded|haspopup)|data-(?:bs-)?(?:toggle|target|slide(?:-to)?))$/.test(name),
            ),
      });
    }
    for (const element of Array.from(
      root.querySelectorAll(
        'img, source, script[src], link[rel][href], iframe[src], embed[src], object[data], video, audio, track[src], input[type="image" i][src]',
      ),
    )) {
      const at = prefix + selectorOf(element, root);
      const name = element.localName;
      const parent = element.parentElement?.localName;
      const image = name === 'img' || name === 'input' || (name === 'source' && parent === 'picture');
      const rel = (element.getAttribute('rel') ?? '').toLowerCase().split(/\s+/);
      const kind: ResourceKind = image
        ? 'image'
        : name === 'script'
          ? 'script'
          : rel.includes('stylesheet')
            ? 'stylesheet'
            : 'other';
      if (name === 'link') {
        const loads = ['stylesheet', 'icon', 'apple-touch-icon', 'manifest', 'preload', 'modulepreload'].some((word) =>
          rel.includes(word),
        );
        if (loads && !(rel.includes('stylesheet') && rel.includes('alternate')))
          resource(element, element.getAttribute('href') ?? '', kind, at);
        continue;
      }
      resource(element, element.getAttribute(name === 'object' ? 'data' : 'src') ?? '', kind, at);
      if (image)
        for (const one of candidates(element.getAttribute('srcset') ?? '')) resource(element, one, 'image', at);
      if (name === 'video') resource(element, element.getAttribute('poster') ?? '', 'image', at);
    }
    for (const host of Array.from(root.querySelectorAll('*'))) {
      if (host.shadowRoot && prefix.length < 800) visit(host.shadowRoot, `${prefix}${selectorOf(host, root)} >>> `);
    }
  };
  visit(document, '');
  const anchors = new Set<string>();
  for (const element of Array.from(document.querySelectorAll('[id], a[name]'))) {
    for (const name of [element.id, element.localName === 'a' ? (element.getAttribute('name') ?? '') : '']) {
      if (name === '' || name.length > 500) continue;
      if (anchors.size >= limits.anchors) complete = false;
      else anchors.add(name);
    }
  }
  return {
    title: fold(document.title).slice(0, 300),
    headings: Array.from(document.querySelectorAll('h1'))
      .slice(0, 5)
      .map((heading) => fold(heading.textContent).slice(0, 300)),
    links,
    resources,
    anchors: [...anchors],
    complete,
  };
}
