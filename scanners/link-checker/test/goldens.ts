import type { JobFacts } from '@stageflow/engine/sdk';
import type { FailedRequest, LinkFact, PageRaw, ResourceFact, SiteRaw, TargetFact } from '../raw.ts';

/** One rule of page scope: an input that breaks it, one that keeps it, and the messages. */
export interface Golden {
  readonly rule: string;
  readonly fails: Partial<PageRaw>;
  readonly passes: Partial<PageRaw>;
  readonly expects: readonly string[];
  readonly job?: Partial<JobFacts>;
}

/** One rule of site scope. */
export interface SiteGolden {
  readonly rule: string;
  readonly fails: Partial<SiteRaw>;
  readonly passes: Partial<SiteRaw>;
  readonly expects: readonly string[];
}

export const ORIGIN = 'https://www.shop.com';
export const JOB: JobFacts = { source: 'urls', origin: ORIGIN, productionOrigin: null, device: 'desktop' };

/** A page with nothing to say against it. */
export const CLEAN: PageRaw = {
  requestedUrl: `${ORIGIN}/`,
  url: `${ORIGIN}/`,
  status: 200,
  departures: [],
  redirects: [],
  title: 'Mugs',
  headings: ['Mugs'],
  links: [],
  anchors: ['main'],
  complete: true,
  failed: [],
  broken: [],
  unasked: [],
};

const link = (href: string, more: Partial<LinkFact> = {}): LinkFact => ({
  selector: `a[${href}]`,
  snippet: '<a>',
  text: 'text',
  href,
  url: URL.canParse(href, `${ORIGIN}/`) ? new URL(href, `${ORIGIN}/`).href : null,
  control: false,
  ...more,
});
const links = (...hrefs: string[]): Partial<PageRaw> => ({ links: hrefs.map((href) => link(href)) });
const failed = (path: string, type: string, status: number | null, failure: string | null = null): FailedRequest => ({
  url: path.startsWith('http') ? path : ORIGIN + path,
  type,
  status,
  failure,
});
const resource = (path: string, kind: ResourceFact['kind']): ResourceFact => ({
  selector: 'body > x',
  snippet: '<x>',
  url: ORIGIN + path,
  kind,
});

