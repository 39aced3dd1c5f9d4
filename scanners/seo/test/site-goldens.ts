import type { PageSummary, SiteRaw } from '../raw.ts';

/** One rule of site scope: what breaks it, what keeps it, and the messages. */
export interface SiteGolden {
  readonly rule: string;
  readonly fails: Partial<SiteRaw>;
  readonly passes: Partial<SiteRaw>;
  readonly expects: readonly string[];
}

const ORIGIN = 'https://www.shop.com';
const place = { selector: 'head > link', snippet: '<link>' };

export const page = (path: string, more: Partial<PageSummary> = {}): PageSummary => ({
  id: `p${path}`,
  requestedUrl: ORIGIN + path,
  url: ORIGIN + path,
  status: 200,
  title: `Title of ${path}`,
  description: `Description of ${path}`,
  canonical: { ...place, url: ORIGIN + path },
  noindex: false,
  alternates: [],
  icon: true,
  ...more,
});
const pages = [page('/'), page('/mugs')];
const sitemap = (more: Partial<SiteRaw['sitemaps'][number]> = {}, ...paths: string[]): Partial<SiteRaw> => ({
  sitemaps: [
    {
      url: `${ORIGIN}/sitemap.xml`,
      named: true,
      status: 200,
      faults: [],
      locations: ['/', '/mugs', ...paths].map((path) => ORIGIN + path),
      ...more,
    },
  ],
});
const robots = (text: string, status = 200): Partial<SiteRaw> => ({
  robots: { url: `${ORIGIN}/robots.txt`, status, text },
});
const probe = (path: string, status: number, location: string | null = null): Partial<SiteRaw> => ({
  probes: [{ url: ORIGIN + path, status, location }],
});
const to = (path: string) => ({ ...place, url: ORIGIN + path });
const alternate = (code: string, path: string) => ({ ...to(path), code });

/** A site with nothing to say against it. */
export const CLEAN_SITE: SiteRaw = {
  origin: ORIGIN,
  productionOrigin: null,
  pages,
  robots: {
    url: `${ORIGIN}/robots.txt`,
    status: 200,
    text: `User-agent: *\nDisallow: /cart\n\nSitemap: ${ORIGIN}/sitemap.xml\n`,
  },
  sitemaps: sitemap().sitemaps ?? [],
  probes: [],
  favicon: null,
};

