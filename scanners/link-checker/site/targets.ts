import type { LinkFact, PageRaw, ResourceFact, ResourceKind } from '../raw.ts';
import type { Answer } from './follow.ts';

/** A page cell's result with its page id. */
export interface ScannedPage {
  readonly id: string;
  readonly raw: PageRaw;
}

/** The site's own addresses: a build answers for its production origin too. */
export interface Home {
  readonly origin: string;
  /** The address as this scan asks for it: fragment gone, production origin replaced. */
  normal(url: string): string;
  internal(url: string): boolean;
}

/** Says which addresses are the site's own. */
export function homeOf(origin: string, productionOrigin: string | null): Home {
  const normal = (url: string) => {
    const parsed = new URL(url);
    parsed.hash = '';
    const href = parsed.href;
    return productionOrigin !== null && parsed.origin === productionOrigin
      ? origin + href.slice(productionOrigin.length)
      : href;
  };
  return { origin, normal, internal: (url) => new URL(normal(url)).origin === origin };
}

/** A place that needs an address. */
export interface Need {
  readonly url: string;
  readonly kind: 'link' | ResourceKind;
  readonly pageId: string;
  readonly selector: string;
  readonly snippet: string;
  readonly box?: LinkFact['box'];
}

/** Everything that pages point at over HTTP, in page order; repeated navigation links stand once for each page. */
export function needsOf(pages: readonly ScannedPage[], home: Home): Need[] {
  const needs: Need[] = [];
  for (const { id, raw } of pages) {
    const add = (fact: LinkFact | ResourceFact, kind: Need['kind']) => {
      if (fact.url === null || !/^https?:\/\//.test(fact.url)) return;
      const { selector, snippet, box } = fact;
      needs.push({ url: home.normal(fact.url), kind, pageId: id, selector, snippet, box });
    };
    const here = home.normal(raw.url);
    // A jump within the page leads nowhere else: what is wrong with the page is said at the links that lead to it.
    for (const link of raw.links) {
      if (link.url === null || !link.url.includes('#') || !URL.canParse(link.url) || home.normal(link.url) !== here)
        add(link, 'link');
    }
    for (const resource of raw.unasked) add(resource, resource.kind);
  }
  return needs;
}

/** What the visits already showed, address by address, so that a scanned page is not asked for again. */
export function knownAnswers(pages: readonly ScannedPage[], home: Home): Map<string, Answer> {
  const known = new Map<string, Answer>();
  const blank = { failure: null, reason: null, bodyHash: null, textLength: 0, setsCookie: false, headlines: [] };
  for (const { raw } of pages) {
    for (const hop of raw.redirects) {
      if (hop.location !== null)
        known.set(home.normal(hop.url), { ...blank, status: hop.status, location: hop.location });
    }
  }
  for (const { raw } of pages) {
    known.set(home.normal(raw.url), {
      ...blank,
      status: raw.status,
      location: null,
      headlines: [raw.title, ...raw.headings],
    });
  }
  return known;
}
