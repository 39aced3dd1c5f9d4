import { clip, type Occurrence } from '@stageflow/engine/sdk';
import { says } from './page-links.ts';
import { isClosed } from './robots-txt.ts';
import { isHtml, keyOf, type Listing, ownPath, type SiteHit, type SiteView } from './view.ts';

/** A place in a text of the site: a line of a sitemap, of robots.txt. */
type InText = Pick<Occurrence, 'textUrl' | 'line'>;
const inText = (textUrl: string, line?: number): InText => ({
  textUrl: clip(textUrl, 4096),
  ...(line === undefined ? {} : { line }),
});
const listedAt = ({ sitemap, line }: Listing) => inText(sitemap, line);

const hit = (evidence: string, message: string, url: string, where: InText = {}, pageId?: string): SiteHit => ({
  evidence: ownPath(evidence),
  occurrences: [
    {
      ...(pageId === undefined ? {} : { pageId }),
      url: clip(url, 4096),
      message: clip(message, 2048),
      ...where,
    },
  ],
});
const pathOf = (url: string) => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

/** Sitemaps that count: those that can be read; an HTML page at the usual place is no sitemap. */
const readable = (view: SiteView) =>
  view.raw.sitemaps.filter((sitemap) => sitemap.status === 200 && sitemap.faults.every((fault) => !/HTML/.test(fault)));

export function sitemapMissing(view: SiteView): SiteHit[] | null {
  if (view.raw.pages.length < 2 || view.raw.robots === null) return null;
  if (view.raw.sitemaps.some((sitemap) => sitemap.named) || readable(view).length > 0) return [];
  const external = (view.robots?.sitemaps ?? []).length > 0;
  return external
    ? null
    : [
        hit(
          `${view.raw.origin}/sitemap.xml`,
          'neither robots.txt nor /sitemap.xml gives one',
          `${view.raw.origin}/sitemap.xml`,
        ),
      ];
}

export function sitemapInvalid(view: SiteView): SiteHit[] | null {
  if (view.raw.sitemaps.length === 0) return null;
  return view.raw.sitemaps.flatMap((sitemap): SiteHit[] => {
    if (sitemap.status !== 200)
      return sitemap.named && says(sitemap.status, 'error')
        ? [hit(sitemap.url, `answers ${sitemap.status}`, sitemap.url)]
        : [];
    const html = sitemap.faults.some((fault) => /HTML/.test(fault));
    if (sitemap.faults.length === 0 || (html && !sitemap.named)) return [];
    return [
      {
        evidence: ownPath(sitemap.url),
        occurrences: sitemap.faults.map((fault) => ({
          url: clip(sitemap.url, 4096),
          message: clip(fault, 2048),
          ...inText(sitemap.url),
        })),
      },
    ];
  });
}

/** Listed addresses that answer in this way. */
export function listedAnswers(view: SiteView, bad: 'error' | 'redirect'): SiteHit[] | null {
  if (view.listed.size === 0) return null;
  return [...view.listed].flatMap(([url, listing]) => {
    const answer = view.answer(url);
    if (!answer || !says(answer.status, bad)) return [];
    const how = bad === 'error' ? `answers ${answer.status}` : `redirects to ${answer.location ?? 'another address'}`;
    return [hit(url, `${listing.sitemap} lists it; it ${how}`, url, listedAt(listing))];
  });
}

export function listedNoindex(view: SiteView): SiteHit[] | null {
  if (view.listed.size === 0) return null;
  return [...view.listed].flatMap(([url, listing]) => {
    const page = view.page(url);
    return page && page.status < 400 && page.noindex
      ? [hit(url, `${listing.sitemap} lists it`, url, listedAt(listing), page.id)]
      : [];
  });
}

export function listedNonCanonical(view: SiteView): SiteHit[] | null {
  if (view.listed.size === 0) return null;
  return [...view.listed].flatMap(([url, listing]) => {
    const page = view.page(url);
    const canonical = page?.canonical && view.own(page.canonical.url) ? view.normal(page.canonical.url) : null;
    if (
      !page ||
      page.status >= 400 ||
      page.noindex ||
      canonical === null ||
      canonical === url ||
      view.normal(page.url) !== url
    )
      return [];
    return keyOf(canonical) === keyOf(url)
      ? []
      : [hit(url, `${listing.sitemap} lists it; its canonical is ${canonical}`, url, listedAt(listing), page.id)];
  });
}

export function pagesNotListed(view: SiteView): SiteHit[] | null {
  if (view.listed.size === 0) return null;
  const keys = new Set([...view.listed.keys()].map(keyOf));
  return view.indexable.flatMap((page) => {
    const url = view.normal(page.url);
    // Variants with a query are rarely meant to be listed unless they call themselves canonical.
    if (new URL(url).search !== '' && page.canonical === null) return [];
    const listed = [page.url, page.requestedUrl, ...(page.canonical ? [page.canonical.url] : [])].some((one) =>
      keys.has(keyOf(view.normal(one))),
    );
    return listed || /\/404(?:\.html?)?\/?$/.test(new URL(url).pathname)
      ? []
      : [hit(url, 'no sitemap lists it', url, {}, page.id)];
  });
}

export function robotsInvalid(view: SiteView): SiteHit[] | null {
  const { robots } = view.raw;
  if (robots?.status !== 200) return null;
  if (isHtml(robots.text)) return [hit(robots.url, 'the answer is an HTML page', robots.url)];
  return (view.robots?.faults ?? []).map((fault) =>
    hit(
      `${robots.url}: ${fault.message}`,
      `line ${fault.line}: ${fault.message}`,
      robots.url,
      inText(robots.url, fault.line),
    ),
  );
}

export function robotsError(view: SiteView): SiteHit[] | null {
  const { robots } = view.raw;
  if (robots === null) return null;
  return robots.status >= 500 ? [hit(robots.url, `answers ${robots.status}`, robots.url)] : [];
}

const siteClosed = (view: SiteView) =>
  view.robots !== null &&
  ['*', 'googlebot'].some(
    (agent) =>
      view.robots !== null &&
      isClosed(view.robots, '/', agent) &&
      view.raw.pages.every((page) => view.robots !== null && isClosed(view.robots, pathOf(page.url), agent)),
  );

export function robotsBlocksSite(view: SiteView): SiteHit[] | null {
  if (view.robots === null || view.raw.robots === null) return null;
  return siteClosed(view)
    ? [
        hit(
          view.raw.robots.url,
          'Disallow: / holds for the entry page and every scanned page',
          view.raw.robots.url,
          inText(view.raw.robots.url),
        ),
      ]
    : [];
}

export function robotsBlocksListed(view: SiteView): SiteHit[] | null {
  const { robots } = view;
  if (robots === null || view.listed.size === 0 || siteClosed(view)) return null;
  return [...view.listed].flatMap(([url, listing]) =>
    isClosed(robots, pathOf(url))
      ? [hit(url, `${listing.sitemap} lists it`, url, listedAt(listing), view.page(url)?.id)]
      : [],
  );
}

export function faviconMissing(view: SiteView): SiteHit[] | null {
  const { favicon } = view.raw;
  if (favicon === null) return view.raw.pages.length > 0 ? [] : null;
  return says(favicon.status, 'error')
    ? [hit(favicon.url, `no icon is named, and /favicon.ico answers ${favicon.status}`, favicon.url)]
    : [];
}
