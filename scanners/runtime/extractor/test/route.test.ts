import { describe, expect, test } from 'vitest';
import { route } from '../serve/route.ts';
import { buildSite } from './build.ts';

type Files = Record<string, string>;

/** What a request gets, in one line: `200 file`, `301 -> location`, `404 -`, `bad`. */
function ask(files: Files, target: string): string {
  const { site, remove } = buildSite(files);
  try {
    const answer = route(site, target);
    if (answer.kind === 'file') return `${answer.status} ${answer.path}`;
    if (answer.kind === 'redirect') return `${answer.status} -> ${answer.location}`;
    return answer.kind === 'missing' ? '404 -' : 'bad';
  } finally {
    remove();
  }
}

const site = (...names: string[]): Files => Object.fromEntries(['index.html', ...names].map((name) => [name, name]));

const plain = site(
  'about.html',
  'docs/index.html',
  'a b.html',
  'h\u00e9.html',
  '100%.html',
  'img/x.png',
  'what?.html',
  'old.htm',
  'legacy/index.htm',
);
const PLAIN: [string, string][] = [
  ['/', '200 index.html'],
  ['/?q=%00%ff', '200 index.html'],
  ['/index.html', '200 index.html'],
  ['/about', '200 about.html'],
  ['/about.html', '200 about.html'],
  ['/about/', '404 -'],
  ['/docs', '301 -> /docs/'],
  ['/docs?a=b', '301 -> /docs/?a=b'],
  ['/docs/', '200 docs/index.html'],
  ['/docs/index.html', '200 docs/index.html'],
  ['/legacy/', '200 legacy/index.htm'],
  ['/img', '404 -'],
  ['/img/', '404 -'],
  ['/a%20b.html', '200 a b.html'],
  ['/h%C3%A9.html', '200 h\u00e9.html'],
  ['/he%CC%81.html', '200 h\u00e9.html'],
  ['/100%25.html', '200 100%.html'],
  ['/100%.html', 'bad'],
  ['/what%3F.html', '200 what?.html'],
  ['/%E0%A4%A', 'bad'],
  ['/%00', 'bad'],
  ['/a%0d%0ab', 'bad'],
  ['/../index.html', '404 -'],
  ['/%2e%2e/%2e%2e/etc/passwd', '404 -'],
  ['/docs%2Findex.html', '404 -'],
  ['/..%5c..%5cetc', '404 -'],
  ['//evil.example/', '404 -'],
  ['/__proto__', '404 -'],
  ['/constructor', '404 -'],
  ['*', 'bad'],
];

describe('a build without a host of its own', () => {
  test.each(PLAIN)('%s gives %s', (target, wanted) => expect(ask(plain, target)).toBe(wanted));

  test('404.html answers unknown addresses with its status', () => {
    expect(ask({ ...plain, '404.html': 'x' }, '/nope')).toBe('404 404.html');
    expect(ask({ ...plain, '404.html': 'x', 'docs/404.html': 'y' }, '/docs/nope')).toBe('404 404.html');
  });

  test('200.html answers unknown addresses of an application', () => {
    expect(ask({ ...plain, '200.html': 'x' }, '/cart/7')).toBe('200 200.html');
  });
});

const redirects = (text: string, ...names: string[]): Files => ({
  ...site('about.html', 'new/index.html', 'shop.html', 'blog/post.html', ...names),
  _redirects: text,
});

