import type { JobFacts } from '@stageflow/engine/sdk';
import { parse } from 'parse5';
import { readMicrodata } from '../data/microdata.ts';
import { readRdfa } from '../data/rdfa.ts';
import type { AnchorFact, HeadingFact, JsonLdBlock, LinkFact, MetaFact, PageRaw, Place } from '../raw.ts';

/** One rule: an input that breaks it, one that keeps it, and what is said. */
export interface Golden {
  readonly rule: string;
  readonly fails: Partial<PageRaw>;
  readonly passes: Partial<PageRaw>;
  /** Messages of this rule, in order. */
  readonly expects: readonly string[];
  readonly job?: Partial<JobFacts>;
}

export const JOB: JobFacts = {
  source: 'urls',
  origin: 'https://www.shop.com',
  productionOrigin: null,
  device: 'desktop',
};

const place: Place = { selector: 'head > x', snippet: '<x>' };
export const meta = (key: string, content: string): MetaFact => ({ ...place, selector: `meta[${key}]`, key, content });
const link = (rel: string, href: string, more: Partial<LinkFact> = {}): LinkFact => ({
  ...place,
  rel: [rel],
  href,
  url:
    URL.canParse(href, 'https://www.shop.com/mugs') && href !== ''
      ? new URL(href, 'https://www.shop.com/mugs').href
      : null,
  hreflang: null,
  inHead: true,
  ...more,
});
export const canonical = (href: string, more: Partial<LinkFact> = {}) => link('canonical', href, more);
export const alternate = (hreflang: string, href: string) => link('alternate', href, { hreflang });
const heading = (level: number, text: string): HeadingFact => ({ ...place, level, text });
const anchor = (fault: AnchorFact['fault'], text: string): AnchorFact => ({ ...place, fault, text });
const block = (data: unknown): JsonLdBlock => ({
  ...place,
  text: typeof data === 'string' ? data : JSON.stringify(data),
  cut: false,
});
const ld = (...nodes: Record<string, unknown>[]): Partial<PageRaw> => ({
  jsonLd: nodes.map((node) => block({ '@context': 'https://schema.org', ...node })),
});
const micro = (html: string): Partial<PageRaw> => ({ items: readMicrodata(parse(html)) });
const rdfa = (html: string): Partial<PageRaw> => ({ items: readRdfa(parse(html)) });

const TITLE = 'Blue mugs made by hand';
const DESCRIPTION = 'Mugs that are thrown, glazed and fired in our workshop.';
const HOME = 'https://www.shop.com/mugs';

/** A page with nothing to say against it. */
export const CLEAN: PageRaw = {
  requestedUrl: HOME,
  url: HOME,
  status: 200,
  robotsHeaders: [],
  canonicalHeader: null,
  contentType: 'text/html',
  source: {
    title: TITLE,
    description: DESCRIPTION,
    canonical: HOME,
    robots: null,
    charsetEnd: 60,
    byteOrderMark: false,
  },
  items: [],
  lang: 'en',
  quirks: false,
  titles: [{ ...place, text: TITLE }],
  metas: [meta('description', DESCRIPTION), meta('viewport', 'width=device-width, initial-scale=1')],
  links: [canonical(HOME)],
  headings: [heading(1, 'Blue mugs'), heading(2, 'Large'), heading(3, 'With a lid'), heading(2, 'Small')],
  imagesWithoutAlt: [],
  anchors: [],
  jsonLd: [],
};

const source = CLEAN.source as NonNullable<PageRaw['source']>;
const withMetas = (...metas: MetaFact[]): Partial<PageRaw> => ({ metas: [...CLEAN.metas, ...metas] });
const withLinks = (...links: LinkFact[]): Partial<PageRaw> => ({ links: [...CLEAN.links, ...links] });
const titled = (...texts: string[]): Partial<PageRaw> => ({
  titles: texts.map((text) => ({ ...place, text })),
  source: { ...source, title: texts[0] ?? null },
});
const described = (...texts: string[]): Partial<PageRaw> => ({
  metas: [...texts.map((text) => meta('description', text)), meta('viewport', 'width=device-width')],
  source: { ...source, description: texts[0] ?? null },
});
const robots = (content: string): Partial<PageRaw> => ({
  ...withMetas(meta('robots', content)),
  source: { ...source, robots: content },
});
const og = (...keys: string[]) =>
  withMetas(...keys.map((key) => meta(key, key === 'og:type' ? 'website' : `https://www.shop.com/${key}`)));
