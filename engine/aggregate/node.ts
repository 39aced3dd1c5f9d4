import type { Occurrence } from '../scanner/index.ts';

/** Attributes that say what one copy of an element holds or does right now, and not which element of the site it is. */
const VOLATILE =
  /^(?:src|srcset|href|alt|title|content|value|style|poster|action|placeholder|id|for|width|height|sizes|d|points|integrity|nonce|tabindex|loading|hidden|checked|selected|disabled|open|data-.*|aria-.*)$/;
/** A name with a digit in it, or the tail that a bundler or CSS-in-JS adds, is taken to be generated. */
const ORDINAL = /\d+/g;
const BUNDLED = /[_-](?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{5,}$/;

/** A start tag, taken apart. */
export interface StartTag {
  readonly name: string;
  readonly attributes: readonly (readonly [string, string])[];
}

/** The first start tag of a snippet, or null when there is none. Names in lower case, attributes in the order of their names. */
export function startTag(snippet: string): StartTag | null {
  const open = /<([A-Za-z][^\s/>]*)/.exec(snippet);
  if (!open?.[1]) return null;
  const attributes: [string, string][] = [];
  const rest = /\s*\/?([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"?|'([^']*)'?|([^\s>"']+)))?|\s*(>)/gy;
  rest.lastIndex = open.index + open[0].length;
  for (let m = rest.exec(snippet); m && !m[5] && attributes.length < 60; m = rest.exec(snippet)) {
    attributes.push([(m[1] ?? '').toLowerCase(), m[2] ?? m[3] ?? m[4] ?? '']);
  }
  return { name: open[1].toLowerCase(), attributes: attributes.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) };
}

/** What two tools print alike for one element of one page: its start tag with every value, spaces evened out. */
export function literalTag(snippet: string | undefined): string | null {
  const tag = snippet === undefined ? null : startTag(snippet);
  if (!tag) return null;
  return `${tag.name} ${tag.attributes.map(([k, v]) => `${k}=${v.replace(/\s+/g, ' ').trim()}`).join(' ')}`;
}

/**
 * What an element is wherever it is repeated: its start tag without texts, addresses, ids and numbers. An element that
 * bears nothing lasting (a bare `td`) is told by the last two steps of its path. Null when nothing is known of it.
 */
export function elementShape(place: Pick<Occurrence, 'selector' | 'snippet'>): string | null {
  const tag = place.snippet === undefined ? null : startTag(place.snippet);
  const path = selectorShape(place.selector);
  if (!tag) return path;
  const lasting = tag.attributes.flatMap(([name, value]) => {
    if (VOLATILE.test(name)) return [];
    if (name === 'class')
      return value
        .split(/\s+/)
        .filter(Boolean)
        .map((c) => `.${nameShape(c)}`);
    return [`[${name}=${value.replace(ORDINAL, '#').trim().toLowerCase()}]`];
  });
  const shape = tag.name + [...new Set(lasting)].sort().join('');
  return lasting.length > 0 || path === null ? shape : `${path} ${shape}`;
}

/** The same picture, link or field on another page: tag and the file name at the end of its address; null without an address. */
export function assetShape(snippet: string | undefined): string | null {
  const tag = snippet === undefined ? null : startTag(snippet);
  const address = tag?.attributes.find(([k]) => k === 'src')?.[1];
  if (!tag || !address || address.startsWith('data:')) return null;
  const file = (address.split(/[?#]/)[0] ?? '')
    .split('/')
    .filter((s) => s !== '' && s !== '.' && s !== '..')
    .at(-1);
  return file === undefined ? null : `${tag.name}@${file}`;
}

/** A class or id without what a build or a loop adds to it. */
function nameShape(name: string): string {
  return name.replace(BUNDLED, '').replace(ORDINAL, '#');
}

/** A selector as one page knows it: spaces evened out, nothing else. */
export function literalSelector(selector: string | undefined): string | null {
  const even = selector
    ?.replace(/\s*>\s*(?!>)/g, '>')
    .replace(/\s+/g, ' ')
    .trim();
  return even ? even : null;
}

/** The last two steps of a selector as kinds: without positions, ids, attribute values and numbers. */
export function selectorShape(selector: string | undefined): string | null {
  const even = literalSelector(selector);
  if (even === null) return null;
  const steps = even
    .replace(/:nth-(?:last-)?(?:child|of-type)\([^)]*\)|:first-child|:last-child|:first-of-type|:last-of-type/g, '')
    .replace(/\[([^\]=~|^$*\s]+)[~|^$*]?=(?:"[^"]*"|'[^']*'|[^\]]*)\]/g, '[$1]')
    .replace(/#(?:[\w-]|\\.|[^\x00-\x7f])+/g, '')
    .replace(/\.((?:[\w-]|\\.|[^\x00-\x7f])+)/g, (_, name: string) => `.${nameShape(name)}`)
    .toLowerCase()
    .split(/[\s>+~]+/)
    .filter((step) => step !== '');
  return steps.length === 0 ? null : steps.slice(-2).join('>');
}

/** True when the place is the document and no element of it: nothing named, or a root that every page has. */
export function isDocument(place: Occurrence): boolean {
  const selector = literalSelector(place.selector);
  if (selector === null) return place.snippet === undefined && place.url === undefined;
  return /^(?:html|head|body|:root|title|head>title|html>head|html>body|html>head>title)(?:\[[^\]]*\])?$/i.test(
    selector,
  );
}

/** Takes the origins of the scanned site off every address in a text, so that it reads the same wherever it is served. */
export function withoutOrigins(text: string, origins: readonly string[]): string {
  let out = text;
  for (const origin of origins) out = out.replaceAll(origin, '');
  return out;
}
