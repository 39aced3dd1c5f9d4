import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHome, leftovers } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';
import { pageEnds, scan } from './support/scan.ts';

const html = (title: string, links: readonly string[], head = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>${head}</head><body><main><h1>${title}</h1><ul>${links.map((link) => `<li><a href="${link}">To ${link}</a></li>`).join('')}</ul></main></body></html>`;
const page = (title: string, links: readonly string[] = [], head = '') => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: html(title, links, head),
});

const home = createHome();
let site: SiteServer;
/** What a person types: it leads to the site. */
let door: SiteServer;

beforeAll(async () => {
  site = await serveSite(new Map(), ({ url }) => {
    const path = url.split('?')[0] ?? '/';
    const canonical = `<link rel="canonical" href="http://${site.host}/list">`;
    switch (path) {
      case '/robots.txt':
        return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'User-agent: *\nDisallow: /private/\n' };
      case '/sitemap.xml':
        return {
          status: 200,
          headers: { 'content-type': 'application/xml' },
          body: `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://${site.host}/from-sitemap</loc></url></urlset>`,
        };
      case '/home/':
        return page('Home', [
          '/list',
          '/list?sort=up',
          '/private/notes',
          '/members',
          '/gone',
          '/flyer.pdf',
          '/flyer',
          '/one',
        ]);
      case '/list':
        return page('List of things', [], canonical);
      case '/one':
        return page('One click deep', ['/two']);
      case '/two':
        return page('Two clicks deep', ['/three']);
      case '/flyer':
        return { status: 200, headers: { 'content-type': 'application/pdf' }, body: '%PDF-1.4 a flyer' };
      case '/members':
        return { status: 403, headers: { 'content-type': 'text/html' }, body: html('Members only', []) };
      case '/gone':
        return null;
      default:
        return page(`Page at ${path}`);
    }
  });
  door = await serveSite(new Map(), ({ url }) => ({
    status: 302,
    headers: { location: `${site.origin}${url === '/' ? '/home/' : url}` },
  }));
});
afterAll(async () => {
  await Promise.all([site.close(), door.close()]);
  home.dispose();
});

const run = (entries: readonly string[], ...more: string[]) =>
  scan([...entries, '--allow-host', site.host, '--allow-host', door.host, '-m', 'security-headers', ...more], {
    home: home.path,
  });

describe('a crawl', () => {
  it('follows an entry to its own site, obeys its robots.txt, reads its sitemap, merges query variants and states what was left out', async () => {
    const { code, report } = await run([door.origin], '--depth', '2');
    const path = (url: string) => new URL(url).pathname + new URL(url).search;
    expect(Object.fromEntries(report.pages.map((p) => [path(p.url), p.duplicateOf ? 'duplicate' : p.status]))).toEqual({
      '/': 'scanned',
      '/from-sitemap': 'scanned',
      '/list': 'scanned',
      '/list?sort=up': 'duplicate',
      '/members': 'blocked',
      '/gone': 'skipped',
      '/flyer': 'skipped',
      '/one': 'scanned',
      '/two': 'scanned',
    });
    const left = Object.fromEntries(report.coverage.skipped.map((row) => [row.reason, row.examples.map(path)]));
    expect(left).toMatchObject({ robots: ['/private/notes'], 'not-html': ['/flyer.pdf'], 'depth-cap': ['/three'] });
    expect(site.asked).not.toContain('/private/notes');
    expect(report.verdict.reasons.map((reason) => [reason.code, reason.count])).toEqual([['page_blocked', 1]]);
    expect(code).toBe(3);
  });

  it('goes where robots.txt would not and reads no sitemap when told so, and says how many pages are beyond the limit', async () => {
    const { code, report } = await run([`${site.origin}/home/`], '--no-robots', '--no-sitemap', '--max-pages', '4');
    expect(pageEnds(report)).toEqual({
      '/home/': 'scanned',
      '/list': 'scanned',
      '/list?sort=up': 'duplicate',
      '/private/notes': 'scanned',
    });
    expect(report.coverage.skipped.find((row) => row.reason === 'page-cap')?.count).toBe(4);
    expect(report.coverage.sentence).toContain('4 more beyond the page limit');
    expect(code).toBe(0);
  });

  it('scans exactly the named pages of a list', async () => {
    const { code, report } = await run([`${site.origin}/one`, `${site.origin}/private/notes`], '--no-crawl');
    expect(pageEnds(report)).toEqual({ '/one': 'scanned', '/private/notes': 'scanned' });
    expect(code).toBe(0);
    expect(leftovers(home.path)).toEqual([]);
  });
});
