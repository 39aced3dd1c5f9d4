import { pageIdOf } from '../kernel/index.ts';

/** Why a seen address does not become a page. */
export type SkipReason = 'page-cap' | 'depth-cap' | 'robots' | 'other-origin' | 'duplicate' | 'not-html' | 'sampled';

/** What bounds a crawl. */
export interface CrawlRules {
  /** Origins whose pages belong to the job. */
  readonly origins: ReadonlySet<string>;
  /** An origin that means another one: the production origin of a ZIP job -> the origin under which its build is served. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly maxPages: number;
  readonly maxDepth: number;
  /** False when links are not followed (an exact list). */
  readonly follow: boolean;
  /** `/a/index.html` is `/a/` (true of every static host; not assumed of a live site). */
  readonly mergeIndex: boolean;
  /** True when robots.txt lets us visit. */
  readonly allowed: (url: string) => boolean;
}

/** A page that joins the job. */
export interface NewPage {
  readonly pageId: string;
  readonly url: string;
  readonly depth: number;
  readonly place: number;
}

/** What became of a batch of addresses. */
export interface Admission {
  readonly pages: readonly NewPage[];
  readonly skipped: readonly { readonly reason: SkipReason; readonly url: string }[];
}

// What a link can end in and still not be a page; the media types are judged again when a page is visited.
const NOT_PAGES =
  /\.(?:pdf|zip|gz|tgz|bz2|xz|7z|rar|dmg|exe|msi|deb|rpm|apk|iso|png|jpe?g|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|webm|og[gva]|wav|flac|mov|avi|mkv|css|m?js|map|json|xml|rss|atom|txt|csv|xlsx?|docx?|pptx?|odt|ods|epub|woff2?|ttf|otf|eot|wasm)$/i;

/** The one spelling of an address: alias origins replaced, no fragment, no credentials; null when it is no http(s) address. */
export function normaliseUrl(text: string, rules: Pick<CrawlRules, 'aliases' | 'mergeIndex'>): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  const alias = rules.aliases.get(url.origin);
  if (alias !== undefined) url = new URL(url.pathname + url.search, alias);
  url.hash = '';
  url.username = '';
  url.password = '';
  if (rules.mergeIndex) url.pathname = url.pathname.replace(/\/index\.html?$/i, '/');
  return url.href;
}

/**
 * Decides which addresses become pages, in the order given: breadth first is kept because every batch comes from one
 * page and batches come in the order of their pages. `known` holds the ids already admitted and is not changed.
 */
export function admit(
  addresses: readonly string[],
  depth: number,
  known: { readonly ids: ReadonlySet<string>; readonly nextPlace: number },
  rules: CrawlRules,
): Admission {
  const pages: NewPage[] = [];
  const skipped: { reason: SkipReason; url: string }[] = [];
  const seen = new Set<string>();
  for (const address of addresses) {
    const url = normaliseUrl(address, rules);
    if (url === null || seen.has(url)) continue;
    seen.add(url);
    const pageId = pageIdOf(url);
    if (known.ids.has(pageId)) continue;
    const reason = refusal(url, depth, known.ids.size + pages.length, rules);
    if (reason) skipped.push({ reason, url });
    else pages.push({ pageId, url, depth, place: known.nextPlace + pages.length });
  }
  return { pages, skipped };
}

function refusal(url: string, depth: number, count: number, rules: CrawlRules): SkipReason | null {
  const { origin, pathname } = new URL(url);
  if (!rules.origins.has(origin)) return 'other-origin';
  if (NOT_PAGES.test(pathname)) return 'not-html';
  if (depth > rules.maxDepth) return 'depth-cap';
  if (!rules.allowed(url)) return 'robots';
  if (count >= rules.maxPages) return 'page-cap';
  return null;
}
