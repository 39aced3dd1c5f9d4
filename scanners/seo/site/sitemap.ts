/** What one sitemap file holds. */
export interface Sitemap {
  /** Addresses of pages, as written. */
  readonly locations: readonly string[];
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
  const body = text.replace(/^\uFEFF/, '').trim();
  const none = { locations: [], sitemaps: [] };
  if (body === '') return { ...none, faults: ['the file is empty'] };
  if (!body.startsWith('<')) return readPlain(body, most);
  const xml = body.replace(/<!--[\s\S]*?-->/g, '');
  const root = /^(?:<\?[\s\S]*?\?>\s*)*(?:<!DOCTYPE[^>]*>\s*)?<(?:[\w.-]+:)?([\w.-]+)/i.exec(xml)?.[1] ?? '';
  if (/^(?:rss|feed|rdf)$/i.test(root)) return { ...none, faults: [] };
  if (/^html$/i.test(root)) return { ...none, faults: ['the answer is an HTML page'] };
  if (root !== 'urlset' && root !== 'sitemapindex')
    return { ...none, faults: [`the root element is ${root || 'missing'}`] };
  const faults: string[] = [];
  if (!cut && !new RegExp(`</(?:[\\w.-]+:)?${root}\\s*>\\s*$`).test(xml))
    faults.push(`the element ${root} is not closed at the end`);
  const entry = root === 'urlset' ? 'url' : 'sitemap';
  const found: string[] = [];
  for (const match of xml.matchAll(/<(?:[\w.-]+:)?(url|sitemap)\b[^>]*>([\s\S]*?)<\/(?:[\w.-]+:)?\1\s*>/g)) {
    if (match[1] !== entry || found.length >= most) continue;
    const location = decode(
      /<(?:[\w.-]+:)?loc\b[^>]*>([\s\S]*?)<\/(?:[\w.-]+:)?loc\s*>/.exec(match[2] ?? '')?.[1] ?? '',
    ).trim();
    if (location === '') faults.push('an entry has no loc');
    else if (!/^https?:\/\//i.test(location) || !URL.canParse(location))
      faults.push(`“${location.slice(0, 200)}” is no full address`);
    else found.push(location.slice(0, 4096));
  }
  const unique = [...new Set(faults)].slice(0, 50);
  return root === 'urlset'
    ? { locations: found, sitemaps: [], faults: unique }
    : { locations: [], sitemaps: found, faults: unique };
}

function readPlain(body: string, most: number): Sitemap {
  const lines = body
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const good = lines.filter((line) => /^https?:\/\//i.test(line) && URL.canParse(line));
  const faults = good.length === lines.length ? [] : ['the file is neither XML nor a list of full addresses'];
  return { locations: good.slice(0, most), sitemaps: [], faults };
}
