import type { Occurrence } from '@stageflow/engine/sdk';
import { selected, selectedIn } from './source-selector.ts';
import { placeOf, type SourceElement, type SourcePlace, type SourceTree, textOf } from './source-tree.ts';

/** What a snippet says of its element. */
interface Markup {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** False when the start tag was cut, so that the source may bear more. */
  readonly whole: boolean;
  /** Text as the page tells it; null when the snippet has none. */
  readonly text: string | null;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  lt: '<',
  gt: '>',
  nbsp: '\u00a0',
};
/** Undoes what a browser escapes when it writes an attribute out. */
const plain = (text: string) => text.replace(/&(amp|quot|lt|gt|nbsp);/g, (_, name: string) => ENTITIES[name] ?? '');

function markupOf(snippet: string): Markup | null {
  const open = /^\s*<([A-Za-z][^\s/>]*)/.exec(snippet);
  if (!open?.[1]) return null;
  const attributes = new Map<string, string>();
  const next = /\s+([^\s=>/"'…]+)(?:="([^"]*)")?(?=[\s/>])|\s*\/?(>)/gy;
  next.lastIndex = open[0].length;
  let whole = false;
  let end = open[0].length;
  for (let m = next.exec(snippet); m; m = next.exec(snippet)) {
    end = next.lastIndex;
    if (m[3] !== undefined) {
      whole = true;
      break;
    }
    attributes.set((m[1] ?? '').toLowerCase(), plain(m[2] ?? ''));
  }
  const tag = open[1].toLowerCase();
  const rest = whole ? snippet.slice(end) : '';
  const close = `</${tag}>`;
  return { tag, attributes, whole, text: rest.endsWith(close) ? rest.slice(0, -close.length) : null };
}

/** Attributes that scripts rewrite all the time. */
const RESTLESS = new Set(['class', 'style']);
/** Left out of Lighthouse's snippets. */
const UNTOLD = new Set(['title']);

/** True when the source gives what the page shows: a cut value as its beginning, an address in either form. */
function sameValue(name: string, shown: string, source: string, page: string): boolean {
  if (shown === source) return true;
  if (shown.endsWith('…')) return shown.length > 8 && source.startsWith(shown.slice(0, -1));
  return name === 'src' && URL.canParse(source, page) && new URL(source, page).href === shown;
}

function alike(element: SourceElement, markup: Markup, page: string, except: ReadonlySet<string>): boolean {
  const source = new Map(element.attrs.map((a) => [a.name, a.value]));
  for (const [name, shown] of markup.attributes) {
    const written = source.get(name);
    if (!except.has(name) && (written === undefined || !sameValue(name, shown, written, page))) return false;
  }
  if (!markup.whole) return true;
  for (const name of source.keys())
    if (!markup.attributes.has(name) && !except.has(name) && !UNTOLD.has(name)) return false;
  return true;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Finds an element in the source by its snippet and selector alone, for lanes that no longer have the page. One that scripts made, or that
 * cannot be told apart, has no place. `page` is the address of the document.
 */
export function findMarkup(
  tree: SourceTree,
  { selector, snippet }: Pick<Occurrence, 'selector' | 'snippet'>,
  page: string,
): SourcePlace | null {
  const markup = snippet === undefined ? null : markupOf(snippet);
  if (!markup) return null;
  const texts = (element: SourceElement) => markup.text === null || textOf(element) === markup.text.trim();
  const same = tree.byTag(markup.tag).filter((element) => alike(element, markup, page, NONE) && texts(element));
  if (same.length === 1) return placeOf(same[0] as SourceElement);
  if (selector === undefined) return null;
  const named =
    same.length > 0
      ? (selected(same, selector) ?? [])
      : selectedIn(tree, markup.tag, selector).filter(
          (element) => element.attrs.length > 0 && alike(element, markup, page, RESTLESS) && texts(element),
        );
  return named.length === 1 ? placeOf(named[0] as SourceElement) : null;
}

const ADDRESSES: Readonly<Record<string, string>> = {
  img: 'src',
  script: 'src',
  link: 'href',
  iframe: 'src',
  source: 'src',
  video: 'src',
  audio: 'src',
  embed: 'src',
  object: 'data',
};

/** The one element of the source that loads an address; null when none or several do. */
export function findLoader(tree: SourceTree, address: string, page: string): SourcePlace | null {
  const found = Object.entries(ADDRESSES).flatMap(([tag, name]) =>
    tree.byTag(tag).filter((element) => {
      const written = element.attrs.find((a) => a.name === name)?.value.trim() ?? '';
      return written !== '' && URL.canParse(written, page) && new URL(written, page).href === address;
    }),
  );
  return found.length === 1 ? placeOf(found[0] as SourceElement) : null;
}
