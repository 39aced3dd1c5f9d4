import { gunzipSync } from 'node:zlib';

/** What a sitemap document says. */
export interface Sitemap {
  /** Addresses of pages, in order. */
  readonly locations: readonly string[];
  /** Addresses of further sitemaps (a sitemap index). */
  readonly children: readonly string[];
}

/** Caps on one document: inflated bytes, addresses, length of an address. */
export const SITEMAP_LIMITS = { bytes: 50 * 2 ** 20, locations: 50_000, length: 4096 } as const;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML and numeric references; entities that a document declares itself are never expanded. */
function decoded(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(\w{2,4}));/gi,
    (whole, hex?: string, dec?: string, name?: string) => {
      if (name) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = hex ? Number.parseInt(hex, 16) : Number(dec);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** Bytes of a sitemap as text: gzip undone, capped; null when it is neither. */
export function sitemapText(bytes: Uint8Array): string | null {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes.subarray(0, SITEMAP_LIMITS.bytes));
  try {
    return new TextDecoder().decode(gunzipSync(bytes, { maxOutputLength: SITEMAP_LIMITS.bytes }));
  } catch {
    return null;
  }
}

/** Reads `<loc>` elements by a forward scan; anything else of the document is skipped, so nothing in it can cost more than its length. */
export function parseSitemap(text: string): Sitemap {
  const locations: string[] = [];
  const children: string[] = [];
  const token = /<(\/?)(?:[\w-]+:)?(sitemap|url|loc|image|video)\b[^>]*>|<!--|<!\[CDATA\[/gi;
  let inside: 'url' | 'sitemap' | null = null;
  for (
    let match = token.exec(text);
    match && locations.length + children.length < SITEMAP_LIMITS.locations;
    match = token.exec(text)
  ) {
    if (match[0] === '<!--' || match[0].startsWith('<![')) {
      const end = text.indexOf(match[0] === '<!--' ? '-->' : ']]>', token.lastIndex);
      if (end < 0) break;
      token.lastIndex = end + 3;
      continue;
    }
    const name = (match[2] as string).toLowerCase();
    const closing = match[1] === '/';
    if (name === 'url' || name === 'sitemap') inside = closing ? null : name;
    if (name !== 'loc' || closing || inside === null || match[0].includes(':')) continue;
    const end = text.indexOf('</', token.lastIndex);
    if (end < 0) break;
    const value = decoded(
      text
        .slice(token.lastIndex, Math.min(end, token.lastIndex + 2 * SITEMAP_LIMITS.length))
        .replace(/<!\[CDATA\[|\]\]>/g, ''),
    ).trim();
    token.lastIndex = end;
    if (value === '' || value.length > SITEMAP_LIMITS.length) continue;
    (inside === 'url' ? locations : children).push(value);
  }
  if (locations.length === 0 && children.length === 0 && !/<\s*(?:[\w-]+:)?(?:urlset|sitemapindex)\b/i.test(text))
    return plainList(text);
  return { locations, children };
}

/** A sitemap may also be plain text, one address a line. */
function plainList(text: string): Sitemap {
  const locations = text
    .split(/\r?\n/, SITEMAP_LIMITS.locations)
    .map((line) => line.trim())
    .filter((line) => /^https?:\/\//i.test(line) && line.length <= SITEMAP_LIMITS.length);
  return { locations, children: [] };
}

/** Addresses on the `Sitemap:` lines of a robots.txt. */
export function sitemapsOfRobots(robots: string): string[] {
  return [...robots.matchAll(/^[ \t]*sitemap[ \t]*:[ \t]*(\S+)/gim)].map((m) => m[1] as string).slice(0, 20);
}