const RULES: [string, string, string, string][] = [
  ['a plain rule moves with 301', '/old /new/', '/old', '301 -> /new/'],
  ['a status is kept', '/old /new/ 302', '/old', '302 -> /new/'],
  ['a slash at the end does not matter', '/old /new/', '/old/', '301 -> /new/'],
  ['the query is carried', '/old /new/', '/old?a=b', '301 -> /new/?a=b'],
  ['the query goes before the fragment', '/old /new/#top', '/old?a=b', '301 -> /new/?a=b#top'],
  ['a query of its own wins', '/old /new/?x=1', '/old?a=b', '301 -> /new/?x=1'],
  ['another site may be the target', '/away https://example.com/x 302', '/away', '302 -> https://example.com/x'],
  ['a splat is carried', '/news/* /blog/:splat', '/news/a/b', '301 -> /blog/a/b'],
  ['a splat also takes nothing', '/news/* /blog/:splat', '/news', '301 -> /blog/'],
  ['captures are encoded again', '/news/* /blog/:splat', '/news/%0a', 'bad'],
  ['captures keep their encoding', '/news/* /blog/:splat', '/news/a%20%C3%A9', '301 -> /blog/a%20%C3%A9'],
  ['placeholders are carried', '/:y/:m/:s /blog/:s?on=:y-:m', '/2026/11/x', '301 -> /blog/x?on=2026-11'],
  ['a placeholder takes one segment', '/n/:id /blog/:id', '/n/a/b', '404 -'],
  ['a query parameter is asked for', '/s id=:id /shop/:id', '/s?id=7', '301 -> /shop/7?id=7'],
  ['a missing query parameter does not match', '/s id=:id /shop/:id', '/s', '404 -'],
  ['a fixed query parameter must be equal', '/s id=7 /new/', '/s?id=8', '404 -'],
  ['a file shadows a rule', '/about /new/', '/about', '200 about.html'],
  ['a forced rule does not care', '/about /new/ 301!', '/about', '301 -> /new/'],
  ['a forced rewrite replaces a file', '/about /shop.html 200!', '/about', '200 shop.html'],
  ['a rewrite answers at the address asked for', '/store /shop 200', '/store', '200 shop.html'],
  ['a rewrite to a folder answers with its index', '/store /new 200', '/store', '200 new/index.html'],
  ['an application answers every address', '/* /index.html 200', '/cart/7', '200 index.html'],
  ['an application still gives its files', '/* /index.html 200', '/about', '200 about.html'],
  ['the first rule that matches wins', '/a /new/\n/* /index.html 200', '/a', '301 -> /new/'],
  ['a rewrite to nothing is passed over', '/a /missing 200\n/a /new/', '/a', '301 -> /new/'],
  ['a page of its own may say 404', '/gone/* /shop 404', '/gone/x', '404 shop.html'],
  ['a page of its own may say 410', '/gone/* /shop 410', '/gone/x', '410 shop.html'],
  ['a rule onto itself is passed over', '/loop /loop 301', '/loop', '404 -'],
  ['comments and blank lines are no rules', '# /a /b\n\n/old /new/ # moved', '/old', '301 -> /new/'],
  ['a rule of a country is left out', '/old /new/ 302 Country=de', '/old', '404 -'],
  ['a rewrite to another server is left out', '/api/* https://api.example/:splat 200', '/api/x', '404 -'],
  ['a line without a target is left out', '/old', '/old', '404 -'],
  ['an unknown status is left out', '/old /new/ 999', '/old', '404 -'],
  ['the file itself is not served', '/old /new/', '/_redirects', '404 -'],
  ['names of the prototype are no captures', '/p/:x /q/:constructor', '/p/1', '301 -> /q/:constructor'],
];

describe('_redirects', () => {
  test.each(RULES)('%s', (_, text, target, wanted) => expect(ask(redirects(text), target)).toBe(wanted));

  test('what is left out stands in the notes', () => {
    const { site, remove } = buildSite(
      redirects('/a /b 302 Country=de\n/api/* https://x.example/:splat 200\n/old\n/c d'),
    );
    remove();
    expect(site.summary.notes).toHaveLength(4);
    expect(site.summary.hosting).toEqual(['_redirects']);
    expect(site.summary.declaredFor).toBeNull();
  });

  test('Netlify answers a page with a slash after its name', () => {
    expect(ask(redirects('/x /y'), '/about/')).toBe('200 about.html');
  });
});

describe('netlify.toml', () => {
  const toml = `
[[redirects]]
from = "/old/*"
to = "/new/:splat"
status = 302
[[redirects]]
from = "/*"
to = "/index.html"
status = 200
[[headers]]
for = "/*"
[headers.values]
X-Frame-Options = "DENY"
`;
  test.each([
    ['/old/x', '302 -> /new/x'],
    ['/any/where', '200 index.html'],
    ['/netlify.toml', '200 index.html'],
  ])('%s gives %s', (target, wanted) => expect(ask({ ...site(), 'netlify.toml': toml }, target)).toBe(wanted));

  test('a file that is no TOML is a note, not a failure', () => {
    const { site: read, remove } = buildSite({ ...site(), 'netlify.toml': '[[[' });
    remove();
    expect(read.summary.notes).toEqual(['netlify.toml is not valid TOML and was not used.']);
  });
});

const vercel = (config: object, ...names: string[]): Files => ({
  ...site('about.html', 'docs/index.html', ...names),
  'vercel.json': JSON.stringify(config),
});

