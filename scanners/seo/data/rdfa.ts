import { attribute, type Element, isElement, type Node, selectorOf, snippetOf } from '../source/tree.ts';
import { type Item, schemaName, type Value } from './item.ts';
import { propertyText } from './microdata.ts';

const SCHEMA = /^https?:\/\/(?:www\.)?schema\.org\/?$/i;
const MOST_ITEMS = 500;

interface Scope {
  readonly item: { readonly properties: Record<string, Value[]> } | null;
  /** True when plain names mean schema.org here. */
  readonly schema: boolean;
}

/** Top-level schema.org items written in RDFa Lite (vocab, typeof, property, resource). */
export function readRdfa(document: Node): Item[] {
  const tops: Item[] = [];
  const stack: { node: Node; scope: Scope }[] = [{ node: document, scope: { item: null, schema: false } }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node } = next;
    const scope = isElement(node) ? enter(node, next.scope, tops) : next.scope;
    if ('childNodes' in node)
      for (let i = node.childNodes.length - 1; i >= 0; i--) stack.push({ node: node.childNodes[i] as Node, scope });
  }
  return tops;
}

function enter(element: Element, outer: Scope, tops: Item[]): Scope {
  const vocab = attribute(element, 'vocab');
  const schema = vocab === null ? outer.schema : SCHEMA.test(vocab.trim());
  const types = named(attribute(element, 'typeof'), schema);
  const names = named(attribute(element, 'property'), schema);
  if (types.length === 0) {
    for (const name of names) add(outer, name, { kind: 'text', text: propertyText(element) });
    return schema === outer.schema ? outer : { ...outer, schema };
  }
  const properties = Object.create(null) as Record<string, Value[]>;
  const item: Item = {
    syntax: 'rdfa',
    types,
    id: attribute(element, 'resource'),
    properties,
    selector: selectorOf(element),
    snippet: snippetOf(element),
  };
  if (names.length > 0 && outer.item) for (const name of names) add(outer, name, { kind: 'item', item });
  else if (tops.length < MOST_ITEMS) tops.push(item);
  return { item: { properties }, schema };
}

function add(scope: Scope, name: string, value: Value): void {
  if (!scope.item) return;
  const { properties } = scope.item;
  properties[name] = [...(properties[name] ?? []), value].slice(0, 500);
}

/** The schema.org names among the words of an attribute. */
function named(words: string | null, schema: boolean): string[] {
  return (words ?? '')
    .split(/\s+/)
    .filter(
      (word) =>
        word !== '' &&
        (schema
          ? !word.includes(':') || /^(?:schema:|https?:\/\/schema\.org\/)/i.test(word)
          : /^(?:schema:|https?:\/\/schema\.org\/)/i.test(word)),
    )
    .flatMap((word) => schemaName(word) ?? []);
}
