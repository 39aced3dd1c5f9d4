import { describe, expect, test } from 'vitest';
import type { SiteSummary } from '@stageflow/engine/sdk';
import { SiteSummary as SiteSummarySchema } from '@stageflow/engine/sdk';
import { buildSite } from './build.ts';

function summary(files: Record<string, string>): SiteSummary {
  const { site, remove } = buildSite(files);
  remove();
  return SiteSummarySchema.parse(site.summary);
}

describe('what is in a build', () => {
  test('a single top folder is unwrapped, whatever litter lies beside it', () => {
    const { root, pages, entry, files } = summary({
      'dist/index.html': 'x',
      'dist/docs/index.html': 'x',
      '__MACOSX/dist/._index.html': 'x',
      '.DS_Store': 'x',
    });
    expect({ root, pages, entry, files }).toEqual({ root: 'dist', pages: ['/', '/docs/'], entry: '/', files: 2 });
  });

  test('several top folders are served as they are', () => {
    expect(summary({ 'en/index.html': 'x', 'de/index.html': 'x' })).toMatchObject({
      root: '',
      pages: ['/de/', '/en/'],
      entry: '/de/',
    });
  });

  test('the entry is the shallowest index, else the first page; pages follow by depth and name', () => {
    expect(summary({ 'z.html': 'x', 'a/b/c.html': 'x', 'a/index.html': 'x', 'x.xhtml': 'x' })).toMatchObject({
      pages: ['/a/', '/x.xhtml', '/z.html', '/a/b/c.html'],
    });
    expect(summary({ 'z.html': 'x', 'y.htm': 'x' })).toMatchObject({ entry: '/y.htm' });
  });

  test('addresses are encoded, and pages that stand in for others are no pages', () => {
    expect(summary({ 'index.html': 'x', 'a b?.html': 'x', '404.html': 'x', '200.html': 'x' })).toMatchObject({
      pages: ['/', '/a%20b%3F.html'],
      hosting: ['404.html', 'spa-fallback'],
    });
  });

  test('addresses are those that the host would use', () => {
    const files = { 'index.html': 'x', 'about.html': 'x', 'docs/index.html': 'x' };
    expect(summary({ ...files, 'vercel.json': '{"cleanUrls":true,"trailingSlash":false}' }).pages).toEqual([
      '/',
      '/about',
      '/docs',
    ]);
    expect(summary({ ...files, 'vercel.json': '{"cleanUrls":true,"trailingSlash":true}' }).pages).toEqual([
      '/',
      '/about/',
      '/docs/',
    ]);
    expect(summary({ ...files, '_routes.json': '{}' }).pages).toEqual(['/', '/about', '/docs/']);
  });

  test('more pages than may be listed are counted in a note', () => {
    const files = Object.fromEntries(Array.from({ length: 10_005 }, (_, index) => [`p${index}.html`, 'x']));
    expect(summary(files)).toMatchObject({
      pages: { length: 10_000 },
      notes: [expect.stringContaining('5 pages are not listed')],
    });
  });
});

test('the summary stays small enough for its message, however long the names are', () => {
  const files = Object.fromEntries(
    Array.from({ length: 2000 }, (_, index) => [`${'\u4f60'.repeat(80)}${index}.html`, 'x']),
  );
  const { pages, notes } = summary({ 'index.html': 'x', ...files });
  expect(JSON.stringify(pages).length).toBeLessThan(1.2 * 2 ** 20);
  expect(notes).toEqual([expect.stringContaining('are not listed')]);
});

const headers = '/*\n  X-Frame-Options: DENY\n';
describe('for which host headers are declared', () => {
  test.each<[string, Record<string, string>, string | null]>([
    ['nothing declared', {}, null],
    ['_headers alone', { _headers: headers }, 'Netlify or Cloudflare Pages'],
    ['_headers beside netlify.toml', { _headers: headers, 'netlify.toml': '' }, 'Netlify'],
    ['_headers beside a worker', { _headers: headers, '_worker.js': '' }, 'Cloudflare Pages'],
    [
      'vercel.json',
      { 'vercel.json': '{"headers":[{"source":"/(.*)","headers":[{"key":"X-A","value":"b"}]}]}' },
      'Vercel',
    ],
    ['vercel.json without headers', { 'vercel.json': '{}' }, null],
    ['a _headers file without a rule', { _headers: '# nothing' }, null],
  ])('%s', (_, files, wanted) => expect(summary({ 'index.html': 'x', ...files }).declaredFor).toBe(wanted));
});

const page = (canonical: string) => `<!doctype html><head><link rel="Canonical" href="${canonical}"></head><body>`;
const map = (...urls: string[]) => `<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`;
describe('the origin on which canonical links, sitemap and CNAME agree', () => {
  test.each<[string, Record<string, string>, string | null]>([
    ['nothing says one', { 'index.html': 'x' }, null],
    ['canonical alone', { 'index.html': page('https://a.example/x') }, 'https://a.example'],
    [
      'all three',
      { 'index.html': page('https://a.example/'), CNAME: 'a.example\n', 'sitemap.xml': map('https://a.example/') },
      'https://a.example',
    ],
    ['CNAME alone', { 'index.html': 'x', CNAME: 'a.example' }, 'https://a.example'],
    [
      'CNAME with a plain http sitemap',
      { 'index.html': 'x', CNAME: 'a.example', 'sitemap.xml': map('http://a.example/') },
      'http://a.example',
    ],
    ['two canonical origins', { 'index.html': page('https://a.example/'), 'b.html': page('https://b.example/') }, null],
    ['two schemes', { 'index.html': page('https://a.example/'), 'b.html': page('http://a.example/') }, null],
    [
      'sitemap against CNAME',
      { 'index.html': 'x', CNAME: 'a.example', 'sitemap.xml': map('https://b.example/') },
      null,
    ],
    ['a relative canonical says nothing', { 'index.html': page('/x') }, null],
    [
      'a canonical in the body says nothing',
      { 'index.html': '<body><link rel=canonical href=https://a.example/>' },
      null,
    ],
    ['a scheme that is no web says nothing', { 'index.html': page('javascript:alert(1)') }, null],
  ])('%s', (_, files, wanted) => expect(summary(files).productionOrigin).toBe(wanted));
});
