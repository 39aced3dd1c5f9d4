import type { JsonLdBlock } from '../raw.ts';
import { type Item, schemaName, type Value } from './item.ts';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
const MOST_DEPTH = 20;

/** What one block holds. */
export interface JsonLd {
  /** Why `JSON.parse` refuses it; null when it does not. */
  readonly syntax: string | null;
  readonly withoutContext: number;
  readonly withoutType: number;
  readonly items: readonly Item[];
}

/** True when names of the object mean schema.org, as far as its context says so itself. */
function speaksSchema(context: unknown): boolean {
  return list(context).some((one) => {
    if (typeof one === 'string') return /^https?:\/\/(?:www\.)?schema\.org(?:\/|$)/i.test(one.trim());
    return isObject(one) && typeof one['@vocab'] === 'string' && /schema\.org/i.test(one['@vocab']);
  });
}

/** Reads a block; contexts are looked at and never fetched. */
export function readJsonLd(block: JsonLdBlock): JsonLd {
  let data: unknown;
  try {
    data = JSON.parse(block.text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { syntax: String((error as Error).message).slice(0, 200), withoutContext: 0, withoutType: 0, items: [] };
  }
  let withoutContext = 0;
  let withoutType = 0;
  const items: Item[] = [];
  for (const top of list(data).filter(isObject)) {
    if (top['@context'] === undefined) withoutContext++;
    const schema = top['@context'] === undefined || speaksSchema(top['@context']);
    if (!schema) continue;
    const graph = '@graph' in top ? list(top['@graph']).filter(isObject) : [];
    const own = Object.keys(top).some((key) => !key.startsWith('@'));
    for (const node of own || !('@graph' in top) ? [top, ...graph] : graph) {
      const typed = list(node['@type']).some((type) => typeof type === 'string' && type.trim() !== '');
      if (!typed && Object.keys(node).some((key) => !key.startsWith('@'))) withoutType++;
      if (typed) items.push(itemOf(node, block, 0));
    }
  }
  return { syntax: null, withoutContext, withoutType, items };
}

function itemOf(node: Json, block: JsonLdBlock, depth: number): Item {
  const properties: Record<string, Value[]> = Object.create(null) as Record<string, Value[]>;
  for (const [key, value] of Object.entries(node)) {
    const name = key.startsWith('@') ? null : schemaName(key);
    if (name === null) continue;
    properties[name] = list(value)
      .slice(0, 500)
      .flatMap((one) => valueOf(one, block, depth));
  }
  const types = list(node['@type']).flatMap((type) => (typeof type === 'string' ? (schemaName(type) ?? []) : []));
  const id = typeof node['@id'] === 'string' ? node['@id'].slice(0, 1000) : null;
  return {
    syntax: 'json-ld',
    types: types.slice(0, 10),
    id,
    properties,
    selector: block.selector,
    snippet: block.snippet,
  };
}

function valueOf(value: unknown, block: JsonLdBlock, depth: number): Value[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [{ kind: 'text', text: String(value).slice(0, 2000) }];
  if (!isObject(value) || depth >= MOST_DEPTH) return [];
  if ('@value' in value) return valueOf(value['@value'], block, depth + 1);
  if ('@list' in value)
    return list(value['@list'])
      .slice(0, 500)
      .flatMap((one) => valueOf(one, block, depth + 1));
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value['@id'] === 'string') return [{ kind: 'ref', id: value['@id'].slice(0, 1000) }];
  return [{ kind: 'item', item: itemOf(value, block, depth + 1) }];
}
