/** What one sitemap file holds. */
export interface Sitemap {
  /** Addresses of pages, as written. */
  readonly locations: readonly string[];
  /** Line of each of them, from 1. */
  readonly lines: readonly number[];
  /** Addresses of further sitemaps. */
  readonly sitemaps: readonly string[];
  readonly faults: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const decode = (text: string) =>
  text
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (_, ten, sixteen, name) => {
      if (name) return ENTITIES[String(name).toLowerCase()] ?? '';
      const code = ten ? Number(ten) : Number.parseInt(String(sixteen), 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    });

/** Reads a sitemap of XML or plain text; `cut` says that the text may lack its end. */
export function readSitemap(text: string, most: number, cut: boolean): Sitemap {
  const body = text.replace(/^\uFEFF/, '').trimEnd();
  const none = { locations: [], lines: [], sitemaps: [] };
  if (body === '') return { ...none, faults: ['the file is empty'] };
  if (!/^\s*</.test(body)) return readPlain(body, most);
  // Lines go on counting where a comment stood.
  const xml = body.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]+/g, ''));
  const root = /^\s*(?:<\?[\s\S]*?\?>\s*)*(?:<!DOCTYPE[^>]*>\s*)?<(?:[\w.-]+:)?([\w.-]+)/i.exec(xml)?.[1] ?? '';
  if (/^(?:rss|feed|rdf)$/i.test(root)) return { ...none, faults: [] };
  if (/^html$/i.test(root)) return { ...none, faults: ['the answer is an HTML page'] };
  if (root !== 'urlset' && root !== 'sitemapindex')
    return { ...none, faults: [`the root element is ${root || 'missing'}`] };
  const faults: string[] = [];
  if (!cut && !new RegExp(`</(?:[\\w.-]+:)?${root}\\s*>\\s*$`).test(xml))
    faults.push(`the element ${root} is not closed at the end`);
  const entry = root === 'urlset' ? 'url' : 'sitemap';
  const found: string[] = [];
  const lines: number[] = [];
  const lineAt = lineCounter(xml);
  for (const match of xml.matchAll(/<(?:[\w.-]+:)?(url|sitemap)\b[^>]*>([\s\S]*?)<\/(?:[\w.-]+:)?\1\s*>/g)) {
    if (match[1] !== entry || found.length >= most) continue;
    const loc = /<(?:[\w.-]+:)?loc\b[^>]*>\s*([\s\S]*?)<\/(?:[\w.-]+:)?loc\s*>/d.exec(match[0]);
    const location = decode(loc?.[1] ?? '').trim();
    if (location === '') faults.push('an entry has no loc');
    else if (!/^https?:\/\//i.test(location) || !URL.canParse(location))
      faults.push(`“${location.slice(0, 200)}” is no full address`);
    else {
      found.push(location.slice(0, 4096));
      lines.push(lineAt(match.index + (loc?.indices?.[1]?.[0] ?? 0)));
    }
  }
  const unique = [...new Set(faults)].slice(0, 50);
  return root === 'urlset'
    ? { locations: found, lines, sitemaps: [], faults: unique }
    : { locations: [], lines: [], sitemaps: found, faults: unique };
}

/** Gives the line of each offset; offsets must come in order. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    for (let next = text.indexOf('\n', at); next >= 0 && next < offset; next = text.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    return line;
  };
}

function readPlain(body: string, most: number): Sitemap {
  const lines = body
    .split(/\r?\n/)
    .map((line, at) => ({ address: line.trim(), line: at + 1 }))
    .filter(({ address }) => address !== '');
  const good = lines.filter(({ address }) => /^https?:\/\//i.test(address) && URL.canParse(address));
  const kept = good.slice(0, most);
  const faults = good.length === lines.length ? [] : ['the file is neither XML nor a list of full addresses'];
  return {
    locations: kept.map(({ address }) => address),
    lines: kept.map(({ line }) => line),
    sitemaps: [],
    faults,
  };
}
