import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pageIdOf } from '../../../engine/kernel/index.ts';
import { renderersBelow } from './browser-processes.ts';
import { runRunner } from './engine-double.ts';
import { type Route, serveSite } from './loopback-site.ts';
import { answer, AXE_BREAKER, page } from './pages.ts';

it('shows two pages at a time, and neither they nor the ones after them see what another page has stored', async () => {
  const waiting: (() => void)[] = [];
  let most = 0;
  // Nobody is answered before two pages have stored what they store.
  const meet: Route = (_request, response) => {
    waiting.push(() => response.end('met'));
    most = Math.max(most, waiting.length);
    if (waiting.length === 2) for (const answerIt of waiting.splice(0)) answerIt();
  };
  const stores: Route = (request, response) => {
    const name = request.url?.slice(1) ?? '';
    response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': `${name}=cookie` });
    response.end(
      page(
        'Storing',
        `<script>localStorage.setItem('${name}', 1); sessionStorage.setItem('${name}', 1);
          fetch('/meet', { cache: 'no-store' }).then((met) => met.text()).then(() => {
            document.title = [document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].join(' ');
          });</script>`,
      ),
    );
  };
  const names = ['one', 'two', 'three', 'four'];
  const site = await serveSite({
    routes: { ...Object.fromEntries(names.map((n) => [`/${n}`, stores])), '/meet': meet },
  });
  const urls = names.map((name) => `http://own.test:${site.port}/${name}`);
  const run = await runRunner({
    assignment: { entries: urls.slice(0, 1), pageTabs: 2 },
    urls,
    pageScanners: [],
    dial: new Map([[`own.test:${site.port}`, site.port]]),
  });
  await site.close();
  expect(most).toBe(2);
  expect(urls.map((url) => run.page(url).visited?.title)).toEqual(names.map((n) => `${n}=cookie ${n} ${n}`));
});

describe('who learns a login, and what a ZIP job may load', () => {
  it('sends login headers and cookies to its own origin only and writes them nowhere', async () => {
    const seen: { host: string; authorization: string | undefined; cookie: string | undefined }[] = [];
    const note: Route = (request, response) => {
      seen.push({
        host: request.headers.host ?? '',
        authorization: request.headers.authorization,
        cookie: request.headers.cookie,
      });
      response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'fresh=topsecret3; HttpOnly' });
      const breaker = request.url === '/broken' ? AXE_BREAKER : '';
      response.end(page('Members', `<img alt="x" src="http://other.test:${other.port}/pixel">${breaker}`));
    };
    const other = await serveSite({ routes: { '/pixel': note } });
    const own = await serveSite({ routes: { '/': note, '/broken': note } });
    const url = `http://own.test:${own.port}/`;
    const broken = `${url}broken`;
    const run = await runRunner({
      assignment: {
        access: {
          headers: {},
          cookies: [{ name: 'sid', value: 'topsecret1' }],
          basicAuth: { username: 'ada', password: 'topsecret2' },
          storageState: null,
        },
        entries: [url],
      },
      urls: [url, broken],
      pageScanners: ['axe'],
      dial: new Map([
        [`own.test:${own.port}`, own.port],
        [`other.test:${other.port}`, other.port],
      ]),
    });
    await Promise.all([own.close(), other.close()]);
    const basic = `Basic ${Buffer.from('ada:topsecret2').toString('base64')}`;
    expect(seen.find((s) => s.host.startsWith('own.test'))).toMatchObject({
      authorization: basic,
      cookie: 'sid=topsecret1',
    });
    expect(seen.find((s) => s.host.startsWith('other.test'))).toMatchObject({
      authorization: undefined,
      cookie: undefined,
    });
    expect(run.page(url).done).toMatchObject({ status: 'scanned' });
    // A failed cell is traced elsewhere; a trace is packed, and would hold all of it.
    expect(run.of('cell.done').find((m) => m.pageId === pageIdOf(broken))).toMatchObject({ outcome: 'failed' });
    expect([...run.artifacts.keys()].filter((path) => path.endsWith('.zip'))).toEqual([]);
    const stored = [...run.artifacts]
      .map(([path, bytes]) => (path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes).toString('latin1'))
      .join('\n');
    for (const text of [stored, JSON.stringify(run.messages), run.stderr]) {
      expect(text).not.toContain('topsecret');
      expect(text).not.toContain(Buffer.from('ada:topsecret2').toString('base64'));
    }
  });

  it('answers the production origin from the build and reports what was refused', async () => {
    const site = await serveSite({
      routes: {
        '/': page(
          'Shop',
          '<p style="color:#999;background:#fff">pale</p>',
          '<link rel="stylesheet" href="https://shop.example/own.css"><link rel="stylesheet" href="https://cdn.example/a.css">',
        ),
        '/own.css': 'h1 { color: rgb(1, 2, 3) }',
      },
    });
    const run = await runRunner({
      assignment: {
        source: 'zip',
        sitePort: site.port,
        siteOrigin: 'http://shop.localhost',
        productionOrigin: 'https://shop.example',
      },
      urls: ['http://shop.localhost/'],
      pageScanners: ['axe'],
    });
    await site.close();
    expect(run.dialled).not.toContain('shop.example:443');
    const { visited } = run.page('http://shop.localhost/');
    expect(visited?.blocked).toEqual([
      { url: 'https://cdn.example/a.css', type: 'stylesheet', reason: 'cdn.example:443 is not open in this test' },
    ]);
    const pale = run.findings('axe', 'http://shop.localhost/').findings.find((f) => f.rule === 'color-contrast');
    expect(pale).toMatchObject({ outcome: 'needs-review' });
    expect(pale?.occurrences[0]?.message).toMatch(/contrast 2\.84:1.*asset_blocked.*cdn\.example/);
  });

  it('keeps the tab for the next page, and gives the memory of a huge page back by replacing it', async () => {
    let runner = 0;
    const seen = new Map<string, number[]>();
    const watched =
      (name: string, body: string): Route =>
      (request, response) => {
        if (request.url === `/${name}`) seen.set(name, renderersBelow(runner));
        answer(200, { 'content-type': 'text/html' }, page(name, body))(request, response);
      };
    // Kept by the page's script, in no document: counted, and cheap for a busy machine.
    const fill = '<script>kept = []; for (let i = 0; i < 2e5; i++) kept.push(document.createElement("i"))</script>';
    const site = await serveSite({
      routes: {
        '/first': watched('first', ''),
        '/second': watched('second', ''),
        '/huge': watched('huge', fill),
        '/after': watched('after', ''),
      },
    });
    const urls = ['first', 'second', 'huge', 'after'].map((name) => `http://own.test:${site.port}/${name}`);
    const run = await runRunner({
      assignment: { entries: urls.slice(0, 1), pageTabs: 1 },
      urls,
      pageScanners: [],
      dial: new Map([[`own.test:${site.port}`, site.port]]),
      started: (pid) => {
        runner = pid;
      },
    });
    await site.close();
    for (const url of urls) expect(run.page(url).done).toMatchObject({ status: 'scanned' });
    const gone = (before: string, after: string) =>
      (seen.get(before) ?? []).filter((pid) => !seen.get(after)?.includes(pid));
    expect(gone('second', 'huge')).toEqual([]);
    expect(gone('huge', 'after')).toHaveLength(1);
  });
});