const offer = { '@type': 'Offer', price: '9.50', priceCurrency: 'EUR', availability: 'https://schema.org/InStock' };

export const GOLDENS: readonly Golden[] = [
  { rule: 'document-title', fails: titled(''), passes: {}, expects: ['the title is empty'] },
  { rule: 'document-title', fails: titled(), passes: titled('Mugs!'), expects: ['no title element in the head'] },
  {
    rule: 'title-multiple',
    fails: titled('One title', 'Two titles'),
    passes: titled('One title'),
    expects: ['one title more'],
  },
  {
    rule: 'title-too-long',
    fails: titled('a'.repeat(71)),
    passes: titled('a'.repeat(70)),
    expects: ['71 characters; about 70 are shown'],
  },
  {
    rule: 'title-too-short',
    fails: titled('Untitled'),
    passes: titled('東京の店'),
    expects: ['the title is “Untitled”'],
  },
  { rule: 'meta-description', fails: described(''), passes: described('Mugs.'), expects: ['the description is empty'] },
  {
    rule: 'description-multiple',
    fails: described('One.', 'Two.'),
    passes: described('One.'),
    expects: ['one description more'],
  },
  {
    rule: 'description-too-long',
    fails: described('a'.repeat(201)),
    passes: described('a'.repeat(200)),
    expects: ['201 characters; about 200 are shown at most'],
  },
  {
    rule: 'canonical-missing',
    fails: { links: [], source: { ...source, canonical: null } },
    passes: { links: [], canonicalHeader: HOME },
    expects: ['no canonical link'],
  },
  {
    rule: 'canonical-multiple',
    fails: withLinks(canonical('https://www.shop.com/cups')),
    passes: withLinks(canonical(HOME)),
    expects: ['different addresses: https://www.shop.com/mugs, https://www.shop.com/cups'],
  },
  { rule: 'canonical-invalid', fails: { links: [canonical('')] }, passes: {}, expects: ['href is empty'] },
  { rule: 'canonical-relative', fails: { links: [canonical('/mugs')] }, passes: {}, expects: ['href is “/mugs”'] },
  {
    rule: 'canonical-in-body',
    fails: { links: [canonical(HOME, { inHead: false })] },
    passes: withLinks(canonical(HOME, { inHead: false })),
    expects: ['the canonical link stands in the body'],
  },
  {
    rule: 'canonical-other-origin',
    fails: { links: [canonical('https://staging.other.com/mugs')] },
    passes: { links: [canonical('http://shop.com/mugs')] },
    expects: ['the canonical is on staging.other.com'],
  },
  {
    rule: 'robots-noindex',
    fails: robots('noindex, follow'),
    passes: robots('index'),
    expects: ['robots: noindex, follow'],
  },
  {
    rule: 'robots-noindex',
    fails: { robotsHeaders: ['googlebot: none'] },
    passes: { robotsHeaders: ['otherbot: noindex', 'unavailable_after: 25 Jun 2030 15:00:00 PST'] },
    expects: ['X-Robots-Tag: none'],
  },
  {
    rule: 'robots-conflict',
    fails: robots('index, noindex'),
    passes: robots('noindex, follow'),
    expects: ['robots: index and noindex'],
  },
  {
    rule: 'robots-invalid',
    fails: robots('noidnex'),
    passes: robots('max-snippet:-1, max-image-preview: large, noarchive'),
    expects: ['unknown: noidnex'],
  },
  {
    rule: 'hreflang-invalid',
    fails: withLinks(alternate('en-UK', HOME), alternate('eng', HOME), alternate('de_DE', HOME), alternate('xx', HOME)),
    passes: withLinks(
      alternate('en-GB', HOME),
      alternate('zh-Hant-TW', HOME),
      alternate('fil', HOME),
      alternate('x-default', HOME),
      alternate('es-419', HOME),
    ),
    expects: [
      '“en-UK”: the code of the United Kingdom is GB',
      '“eng”: the two-letter code is en',
      '“de_DE”: parts are joined by a hyphen, not an underscore',
      '“xx”: no language has the code xx',
    ],
  },
  {
    rule: 'hreflang-relative',
    fails: withLinks(alternate('en', '/mugs')),
    passes: withLinks(alternate('en', HOME)),
    expects: ['href is “/mugs”'],
  },
  {
    rule: 'hreflang-duplicate',
    fails: withLinks(
      alternate('de', 'https://www.shop.com/de/a'),
      alternate('DE', 'https://www.shop.com/de/b'),
      alternate('en', HOME),
    ),
    passes: withLinks(alternate('de', 'https://www.shop.com/de/a'), alternate('en', HOME)),
    expects: ['de also names https://www.shop.com/de/a'],
  },
  {
    rule: 'hreflang-missing-self',
    fails: withLinks(alternate('de', 'https://www.shop.com/de/mugs')),
    passes: withLinks(alternate('de', 'https://www.shop.com/de/mugs'), alternate('en', HOME)),
    expects: ['no language link names this page'],
  },
  {
    rule: 'hreflang-missing-default',
    fails: withLinks(alternate('de', 'https://www.shop.com/de'), alternate('en', HOME)),
    passes: withLinks(alternate('x-default', HOME), alternate('en', HOME)),
    expects: ['2 language links and no x-default'],
  },
  { rule: 'heading-h1-missing', fails: { headings: [heading(2, 'Large')] }, passes: {}, expects: ['no h1 is shown'] },
  {
    rule: 'heading-h1-multiple',
    fails: { headings: [heading(1, 'A'), heading(1, 'B')] },
    passes: {},
    expects: ['one h1 more: “B”'],
  },
  {
    rule: 'heading-order',
    fails: { headings: [heading(1, 'A'), heading(4, 'B')] },
    passes: { headings: [heading(3, 'A'), heading(1, 'B'), heading(2, 'C')] },
    expects: ['h4 follows h1'],
  },
  {
    rule: 'heading-empty',
    fails: { headings: [heading(1, 'A'), heading(2, '')] },
    passes: {},
    expects: ['h2 without text'],
  },
  { rule: 'html-has-lang', fails: { lang: ' ' }, passes: { lang: 'de-AT' }, expects: ['the html element has no lang'] },
  { rule: 'html-lang-valid', fails: { lang: 'english' }, passes: { lang: 'yue-Hant' }, expects: ['lang is “english”'] },
  {
    rule: 'viewport-missing',
    fails: { metas: [meta('description', DESCRIPTION)] },
    passes: { metas: [meta('description', DESCRIPTION), meta('viewport', 'initial-scale=1')] },
    expects: ['no meta viewport'],
  },
  { rule: 'image-alt', fails: { imagesWithoutAlt: [place] }, passes: {}, expects: ['no alt attribute'] },
  {
    rule: 'charset-missing',
    fails: { source: { ...source, charsetEnd: null } },
    passes: { source: { ...source, charsetEnd: null }, contentType: 'text/html; Charset=UTF-8' },
    expects: ['neither Content-Type nor a meta element names the encoding'],
  },
  {
    rule: 'charset-late',
    fails: { source: { ...source, charsetEnd: 1025 } },
    passes: { source: { ...source, charsetEnd: 1024 } },
    expects: ['the declaration ends at byte 1025'],
  },
  {
    rule: 'doctype-missing',
    fails: { quirks: true },
    passes: {},
    expects: ['the browser renders the page in quirks mode'],
  },
  {
    rule: 'meta-refresh',
    fails: withMetas(meta('refresh', '5; URL=/new')),
    passes: withMetas(meta('refresh', '300')),
    expects: ['content is “5; URL=/new”'],
  },
  {
    rule: 'link-not-crawlable',
    fails: { anchors: [anchor('javascript', 'Next'), anchor('no-href', 'Buy')] },
    passes: { anchors: [anchor('vague', 'here')] },
    expects: ['href runs a script', 'no href, only an onclick'],
  },
  {
    rule: 'link-text',
    fails: { anchors: [anchor('vague', 'Click here')] },
    passes: { anchors: [anchor('vague', 'hier')], lang: 'de' },
    expects: ['the text is “Click here”'],
  },
  {
    rule: 'og-incomplete',
    fails: og('og:title', 'og:type'),
    passes: og('og:title', 'og:type', 'og:image', 'og:url'),
    expects: ['missing: og:image, og:url'],
  },
  {
    rule: 'og-url-relative',
    fails: withMetas(meta('og:image', '/a.png')),
    passes: withMetas(meta('og:image', 'https://www.shop.com/a.png')),
    expects: ['og:image is “/a.png”'],
  },
  {
    rule: 'twitter-card-invalid',
    fails: withMetas(meta('twitter:card', 'large')),
    passes: withMetas(meta('twitter:card', 'summary')),
    expects: ['twitter:card is “large”'],
  },
  {
    rule: 'changed-by-script',
    fails: { source: { ...source, title: 'Loading' } },
    passes: { source: { ...source, title: `  ${TITLE.replaceAll(' ', '\n')} ` } },
    expects: [`title: “Loading” in the source, “${TITLE}” after scripts`],
  },
  {
    rule: 'jsonld-syntax',
    fails: { jsonLd: [block('')] },
    passes: { jsonLd: [block('[]')] },
    expects: ['Unexpected end of JSON input'],
  },
  {
    rule: 'jsonld-context-missing',
    fails: { jsonLd: [block({ '@type': 'Person', name: 'Ada' })] },
    passes: ld({ '@type': 'Person', name: 'Ada' }),
    expects: ['no @context'],
  },
  {
    rule: 'structured-data-type-missing',
    fails: { ...ld({ name: 'Ada' }), ...micro('<div itemscope><b itemprop="name">Ada</b></div>') },
    passes: {
      jsonLd: [
        block({ '@context': 'https://schema.org', '@graph': [{ '@type': 'Person', name: 'Ada' }, { '@id': '#x' }] }),
      ],
    },
    expects: ['an object has properties and no @type', 'microdata item without a type'],
  },
  {
    rule: 'structured-data-type-case',
    fails: ld({ '@type': 'newsarticle' }),
    passes: { jsonLd: [block({ '@context': 'https://www.w3.org/ns/activitystreams', '@type': 'article' })] },
    expects: ['newsarticle is written NewsArticle'],
  },
  {
    rule: 'structured-data-required',
    fails: ld({ '@type': 'Product', offers: { '@type': 'Offer', price: 9 } }),
    passes: ld({
      '@type': 'Product',
      name: 'Mug',
      offers: offer,
      aggregateRating: { '@type': 'AggregateRating', ratingValue: '88%', reviewCount: 3 },
    }),
    expects: ['Product lacks name', 'Product.offers lacks priceCurrency or priceSpecification'],
  },
  {
    rule: 'structured-data-required',
    fails: micro(
      '<p itemscope itemtype="https://schema.org/Event"><b itemprop="name">Fair</b><time itemprop="startDate" datetime="2030-01-01"></time></p>',
    ),
    passes: rdfa(
      '<p vocab="https://schema.org/" typeof="Event"><b property="name">Fair</b><time property="startDate" datetime="2030-01-01"></time><i property="location">Hall</i></p>',
    ),
    expects: ['Event lacks location'],
  },
  {
    rule: 'structured-data-required',
    fails: rdfa(
      '<p vocab="http://schema.org/" typeof="LocalBusiness"><b property="name">Kiln</b><meta property="og:url" content="x"></p>',
    ),
    passes: micro(
      '<p itemscope itemtype="http://schema.org/LocalBusiness" itemref="a"><b itemprop="name">Kiln</b></p><i id="a" itemprop="address">Street 1</i>',
    ),
    expects: ['LocalBusiness lacks address'],
  },
  {
    rule: 'structured-data-required',
    fails: ld({
      '@type': 'BreadcrumbList',
      itemListElement: [
        { '@type': 'ListItem', position: 1, name: 'A' },
        { '@type': 'ListItem', name: 'B' },
      ],
    }),
    passes: ld({
      '@type': 'BreadcrumbList',
      itemListElement: [
        { '@type': 'ListItem', position: 1, name: 'A', item: HOME },
        { '@type': 'ListItem', position: 2, name: 'B' },
      ],
    }),
    expects: ['BreadcrumbList.itemListElement lacks position', 'BreadcrumbList: step 1 lacks item'],
  },
  {
    rule: 'structured-data-value',
    fails: ld({
      '@type': 'Product',
      name: 'Mug',
      offers: { ...offer, price: '9,50 €', priceCurrency: 'euro', availability: 'yes' },
      aggregateRating: { '@type': 'AggregateRating', ratingValue: 7, reviewCount: 'many' },
    }),
    passes: ld({
      '@type': 'Recipe',
      name: 'Tea',
      image: 'a.png',
      prepTime: 'PT5M',
      datePublished: '2030-02-03T10:00:00+01:00',
      aggregateRating: { '@type': 'AggregateRating', ratingValue: 9, bestRating: 10, ratingCount: 2 },
    }),
    expects: [
      'Product.offers.price: “9,50 €” is no plain number',
      'Product.offers.priceCurrency: “euro” is no three-letter currency code',
      'Product.offers.availability: “yes” is no availability that schema.org knows',
      'Product.aggregateRating.reviewCount: “many” is no whole number',
      'Product.aggregateRating.ratingValue: 7 is above the best rating 5',
    ],
  },
];