export const GOLDENS: readonly Golden[] = [
  {
    rule: 'broken-image',
    fails: { failed: [failed('/a.png', 'image', 404)], broken: [resource('/a.png', 'image')] },
    passes: {
      failed: [
        failed('https://cdn.other.com/a.png', 'image', 403),
        failed('https://cdn.other.com/b.png', 'image', null, 'net::ERR_CONNECTION_RESET'),
      ],
    },
    expects: ['answers 404'],
  },
  {
    rule: 'broken-script',
    fails: { failed: [failed('https://gone.other.com/a.js', 'script', null, 'net::ERR_NAME_NOT_RESOLVED')] },
    passes: { failed: [failed('/a.js', 'script', 503)] },
    expects: ['net::ERR_NAME_NOT_RESOLVED; asked for by a style sheet, a script or a frame'],
  },
  {
    rule: 'broken-stylesheet',
    fails: { failed: [failed('/a.css', 'stylesheet', 500)], broken: [resource('/a.css', 'stylesheet')] },
    passes: { failed: [failed('/a.css', 'stylesheet', 401)] },
    expects: ['answers 500'],
  },
  {
    rule: 'broken-resource',
    fails: {
      failed: [failed('/a.woff2', 'font', 404), failed('/icon.ico', 'other', 404)],
      broken: [resource('/icon.ico', 'other')],
    },
    passes: {
      failed: [
        failed('/favicon.ico', 'other', 404),
        failed('/api/me', 'fetch', 401),
        failed('https://api.other.com/x', 'xhr', 404),
      ],
    },
    expects: ['answers 404; asked for by a style sheet, a script or a frame', 'answers 404'],
  },
  {
    rule: 'insecure-link',
    fails: links('http://www.shop.com/mugs'),
    passes: links('/mugs', 'http://other.com/', 'https://www.shop.com/mugs'),
    expects: ['http:// on a site that is served over https'],
  },
  {
    rule: 'redirect-inward',
    fails: {
      departures: [
        { url: 'http://10.0.0.1/', reason: '10.0.0.1 is in a private network' },
        { url: 'file:///etc/passwd', reason: 'it is a file: address, which no visit follows' },
      ],
    },
    passes: {},
    expects: [
      'the page leads to http://10.0.0.1/: 10.0.0.1 is in a private network',
      'the page leads to file:///etc/passwd: it is a file: address, which no visit follows',
    ],
  },
  {
    rule: 'redirect-inward',
    job: { source: 'zip' },
    fails: { departures: [{ url: 'http://localhost:3000/', reason: 'the page leads on to another site' }] },
    passes: { departures: [{ url: 'https://other.com/', reason: 'the page leads on to another site' }] },
    expects: ['the page leads to http://localhost:3000/: the page leads on to another site'],
  },
  { rule: 'empty-link-target', fails: links(' '), passes: links('#', '?a=1'), expects: ['href is empty'] },
  {
    rule: 'malformed-link',
    fails: links('http://https://shop.com', 'htp://shop.com', 'https;//shop.com', 'https//shop.com', 'http://[::1'),
    passes: links(
      '//cdn.other.com/a',
      'ftp://other.com/a',
      'mailto:a@b.c',
      'javascript:void(0)',
      '/https://kept.com',
      'tel:1',
    ),
    expects: [
      'the scheme stands twice',
      'the scheme is mistyped',
      'the colon after the scheme is missing',
      'the colon after the scheme is missing',
      'the address cannot be parsed',
    ],
  },
  {
    rule: 'local-link',
    fails: links('http://localhost:3000/a', 'http://127.0.0.1/', 'file:///C:/a.html'),
    passes: links('/localhost', 'https://localhost.other.com/'),
    expects: [
      "localhost:3000 is the visitor's own machine",
      "127.0.0.1 is the visitor's own machine",
      'a file: address works on one machine only',
    ],
  },
  {
    rule: 'mailto-invalid',
    fails: links('mailto:', 'mailto:info.shop.com', 'mailto:a@shop.com,b'),
    passes: links('mailto:a@shop.com?subject=x', 'mailto:?subject=share', 'MAILTO:a%2Bb@shop.com,c@shop.com'),
    expects: ['no address', '“info.shop.com” is no mail address', '“b” is no mail address'],
  },
  {
    rule: 'tel-invalid',
    fails: links('tel:', 'tel:call-us', 'tel:1-800-MUGS'),
    passes: links('tel:+49-30-1234', 'tel:+49 30 1234', 'tel:123;ext=4', 'tel:*21%23'),
    expects: ['no number', '“call-us” has no digit', '“1-800-MUGS” has letters'],
  },
];

const target = (path: string, more: Partial<TargetFact>): TargetFact => ({
  url: path.startsWith('http') ? path : ORIGIN + path,
  internal: !path.startsWith('http'),
  verdict: 'ok',
  status: 200,
  reason: null,
  hops: [],
  loop: false,
  denied: null,
  soft: null,
  ...more,
});
const hop = (path: string, status: number, to: string) => ({ url: ORIGIN + path, status, location: ORIGIN + to });
const used = (...targets: TargetFact[]): Partial<SiteRaw> => ({
  targets,
  uses: targets.map((_, index) => ({ target: index, kind: 'link', pageId: 'p1', selector: 'a', snippet: '<a>' })),
});

/** A site with nothing to say against it. */
export const CLEAN_SITE: SiteRaw = {
  origin: ORIGIN,
  targets: [],
  uses: [],
  missingAnchors: [],
  probe: { url: `${ORIGIN}/nowhere`, status: 404 },
  counts: { targets: 3, ok: 3, broken: 0, unverified: 0, externalUnasked: 0, anchors: 1 },
};

