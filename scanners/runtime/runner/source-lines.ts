import { type DefaultTreeAdapterMap, parse } from 'parse5';
import type { Located } from './in-page/index.ts';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

/** A place in the source, both 1-based. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

// Scripts rewrite these all the time; the others tell elements apart.
const RESTLESS = new Set(['class', 'style']);
const CUT = 300;

const isElement = (node: Node): node is Element => 'tagName' in node;
const children = (node: Node): Element[] => {
  const within = 'content' in node && node.nodeName === 'template' ? node.content : node;
  return 'childNodes' in within ? within.childNodes.filter(isElement) : [];
};

/** Text of an element as the page tells it: white space folded, its first 80 characters. */
function textOf(node: Node): string {
  let text = '';
  const walk = (at: Node): void => {
    if (text.length > 4000) return;
    if ('value' in at && at.nodeName === '#text') text += at.value;
    else if ('childNodes' in at) for (const child of at.childNodes) walk(child);
  };
  walk(node);
  return text.slice(0, 4000).replace(/\s+/g, ' ').trim().slice(0, 80);
}

function sameAttributes(element: Element, wanted: Located, except: ReadonlySet<string>): boolean {
  const rendered = new Map(wanted.attributes);
  const source = element.attrs.filter((a) => !except.has(a.name));
  if (except.size === 0 && source.length !== rendered.size) return false;
  return source.every((a) => rendered.get(a.name) === a.value.slice(0, CUT));
}

function placeOf(element: Element): SourcePlace | null {
  const at = element.sourceCodeLocation;
  return at ? { line: at.startLine, column: at.startCol } : null;
}

/** Finds rendered elements in the source they came from. Elements that scripts made, or that cannot be told apart, have no place. */
export function sourceFinder(html: string): (wanted: Located) => SourcePlace | null {
  const document = parse(html, { sourceCodeLocationInfo: true });
  let byTag: Map<string, Element[]> | null = null;
  const index = () => {
    if (byTag) return byTag;
    byTag = new Map();
    const stack: Element[] = children(document);
    for (let at = stack.pop(); at; at = stack.pop()) {
      const same = byTag.get(at.tagName);
      if (same) same.push(at);
      else byTag.set(at.tagName, [at]);
      stack.push(...children(at));
    }
    return byTag;
  };
  const byPath = (path: NonNullable<Located['path']>): Element | null => {
    let at: Node = document;
    for (const step of path) {
      const next: Element | undefined = children(at).filter((child) => child.tagName === step.tag)[step.nth - 1];
      if (!next) return null;
      at = next;
    }
    return isElement(at) ? at : null;
  };
  return (wanted) => {
    const tag = wanted.path?.at(-1)?.tag;
    if (!wanted.path || tag === undefined) return null;
    const direct = byPath(wanted.path);
    if (direct && sameAttributes(direct, wanted, RESTLESS) && textOf(direct) === wanted.text) return placeOf(direct);
    const alike = (index().get(tag) ?? []).filter(
      (element) => sameAttributes(element, wanted, new Set()) && textOf(element) === wanted.text,
    );
    if (alike.length === 1) return placeOf(alike[0] as Element);
    return direct && direct.attrs.length > 0 && sameAttributes(direct, wanted, new Set()) ? placeOf(direct) : null;
  };
}
