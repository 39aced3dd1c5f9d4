import { type DefaultTreeAdapterMap, parse } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];
export type SourceElement = DefaultTreeAdapterMap['element'];

/** A place in the source, both 1-based. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** A served document, parsed once, with the place of every element. */
export interface SourceTree {
  /** The elements at the top: one, the root. */
  readonly top: readonly SourceElement[];
  /** Elements of a tag, in no particular order. */
  byTag(tag: string): readonly SourceElement[];
}

const isElement = (node: Node): node is SourceElement => 'tagName' in node;

/** Child elements; a template's are those of its content. */
export function childElements(node: Node): SourceElement[] {
  const within = 'content' in node && node.nodeName === 'template' ? node.content : node;
  return 'childNodes' in within ? within.childNodes.filter(isElement) : [];
}

/** The element around this one, or null for the root. */
export function parentOf(element: SourceElement): SourceElement | null {
  const parent = element.parentNode;
  return parent !== null && isElement(parent) ? parent : null;
}

/** Text of an element as the page tells it: white space folded, its first 80 characters. */
export function textOf(node: Node): string {
  let text = '';
  const walk = (at: Node): void => {
    if (text.length > 4000) return;
    if ('value' in at && at.nodeName === '#text') text += at.value;
    else if ('childNodes' in at) for (const child of at.childNodes) walk(child);
  };
  walk(node);
  return text.slice(0, 4000).replace(/\s+/g, ' ').trim().slice(0, 80);
}

/** Where an element begins; null for one that the parser made up. */
export function placeOf(element: SourceElement): SourcePlace | null {
  const at = element.sourceCodeLocation;
  return at ? { line: at.startLine, column: at.startCol } : null;
}

/** Parses a served document. */
export function readSource(html: string): SourceTree {
  const top = childElements(parse(html, { sourceCodeLocationInfo: true }));
  let byTag: Map<string, SourceElement[]> | null = null;
  const index = () => {
    if (byTag) return byTag;
    byTag = new Map();
    const stack = [...top];
    for (let at = stack.pop(); at; at = stack.pop()) {
      const same = byTag.get(at.tagName);
      if (same) same.push(at);
      else byTag.set(at.tagName, [at]);
      stack.push(...childElements(at));
    }
    return byTag;
  };
  return { top, byTag: (tag) => index().get(tag) ?? [] };
}
