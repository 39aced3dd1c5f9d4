import {
  attribute,
  type Element,
  elements,
  isElement,
  type Node,
  selectorOf,
  snippetOf,
  textOf,
} from '../source/tree.ts';
import { type Item, schemaName, type Value } from './item.ts';

const ADDRESS: Readonly<Record<string, string>> = {
  a: 'href',
  area: 'href',
  link: 'href',
  audio: 'src',
  embed: 'src',
  iframe: 'src',
  img: 'src',
  source: 'src',
  track: 'src',
  video: 'src',
  object: 'data',
};
const MOST_ITEMS = 500;

/** The text that an element stands for (HTML, "property value"). */
export function propertyText(element: Element): string {
  if (attribute(element, 'content') !== null) return (attribute(element, 'content') ?? '').trim().slice(0, 2000);
  const from = ADDRESS[element.tagName];
  if (from !== undefined) return (attribute(element, from) ?? '').trim().slice(0, 2000);
  if (element.tagName === 'time' && attribute(element, 'datetime') !== null)
    return (attribute(element, 'datetime') ?? '').trim().slice(0, 200);
  if (element.tagName === 'data' || element.tagName === 'meter')
    return (attribute(element, 'value') ?? '').trim().slice(0, 2000);
  return textOf(element).slice(0, 2000);
}

/** Top-level microdata items of a document. An item without a type has an empty list of types. */
export function readMicrodata(document: Node): Item[] {
  const byId = new Map<string, Element>();
  const tops: Element[] = [];
  for (const element of elements(document)) {
    const id = attribute(element, 'id');
    if (id !== null && !byId.has(id)) byId.set(id, element);
    if (attribute(element, 'itemscope') !== null && attribute(element, 'itemprop') === null && tops.length < MOST_ITEMS)
      tops.push(element);
  }
  return tops.map((element) => itemOf(element, byId, new Set()));
}

function itemOf(scope: Element, byId: ReadonlyMap<string, Element>, open: ReadonlySet<Element>): Item {
  const inside = new Set([...open, scope]);
  const properties: Record<string, Value[]> = Object.create(null) as Record<string, Value[]>;
  const roots: Node[] = [...scope.childNodes];
  for (const id of (attribute(scope, 'itemref') ?? '').split(/\s+/)) {
    const referred = byId.get(id);
    if (referred) roots.push(referred);
  }
  const stack = roots.reverse();
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (!isElement(at)) continue;
    const scoped = attribute(at, 'itemscope') !== null;
    for (const word of (attribute(at, 'itemprop') ?? '').split(/\s+/).filter((one) => one !== '')) {
      const name = schemaName(word);
      if (name === null || (scoped && inside.has(at))) continue;
      const value: Value = scoped
        ? { kind: 'item', item: itemOf(at, byId, inside) }
        : { kind: 'text', text: propertyText(at) };
      properties[name] = [...(properties[name] ?? []), value].slice(0, 500);
    }
    if (!scoped) for (let i = at.childNodes.length - 1; i >= 0; i--) stack.push(at.childNodes[i] as Node);
  }
  const types = (attribute(scope, 'itemtype') ?? '').split(/\s+/).filter((one) => one !== '');
  return {
    syntax: 'microdata',
    types: types.map((type) => schemaName(type) ?? type).slice(0, 10),
    id: attribute(scope, 'itemid'),
    properties,
    selector: selectorOf(scope),
    snippet: snippetOf(scope),
  };
}