export const SITE_GOLDENS: readonly SiteGolden[] = [
  {
    rule: 'duplicate-title',
    fails: {
      pages: [
        page('/', { title: 'Shop' }),
        page('/mugs', { title: ' shop' }),
        page('/x', { title: 'Shop', noindex: true }),
      ],
    },
    passes: {
      pages: [
        page('/', { title: 'Shop' }),
        page('/index.html', { title: 'Shop', canonical: null }),
        page('/?a=1', { title: 'Shop', canonical: to('/') }),
      ],
    },
    expects: ['one of 2 pages with the title “Shop”', 'one of 2 pages with the title “ shop”'],
  },
  {
    rule: 'duplicate-description',
    fails: { pages: [page('/', { description: 'Mugs.' }), page('/mugs', { description: 'Mugs.' })] },
    passes: { pages: [page('/', { description: null }), page('/mugs', { description: null })] },
    expects: ['one of 2 pages with the description “Mugs.”', 'one of 2 pages with the description “Mugs.”'],
  },
  {
    rule: 'canonical-broken',
    fails: { pages: [page('/', { canonical: to('/gone') }), page('/mugs')], ...probe('/gone', 404) },
    passes: { pages: [page('/', { canonical: to('/other') }), page('/mugs')], ...probe('/other', 403) },
    expects: ['answers 404'],
  },
  {
    rule: 'canonical-redirects',
    fails: { pages: [page('/', { canonical: to('/old') }), page('/mugs')], ...probe('/old', 301, '/') },
    passes: { pages: [page('/', { canonical: to('/other') }), page('/mugs')], ...probe('/other', 200) },
    expects: ['redirects to /'],
  },
  {
    rule: 'hreflang-broken',
    fails: { pages: [page('/', { alternates: [alternate('de', '/de')] }), page('/mugs')], ...probe('/de', 410) },
    passes: { pages: [page('/', { alternates: [alternate('de', '/de')] }), page('/mugs')], ...probe('/de', 200) },
    expects: ['de answers 410'],
  },
  {
    rule: 'hreflang-not-reciprocal',
    fails: { pages: [page('/', { alternates: [alternate('de', '/mugs')] }), page('/mugs')] },
    passes: {
      pages: [
        page('/', { alternates: [alternate('de', '/mugs')] }),
        page('/mugs', { alternates: [alternate('en', '/')] }),
      ],
    },
    expects: [`${ORIGIN}/mugs does not name this page`],
  },
  {
    rule: 'sitemap-missing',
    fails: {
      ...robots('User-agent: *\nDisallow:\n'),
      sitemaps: [{ url: `${ORIGIN}/sitemap.xml`, named: false, status: 404, faults: [], locations: [] }],
    },
    passes: { robots: null, sitemaps: [] },
    expects: ['neither robots.txt nor /sitemap.xml gives one'],
  },
  {
    rule: 'sitemap-invalid',
    fails: sitemap({ faults: ['the root element is html5', '“/a” is no full address'] }),
    passes: {
      sitemaps: [
        {
          url: `${ORIGIN}/sitemap.xml`,
          named: false,
          status: 200,
          faults: ['the answer is an HTML page'],
          locations: [],
        },
      ],
    },
    expects: ['the root element is html5', '“/a” is no full address'],
  },
  {
    rule: 'sitemap-broken-url',
    fails: { ...sitemap({}, '/gone'), ...probe('/gone', 404) },
    passes: { ...sitemap({}, '/busy'), ...probe('/busy', 429) },
    expects: [`${ORIGIN}/sitemap.xml lists it; it answers 404`],
  },
  {
    rule: 'sitemap-redirect',
    fails: { ...sitemap({}, '/old'), pages: [page('/'), page('/mugs', { requestedUrl: `${ORIGIN}/old` })] },
    passes: { ...sitemap({}, '/new'), ...probe('/new', 200) },
    expects: [`${ORIGIN}/sitemap.xml lists it; it redirects to ${ORIGIN}/mugs`],
  },
  {
    rule: 'sitemap-noindex',
    fails: { pages: [page('/'), page('/mugs', { noindex: true })] },
    passes: { pages: [page('/'), page('/cups', { noindex: true })] },
    expects: [`${ORIGIN}/sitemap.xml lists it`],
  },
  {
    rule: 'sitemap-non-canonical',
    fails: { pages: [page('/'), page('/mugs', { canonical: to('/cups') })] },
    passes: { pages: [page('/'), page('/mugs', { canonical: to('/mugs/') })] },
    expects: [`${ORIGIN}/sitemap.xml lists it; its canonical is ${ORIGIN}/cups`],
  },
  {
    rule: 'sitemap-page-missing',
    fails: { pages: [page('/'), page('/mugs'), page('/cups')] },
    passes: {
      pages: [
        page('/'),
        page('/mugs'),
        page('/404.html'),
        page('/x', { noindex: true }),
        page('/?q=1', { canonical: null }),
      ],
    },
    expects: ['no sitemap lists it'],
  },
  {
    rule: 'robots-txt-invalid',
    fails: robots('Disallow: /a\nUser-agent: *\nDisalow: /b\nDisallow: b\nSitemap: /sitemap.xml\nnonsense\n'),
    passes: robots('\uFEFF# hello\nUSER-AGENT: a\nUser-agent: b\nAllow: *.css$ # styles\nDisallow:\nCrawl-delay: 2\n'),
    expects: [
      'line 1: disallow stands before any User-agent',
      'line 3: disalow is spelled disallow',
      'line 4: “b” does not begin with /',
      'line 5: Sitemap “/sitemap.xml” is no full address',
      'line 6: “nonsense” has no colon',
    ],
  },
  { rule: 'robots-txt-error', fails: robots('', 500), passes: robots('', 404), expects: ['answers 500'] },
  {
    rule: 'robots-txt-blocks-site',
    fails: robots('User-agent: *\nDisallow: /\n'),
    passes: robots('User-agent: *\nDisallow: /\nAllow: /mugs\n\nUser-agent: badbot\nDisallow: /\n'),
    expects: ['Disallow: / holds for the entry page and every scanned page'],
  },
  {
    rule: 'robots-txt-blocks-sitemap-page',
    fails: robots('User-agent: *\nDisallow: /mu*s$\n'),
    passes: robots('User-agent: *\nDisallow: /m\nAllow: /mugs\n'),
    expects: [`${ORIGIN}/sitemap.xml lists it`],
  },
  {
    rule: 'favicon-missing',
    fails: { favicon: { url: `${ORIGIN}/favicon.ico`, status: 404, location: null } },
    passes: { favicon: { url: `${ORIGIN}/favicon.ico`, status: 200, location: null } },
    expects: ['no icon is named, and /favicon.ico answers 404'],
  },
];
