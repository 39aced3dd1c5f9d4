import type { PageDocument, PageElement, PageRoot } from './dom.ts';

declare const document: PageDocument;

/** Caps on what a page may say. Characters, unless said otherwise. */
export interface SnapshotLimits {
  readonly html: number;
  readonly title: number;
  readonly url: number;
  /** Most links. */
  readonly links: number;
  /** Elements that are looked at before the walk stops. */
  readonly elements: number;
}

export interface Snapshot {
  readonly html: string;
  readonly title: string;
  readonly canonical: string | null;
  readonly links: { url: string; nofollow: boolean }[];
  /** Distinct paths of structural elements, for the template hash. */
  readonly skeleton: string[];
  readonly elements: number;
  readonly contentType: string;
}

/** Reads what the crawl and the scanners need of a rendered document in one walk. */
export function snapshot(limits: SnapshotLimits): Snapshot {
  const links: { url: string; nofollow: boolean }[] = [];
  const skeleton = new Set<string>();
  let elements = 0;
  let everyNofollow = false;
  for (const meta of Array.from(document.querySelectorAll('meta[name="robots" i]'))) {
    if (/\b(?:nofollow|none)\b/i.test(meta.getAttribute('content') ?? '')) everyNofollow = true;
  }
  // Containers make a template; what stands in them is content.
  const structural =
    /^(?:body|header|nav|main|aside|footer|section|article|form|div|dialog|table|frameset|ul|ol|fieldset|[a-z]+-[a-z0-9-]+)$/;
  const pathDepth = 5;
  const visit = (root: { readonly children?: ArrayLike<PageElement> }, path: string, depth: number) => {
    const stack: { element: PageElement; path: string; depth: number }[] = [];
    const push = (children: ArrayLike<PageElement>, path: string, depth: number) => {
      for (let i = children.length - 1; i >= 0; i--) stack.push({ element: children[i] as PageElement, path, depth });
    };
    push(root.children ?? [], path, depth);
    for (let next = stack.pop(); next && elements < limits.elements; next = stack.pop()) {
      elements++;
      const { element } = next;
      const name = element.localName;
      let here = next.path;
      // A page to be filled in is another template than one to be read, however deep its form stands.
      if (
        /^(?:textarea|select)$/.test(name) ||
        (name === 'input' && /^(?:email|tel|password|file)$/i.test(element.getAttribute('type') ?? ''))
      ) {
        skeleton.add('*fields');
      }
      if (next.depth < pathDepth && structural.test(name)) {
        here = `${next.path}/${name}`;
        if (skeleton.size < 500) skeleton.add(here);
      }
      if ((name === 'a' || name === 'area') && links.length < limits.links && element.hasAttribute('href')) {
        const url = element.href;
        if (typeof url === 'string' && /^https?:/i.test(url) && url.length <= limits.url) {
          links.push({ url, nofollow: everyNofollow || /\bnofollow\b/i.test(element.getAttribute('rel') ?? '') });
        }
      }
      const deeper = here === next.path ? next.depth : next.depth + 1;
      push(element.children, here, deeper);
      const shadow = element.shadowRoot as (PageRoot & { children: ArrayLike<PageElement> }) | null;
      if (shadow) push(shadow.children, here, deeper);
    }
  };
  const root = document.documentElement;
  if (root) visit({ children: document.body ? [document.body] : root.children }, '', 0);
  const canonicals = Array.from(document.querySelectorAll('head link[rel~="canonical" i][href]'));
  const canonical = canonicals.length === 1 ? (canonicals[0] as PageElement).href : null;
  const html = root?.outerHTML ?? '';
  return {
    html: html.length > limits.html ? html.slice(0, limits.html) : html,
    title: document.title.slice(0, limits.title),
    canonical:
      typeof canonical === 'string' && /^https?:/i.test(canonical) && canonical.length <= limits.url ? canonical : null,
    links,
    skeleton: [...skeleton].sort(),
    elements,
    contentType: document.contentType,
  };
}