const VERCEL: [string, object, string, string][] = [
  ['without cleanUrls a page has its full name only', {}, '/about', '404 -'],
  ['a folder answers without a slash', {}, '/docs', '200 docs/index.html'],
  ['cleanUrls answers', { cleanUrls: true }, '/about', '200 about.html'],
  ['cleanUrls moves the full name', { cleanUrls: true }, '/about.html', '308 -> /about'],
  ['cleanUrls moves the index', { cleanUrls: true }, '/index.html', '308 -> /'],
  ['trailingSlash adds', { trailingSlash: true }, '/docs', '308 -> /docs/'],
  ['trailingSlash takes away', { trailingSlash: false }, '/docs/', '308 -> /docs'],
  ['trailingSlash leaves the front page', { trailingSlash: false }, '/', '200 index.html'],
  ['cleanUrls with a slash answers', { cleanUrls: true, trailingSlash: true }, '/about/', '200 about.html'],
  ['cleanUrls with a slash moves', { cleanUrls: true, trailingSlash: true }, '/about', '308 -> /about/'],
  [
    'a redirect is permanent by default',
    { redirects: [{ source: '/old', destination: '/docs' }] },
    '/old',
    '308 -> /docs',
  ],
  [
    'a redirect may be temporary',
    { redirects: [{ source: '/old', destination: '/docs', permanent: false }] },
    '/old',
    '307 -> /docs',
  ],
  [
    'a redirect has a status of its own',
    { redirects: [{ source: '/old', destination: '/docs', statusCode: 301 }] },
    '/old',
    '301 -> /docs',
  ],
  [
    'a redirect goes before files',
    { redirects: [{ source: '/about.html', destination: '/docs' }] },
    '/about.html',
    '308 -> /docs',
  ],
  ['a name is carried', { redirects: [{ source: '/b/:slug', destination: '/n/:slug' }] }, '/b/x', '308 -> /n/x'],
  ['a rest is carried', { redirects: [{ source: '/b/:path*', destination: '/n/:path*' }] }, '/b/x/y', '308 -> /n/x/y'],
  ['a rest may be empty', { redirects: [{ source: '/b/:path*', destination: '/n/:path*' }] }, '/b', '308 -> /n/'],
  ['a form is asked for', { redirects: [{ source: '/p/:id(\\d+)', destination: '/n/:id' }] }, '/p/12', '308 -> /n/12'],
  ['a form is refused', { redirects: [{ source: '/p/:id(\\d+)', destination: '/n/:id' }] }, '/p/x', '404 -'],
  [
    'an application answers every address',
    { rewrites: [{ source: '/(.*)', destination: '/index.html' }] },
    '/cart/7',
    '200 index.html',
  ],
  [
    'an application may leave out a part',
    { rewrites: [{ source: '/((?!api/).*)', destination: '/index.html' }] },
    '/api/7',
    '404 -',
  ],
  [
    'an application answers the rest',
    { rewrites: [{ source: '/((?!api/).*)', destination: '/index.html' }] },
    '/x/7',
    '200 index.html',
  ],
  [
    'files go before rewrites',
    { rewrites: [{ source: '/(.*)', destination: '/index.html' }] },
    '/about.html',
    '200 about.html',
  ],
  [
    'a rewrite to an unclean name works with cleanUrls',
    { cleanUrls: true, rewrites: [{ source: '/x', destination: '/about.html' }] },
    '/x',
    '200 about.html',
  ],
  [
    'a condition is left out',
    { redirects: [{ source: '/old', destination: '/docs', has: [{ type: 'host', value: 'x' }] }] },
    '/old',
    '404 -',
  ],
  [
    'a dangerous pattern is left out',
    { rewrites: [{ source: '/((a+)+)$', destination: '/index.html' }] },
    '/aaaa',
    '404 -',
  ],
  ['the file itself is not served', {}, '/vercel.json', '404 -'],
];

describe('vercel.json', () => {
  test.each(VERCEL)('%s', (_, config, target, wanted) => expect(ask(vercel(config), target)).toBe(wanted));

  test('a file that is no JSON is a note, not a failure', () => {
    const { site: read, remove } = buildSite({ ...site(), 'vercel.json': '{' });
    remove();
    expect(read.summary.notes).toEqual(['vercel.json is not valid JSON and was not used.']);
  });
});

const cloudflare = (extra: Files = {}): Files => ({
  ...site('about.html', 'docs/index.html', 'docs/404.html'),
  '_routes.json': '{}',
  ...extra,
});

test.each<[string, Files]>([
  ['_redirects', redirects(`/${':a'.repeat(60)}b /new/`)],
  ['open parts of vercel.json', vercel({ redirects: [{ source: `/${'(.*)'.repeat(12)}b`, destination: '/docs' }] })],
  ['one group of vercel.json', vercel({ redirects: [{ source: `/(${'a*'.repeat(30)})b`, destination: '/docs' }] })],
  ['adjacent names of vercel.json', vercel({ redirects: [{ source: `/${':a'.repeat(30)}b`, destination: '/docs' }] })],
])('a pattern made to be slow is harmless: %s', (_, files) => {
  const start = performance.now();
  expect(ask(files, `/${'a'.repeat(1000)}`)).toBe('404 -');
  expect(performance.now() - start).toBeLessThan(1000);
});

describe('Cloudflare Pages', () => {
  test.each<[string, Files, string, string]>([
    ['a full name moves', cloudflare(), '/about.html', '308 -> /about'],
    ['a slash after a page moves', cloudflare(), '/about/', '308 -> /about'],
    ['a folder gets its slash', cloudflare(), '/docs', '308 -> /docs/'],
    ['the nearest 404.html answers', cloudflare(), '/docs/a/b', '404 docs/404.html'],
    ['without 404.html the front page answers', cloudflare(), '/nope', '200 index.html'],
    ['with 404.html it answers', cloudflare({ '404.html': 'x' }), '/nope', '404 404.html'],
    ['rules go before files', cloudflare({ _redirects: '/about /docs/ 302' }), '/about', '302 -> /docs/'],
  ])('%s', (_, files, target, wanted) => expect(ask(files, target)).toBe(wanted));
});