export const SITE_GOLDENS: readonly SiteGolden[] = [
  {
    rule: 'broken-link-internal',
    fails: used(
      target('/gone', { verdict: 'broken', status: 404, reason: 'answers 404', hops: [hop('/gone', 302, '/x')] }),
    ),
    passes: used(target('/private', { verdict: 'unverified', status: 401, reason: 'answers 401' })),
    expects: ['answers 404 after 1 redirect'],
  },
  {
    rule: 'broken-link-external',
    fails: used(
      target('https://gone.other.com/', { verdict: 'broken', status: null, reason: 'the host does not exist' }),
    ),
    passes: used(target('https://busy.other.com/', { verdict: 'unverified', status: 403, reason: 'answers 403' })),
    expects: ['the host does not exist'],
  },
  {
    rule: 'broken-anchor',
    fails: { missingAnchors: [{ pageId: 'p1', selector: 'a', snippet: '<a>', url: `${ORIGIN}/#x`, fragment: 'x' }] },
    passes: {},
    expects: ['no element has the id “x”'],
  },
  {
    rule: 'redirect-loop',
    fails: used(
      target('/a', {
        verdict: 'broken',
        loop: true,
        reason: `comes back to ${ORIGIN}/a`,
        hops: [hop('/a', 302, '/b'), hop('/b', 302, '/a')],
      }),
    ),
    passes: used(target('/a', { hops: [hop('/a', 302, '/b')] })),
    expects: [`comes back to ${ORIGIN}/a: 302 ${ORIGIN}/a → 302 ${ORIGIN}/b → ${ORIGIN}/a`],
  },
  {
    rule: 'redirect-inward',
    fails: used(
      target('/in', {
        verdict: 'unverified',
        status: null,
        denied: '10.0.0.1 is in a private network',
        hops: [{ url: `${ORIGIN}/in`, status: 302, location: 'http://10.0.0.1/' }],
      }),
    ),
    passes: used(target('https://10.0.0.1/', { verdict: 'unverified', status: null, reason: 'denied' })),
    expects: [`302 ${ORIGIN}/in → http://10.0.0.1/: 10.0.0.1 is in a private network`],
  },
  {
    rule: 'redirect-inward',
    fails: { denied: [{ pageId: 'p9', url: `${ORIGIN}/way-in`, to: 'http://10.0.0.1/', reason: 'It is private.' }] },
    passes: { denied: [] },
    expects: ['the page shows nothing itself and leads to http://10.0.0.1/. It is private.'],
  },
  {
    rule: 'redirect-chain',
    fails: used(target('/a', { hops: [hop('/a', 301, '/b'), hop('/b', 302, '/c'), hop('/c', 302, '/d')] })),
    passes: used(target('/a', { hops: [hop('/a', 302, '/b'), hop('/b', 302, '/c')] })),
    expects: [`3 redirects: 301 ${ORIGIN}/a → 302 ${ORIGIN}/b → 302 ${ORIGIN}/c → ${ORIGIN}/d`],
  },
  {
    rule: 'permanent-redirect',
    fails: used(target('/a', { hops: [hop('/a', 308, '/b')] })),
    passes: used(
      target('https://other.com/', { hops: [hop('/a', 301, '/b')] }),
      target('/c', { hops: [hop('/c', 307, '/d')] }),
    ),
    expects: [`308 to ${ORIGIN}/b`],
  },
  {
    rule: 'soft-404',
    fails: used(target('/x', { soft: 'answers 200 and says “Page not found”' })),
    passes: used(target('/x', {})),
    expects: ['answers 200 and says “Page not found”'],
  },
  {
    rule: 'missing-page-answers-ok',
    fails: { probe: { url: `${ORIGIN}/nowhere`, status: 200 } },
    passes: { probe: null },
    expects: ['an address that cannot exist answers 200'],
  },
];
