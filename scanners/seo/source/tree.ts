import type { DefaultTreeAdapterTypes } from 'parse5';

export type Node = DefaultTreeAdapterTypes.Node;
export type Element = DefaultTreeAdapterTypes.Element;

/** True for an element (text, comments and the doctype are not). */
export function isElement(node: Node): node is Element {
  return 'tagName' in node;
}

/** Every element below a node in document order; templates are left out, as browsers do not render them. */
export function* elements(node: Node): Generator<Element> {
  const stack: Node[] = [node];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (isElement(at)) yield at;
    if ('childNodes' in at) for (let i = at.childNodes.length - 1; i >= 0; i--) stack.push(at.childNodes[i] as Node);
  }
}

/** Value of an attribute, or null. */
export function attribute(element: Element, name: string): string | null {
  return element.attrs.find((one) => one.name === name)?.value ?? null;
}

/** Text below a node, blanks folded. */
export function textOf(node: Node): string {
  const parts: string[] = [];
  const stack: Node[] = [node];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (at.nodeName === '#text' && 'value' in at) parts.push(at.value);
    if ('childNodes' in at) for (let i = at.childNodes.length - 1; i >= 0; i--) stack.push(at.childNodes[i] as Node);
  }
  return parts.join('').replace(/\s+/g, ' ').trim();
}

/** A CSS selector that leads to the element. */
export function selectorOf(element: Element): string {
  const steps: string[] = [];
  for (let at: Node | null = element; at && isElement(at); at = at.parentNode) {
    const here: Element = at;
    const single = ['html', 'head', 'body'].includes(here.tagName);
    const siblings =
      here.parentNode && 'childNodes' in here.parentNode ? here.parentNode.childNodes.filter(isElement) : [];
    const nth = siblings.filter((one) => one.tagName === here.tagName).indexOf(here) + 1;
    steps.unshift(single ? here.tagName : `${here.tagName}:nth-of-type(${nth})`);
  }
  return steps.join(' > ');
}

/** The element's start tag, cut. */
export function snippetOf(element: Element): string {
  const attributes = element.attrs.map(({ name, value }) => ` ${name}="${value.replaceAll('"', '&quot;')}"`).join('');
  return `<${element.tagName}${attributes}>`.slice(0, 400);
}
