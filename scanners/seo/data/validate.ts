import type { Item, Value } from './item.ts';
import { KNOWN_TYPES, NEEDS, NEEDS_INSIDE } from './needs.ts';
import { VALUE_JUDGES } from './values.ts';

/** A fault of one item. */
export interface DataFault {
  readonly rule: 'structured-data-required' | 'structured-data-value' | 'structured-data-type-case';
  /** Where: types and properties from the top-level item down, joined by dots. */
  readonly path: string;
  readonly message: string;
  readonly item: Item;
}

const BY_LOWER = new Map(KNOWN_TYPES.map((type) => [type.toLowerCase(), type]));
const MOST_FAULTS = 300;

/** Judges items and what they hold; a reference is followed where its item is on the page, and trusted where it is not. */
export function validate(items: readonly Item[]): DataFault[] {
  const faults: DataFault[] = [];
  const byId = new Map(items.flatMap((item) => (item.id === null ? [] : [[item.id, item] as const])));
  const judge = (item: Item, path: string, parent: Item | null, open: ReadonlySet<Item>) => {
    if (open.has(item) || faults.length >= MOST_FAULTS) return;
    const inside = new Set([...open, item]);
    for (const type of item.types) {
      const known = BY_LOWER.get(type.toLowerCase());
      if (known !== undefined && known !== type) {
        faults.push({ rule: 'structured-data-type-case', path, message: `${type} is written ${known}`, item });
      }
      for (const need of needsOf(type, parent)) {
        if (!need.split('|').some((name) => present(item.properties[name]))) {
          faults.push({
            rule: 'structured-data-required',
            path,
            message: `${path} lacks ${need.replaceAll('|', ' or ')}`,
            item,
          });
        }
      }
    }
    for (const [name, values] of Object.entries(item.properties)) {
      for (const value of values) {
        const fault = value.kind === 'text' ? VALUE_JUDGES.get(name)?.(value.text.trim()) : null;
        if (fault && value.kind === 'text') {
          faults.push({
            rule: 'structured-data-value',
            path,
            message: `${path}.${name}: “${value.text.slice(0, 100)}” ${fault}`,
            item,
          });
        }
        const child = value.kind === 'item' ? value.item : value.kind === 'ref' ? byId.get(value.id) : undefined;
        // A node of the graph is judged where it stands; through a reference only its place is new.
        if (child && value.kind === 'item') judge(child, `${path}.${name}`, item, inside);
      }
    }
    const range = outOfRange(item);
    if (range !== null)
      faults.push({ rule: 'structured-data-value', path, message: `${path}.ratingValue: ${range}`, item });
    const gap = breadcrumbGap(item);
    if (gap !== null) faults.push({ rule: 'structured-data-required', path, message: `${path}: ${gap}`, item });
  };
  const referred = new Set(items.flatMap((item) => Object.values(item.properties).flatMap(refs)));
  for (const item of items) {
    // An item that another one points at does not stand alone.
    const parent =
      item.id !== null && referred.has(item.id)
        ? (items.find((one) =>
            Object.values(one.properties)
              .flatMap(refs)
              .includes(item.id as string),
          ) ?? null)
        : null;
    judge(item, item.types[0] ?? 'item', parent, new Set());
  }
  return faults;
}

function refs(values: readonly Value[]): string[] {
  return values.flatMap((value) => (value.kind === 'ref' ? [value.id] : []));
}

function needsOf(type: string, parent: Item | null): readonly string[] {
  const needs = Object.hasOwn(NEEDS, type) ? NEEDS[type] : undefined;
  const inside = (parent?.types ?? []).flatMap((over) =>
    Object.hasOwn(NEEDS_INSIDE, over) ? (NEEDS_INSIDE[over]?.[type] ?? []) : [],
  );
  return [...(needs?.all ?? []), ...(parent === null ? (needs?.alone ?? []) : []), ...inside];
}

function present(values: readonly Value[] | undefined): boolean {
  return (values ?? []).some((value) => value.kind !== 'text' || value.text.trim() !== '');
}

function numberOf(item: Item, name: string): number | null {
  const value = item.properties[name]?.[0];
  if (value?.kind !== 'text' || !/^\d+(?:\.\d+)?$/.test(value.text.trim())) return null;
  return Number(value.text);
}

function outOfRange(item: Item): string | null {
  const value = numberOf(item, 'ratingValue');
  if (value === null) return null;
  const best = numberOf(item, 'bestRating') ?? (item.properties['bestRating'] ? null : 5);
  const worst = numberOf(item, 'worstRating');
  if (best !== null && value > best) return `${value} is above the best rating ${best}`;
  return worst !== null && value < worst ? `${value} is below the worst rating ${worst}` : null;
}

/** All steps of a trail but the last need an address. */
function breadcrumbGap(item: Item): string | null {
  if (!item.types.includes('BreadcrumbList')) return null;
  const steps = (item.properties['itemListElement'] ?? []).flatMap((value) =>
    value.kind === 'item' && value.item.types.includes('ListItem') ? [value.item] : [],
  );
  const bare = steps.slice(0, -1).findIndex((step) => !present(step.properties['item']));
  return bare < 0 ? null : `step ${bare + 1} lacks item`;
}
