import type { Located } from './in-page/index.ts';
import {
  childElements,
  placeOf,
  type SourceElement,
  type SourcePlace,
  type SourceTree,
  textOf,
} from './source-tree.ts';

// Scripts rewrite these all the time; the others tell elements apart.
const RESTLESS = new Set(['class', 'style']);
const CUT = 300;

function sameAttributes(element: SourceElement, wanted: Located, except: ReadonlySet<string>): boolean {
  const rendered = new Map(wanted.attributes);
  const source = element.attrs.filter((a) => !except.has(a.name));
  if (except.size === 0 && source.length !== rendered.size) return false;
  return source.every((a) => rendered.get(a.name) === a.value.slice(0, CUT));
}

function byPath(tree: SourceTree, path: NonNullable<Located['path']>): SourceElement | null {
  let among = tree.top;
  let at: SourceElement | null = null;
  for (const step of path) {
    at = among.filter((child) => child.tagName === step.tag)[step.nth - 1] ?? null;
    if (!at) return null;
    among = childElements(at);
  }
  return at;
}

/** Finds an element, as it was located in the page, in the source it came from. One that scripts made, or that cannot be told apart, has no place. */
export function findLocated(tree: SourceTree, wanted: Located): SourcePlace | null {
  const tag = wanted.path?.at(-1)?.tag;
  if (!wanted.path || tag === undefined) return null;
  const direct = byPath(tree, wanted.path);
  if (direct && sameAttributes(direct, wanted, RESTLESS) && textOf(direct) === wanted.text) return placeOf(direct);
  const alike = tree
    .byTag(tag)
    .filter((element) => sameAttributes(element, wanted, new Set()) && textOf(element) === wanted.text);
  if (alike.length === 1) return placeOf(alike[0] as SourceElement);
  return direct && direct.attrs.length > 0 && sameAttributes(direct, wanted, new Set()) ? placeOf(direct) : null;
}
