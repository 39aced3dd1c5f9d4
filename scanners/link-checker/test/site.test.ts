import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GuardedFetch, JobFacts, SiteContext } from '@stageflow/engine/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageRaw, TargetFact } from '../raw.ts';
import type { AskerClock } from '../site/asker.ts';
import { collectSite } from '../site/collect-site.ts';
import { CLEAN } from './goldens.ts';

const HTML = { 'content-type': 'text/html' };
let server: Server;
let origin: string;
const asked: string[] = [];
let busy = 0;
let shell: string | null = null;

const ROUTES: Record<string, (response: ServerResponse, request: IncomingMessage) => void> = {
  '/': (r) => r.writeHead(200, HTML).end('<h1>Home</h1>'),
  '/ok': (r) => r.writeHead(200, HTML).end('<title>Fine</title>'),
  '/a': (r) => r.writeHead(301, { location: '/b' }).end(),
  '/b': (r) => r.writeHead(302, { location: '/c' }).end(),
  '/c': (r) => r.writeHead(302, { location: '/ok' }).end(),
  '/loop': (r) => r.writeHead(302, { location: '/loop2' }).end(),
  '/loop2': (r) => r.writeHead(302, { location: '/loop' }).end(),
  '/cookie-loop': (r) => r.writeHead(302, { location: '/cookie-loop', 'set-cookie': 'seen=1' }).end(),
  '/inward': (r) => r.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
  '/off-the-web': (r) => r.writeHead(302, { location: 'ftp://files.example/' }).end(),
  '/soft': (r) => r.writeHead(200, HTML).end('<title>Page not found</title>'),
  '/login': (r) => r.writeHead(401).end(),
  '/down': (r) => r.writeHead(500).end(),
  '/get-only.pdf': (r, request) => r.writeHead(request.method === 'HEAD' ? 405 : 200).end(),
  '/busy': (r) => {
    busy++;
    if (busy === 1) r.writeHead(429, { 'retry-after': '2' }).end();
    else r.writeHead(200, HTML).end('<h1>Busy</h1>');
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const route = ROUTES[request.url ?? ''];
    if (route) route(response, request);
    else if (shell !== null) response.writeHead(200, HTML).end(shell);
    else response.writeHead(404, HTML).end('<h1>Gone</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** The guard as a test needs it: the own server answers, `gone.example` has no address, all else is denied. */
const guarded: GuardedFetch = async (url, options = {}) => {
  if (url.startsWith('https://gone.example')) return { url, failure: 'dns', reason: 'no address' };
  if (!url.startsWith(`${origin}/`)) return { url, failure: 'denied', reason: 'outside' };
  const answer = await fetch(url, { method: options.method ?? 'GET', redirect: 'manual' });
  return {
    url,
    status: answer.status,
    headers: [...answer.headers],
    body: new Uint8Array(await answer.arrayBuffer()),
    cut: false,
  };
};

/** Time that passes only where someone sleeps. */
function jumpingClock(): AskerClock & { slept: number } {
  const clock = {
    slept: 0,
    now: () => clock.slept,
    sleep: (milliseconds: number) => {
      clock.slept += milliseconds;
      return Promise.resolve();
    },
  };
  return clock;
}

async function siteOf(
  hrefs: readonly string[],
  more: { job?: Partial<JobFacts>; options?: Record<string, unknown>; raw?: Partial<PageRaw>; clock?: AskerClock } = {},
) {
  const links = hrefs.map((href, index) => ({
    selector: `a:nth-of-type(${index + 1})`,
    snippet: '<a>',
    text: 'x',
    href,
    url: new URL(href, origin).href,
    control: false,
  }));
  const raw: PageRaw = { ...CLEAN, requestedUrl: `${origin}/`, url: `${origin}/`, links, ...more.raw };
  const nothing = () => {};
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
  const ctx: SiteContext = {
    job: { source: 'urls', origin, productionOrigin: null, device: 'desktop', ...more.job },
    options: more.options ?? {},
    fetch: guarded,
    putEvidence: () => Promise.resolve(''),
    signal: new AbortController().signal,
    log,
    denied: [{ id: 'p9', url: `${origin}/way-in`, to: 'http://10.0.0.1/', reason: 'a private network' }],
    pages: [{ id: 'p1', url: raw.requestedUrl, finalUrl: raw.url, raw: () => Promise.resolve(raw) }],
  };
  asked.length = 0;
  const site = await collectSite(ctx, more.clock ?? jumpingClock());
  const fact = (path: string): TargetFact | undefined =>
    site.targets.find((one) => one.url === (path.startsWith('http') ? path : origin + path));
  return { site, fact };
}

describe('the site cell asks', () => {
  test('each target once, whoever links to it, and pages that were scanned not at all', async () => {
    const { site } = await siteOf(['/ok', '/ok#part', '/ok', '/', '/missing']);
    expect(asked.toSorted()).toEqual(['GET /missing', 'GET /ok', expect.stringContaining('GET /stageflow-probe-')]);
    expect(site.counts).toMatchObject({ targets: 3, ok: 2, broken: 1, unverified: 0 });
    expect(site.targets.map((one) => [one.verdict, one.status])).toEqual([['broken', 404]]);
  });

  test('through every redirect by hand', async () => {
    const { fact } = await siteOf(['/a', '/loop', '/cookie-loop']);
    expect(fact('/a')?.hops.map((hop) => hop.status)).toEqual([301, 302, 302]);
    expect(fact('/a')?.verdict).toBe('ok');
    expect(fact('/loop')).toMatchObject({ loop: true, verdict: 'broken' });
    expect(fact('/cookie-loop')).toMatchObject({ loop: false, verdict: 'unverified' });
  });

  test('E7 and no further than the guard lets it, which it says of a redirect and not of a plain link', async () => {
    const { fact, site } = await siteOf(['/inward', '/off-the-web', 'http://10.0.0.1/']);
    expect(fact('/inward')).toMatchObject({ verdict: 'unverified', denied: 'outside' });
    expect(fact('/off-the-web')).toMatchObject({ verdict: 'unverified', denied: 'it is a ftp: address' });
    expect(fact('http://10.0.0.1/')).toBeUndefined();
    expect(site.denied).toMatchObject([{ pageId: 'p9', to: 'http://10.0.0.1/' }]);
  });

  test('and tells broken from what only keeps us out', async () => {
    const { fact, site } = await siteOf([
      '/login',
      '/down',
      'https://gone.example/',
      'https://elsewhere.example/',
      '/get-only.pdf',
    ]);
    expect(fact('/down')).toMatchObject({ verdict: 'broken', status: 500 });
    expect(fact('https://gone.example/')).toMatchObject({ verdict: 'broken', status: null });
    expect(site.counts).toMatchObject({ ok: 1, broken: 2, unverified: 2 });
    expect(asked).toContain('GET /get-only.pdf');
  });

  test('again after as long as it was told to wait', async () => {
    busy = 0;
    const clock = jumpingClock();
    const { site } = await siteOf(['/busy'], { clock });
    expect(site.counts.ok).toBe(1);
    expect(clock.slept).toBeGreaterThanOrEqual(2000);
  });

  test('nobody once the budget is spent', async () => {
    let now = 0;
    const clock: AskerClock = { now: () => (now += 3000), sleep: () => Promise.resolve() };
    const { site } = await siteOf(['/ok', '/missing'], { clock, options: { budgetSeconds: 1 } });
    expect(asked).toEqual([]);
    expect(site.counts).toMatchObject({ broken: 0, unverified: 2 });
  });

  test('nothing outside for a build, and takes its production origin for its own', async () => {
    const job = { source: 'zip' as const, productionOrigin: 'https://www.shop.com' };
    const { site, fact } = await siteOf(['https://gone.example/', 'https://www.shop.com/missing'], { job });
    expect(fact('/missing')).toMatchObject({ internal: true, verdict: 'broken' });
    expect(site.counts).toMatchObject({ targets: 2, unverified: 1, externalUnasked: 1 });
  });

  test('late images as well', async () => {
    const unasked = [{ selector: 'img', snippet: '<img>', url: `${origin}/late.png`, kind: 'image' as const }];
    const { site } = await siteOf([], { raw: { unasked } });
    expect(site.uses).toEqual([{ target: 0, kind: 'image', pageId: 'p1', selector: 'img', snippet: '<img>' }]);
    expect(site.targets[0]?.verdict).toBe('broken');
  });
});

describe('soft 404', () => {
  test('a page that answers 200 and says that it is missing is told', async () => {
    const { fact } = await siteOf(['/soft', '/ok']);
    expect(fact('/soft')?.soft).toContain('Page not found');
    expect(fact('/ok')).toBeUndefined();
  });

  test('a jump within such a page is not told again: the links that lead to the page are', async () => {
    const { site } = await siteOf(['/soft#main', '/soft'], { raw: { url: `${origin}/soft`, title: 'Page not found' } });
    expect(site.uses.map((use) => use.selector)).toEqual(['a:nth-of-type(2)']);
  });

  test('an app whose shell answers everything is not blamed for its routes', async () => {
    for (const html of [
      '<h1>Home</h1>',
      '<title>App</title><div id="root"></div><noscript>This app needs scripts to be turned on in your browser.</noscript><script src="/app.js"></script>',
    ]) {
      shell = html;
      const { site, fact } = await siteOf(['/route']);
      shell = null;
      expect(site.probe?.status).toBe(200);
      expect(fact('/route')).toBeUndefined();
    }
  });

  test('a server that shows one text for all that is missing is told', async () => {
    shell = '<h1>Our mugs</h1><p>We are sorry, that one has sold out and will not come back.</p>';
    const { fact } = await siteOf(['/route']);
    shell = null;
    expect(fact('/route')?.soft).toContain('cannot exist');
  });
});
