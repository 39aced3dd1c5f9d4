import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import type { SiteTree } from './tree.ts';

/** Pages that are read for their canonical link, and how much of each, in bytes. */
const PAGES = 50;
const HEAD_BYTES = 128 << 10;
const SITEMAP_BYTES = 2 << 20;

/** The one origin on which all canonical links, the sitemap and CNAME agree; null when they differ or say nothing. */
export function productionOrigin(tree: SiteTree, pageFiles: readonly string[]): string | null {
  const named = [
    ...cname(tree),
    ...sitemap(tree),
    ...pageFiles.slice(0, PAGES).flatMap((file) => canonical(tree, file)),
  ];
  const hosts = new Set(named.map(({ host }) => host));
  if (hosts.size !== 1) return null;
  // CNAME gives no scheme; what gives one decides, and two that differ do not agree.
  const origins = new Set(named.filter(({ sure }) => sure).map(({ origin }) => origin));
  return origins.size > 1 ? null : ([...origins][0] ?? named[0]?.origin ?? null);
}

interface Named {
  readonly host: string;
  readonly origin: string;
  readonly sure: boolean;
}

function named(address: string, sure = true): Named[] {
  const url = URL.parse(address.trim());
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.host.length > 255) return [];
  return [{ host: url.host, origin: url.origin, sure }];
}

function textOf(tree: SiteTree, path: string, max: number): string | null {
  const file = tree.files.get(path);
  return file ? tree.read(file, 0, max).toString('utf8') : null;
}

function cname(tree: SiteTree): Named[] {
  const host = textOf(tree, 'CNAME', 300)?.trim();
  return host !== undefined && /^[a-z0-9.-]+$/i.test(host) ? named(`https://${host}/`, false) : [];
}

function sitemap(tree: SiteTree): Named[] {
  const text = ['sitemap.xml', 'sitemap_index.xml', 'sitemap-index.xml']
    .map((path) => textOf(tree, path, SITEMAP_BYTES))
    .find((found) => found != null);
  if (text == null) return [];
  return [...text.matchAll(/<loc>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]{1,2048})/g)]
    .slice(0, 1000)
    .flatMap(([, address]) => named(address ?? ''));
}

/** Absolute canonical link in the head of a page. */
function canonical(tree: SiteTree, path: string): Named[] {
  const html = textOf(tree, path, HEAD_BYTES) ?? '';
  if (!/canonical/i.test(html)) return [];
  const end = html.search(/<\/head|<body/i);
  const document = parse(end < 0 ? html : html.slice(0, end));
  const root = document.childNodes.find((node): node is DefaultTreeAdapterTypes.Element => node.nodeName === 'html');
  const head = root?.childNodes.find((node): node is DefaultTreeAdapterTypes.Element => node.nodeName === 'head');
  for (const node of head?.childNodes ?? []) {
    if (node.nodeName !== 'link' || !('attrs' in node)) continue;
    const value = (name: string) => node.attrs.find((attribute) => attribute.name === name)?.value ?? '';
    if (value('rel').toLowerCase().split(/\s+/).includes('canonical')) return named(value('href'));
  }
  return [];
}
