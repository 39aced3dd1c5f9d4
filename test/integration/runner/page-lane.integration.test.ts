import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { pageIdOf } from '../../../engine/kernel/index.ts';
import { type RunRecord, runRunner } from './engine-double.ts';
import { type Route, serveSite } from './loopback-site.ts';

const page = (title: string, body: string, head = '') =>
  `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head><body><main><h1>${title}</h1>${body}</main></body></html>`;

const answer =
  (status: number, headers: Record<string, string>, body: string): Route =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

/** Processes that show pages, below a process; those that end meanwhile are left out. */
function renderersBelow(root: number): number[] {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  const children = read(`/proc/${root}/task/${root}/children`).split(' ').filter(Boolean).map(Number);
  return children.flatMap((pid) => [
    ...(read(`/proc/${pid}/cmdline`).includes('--type=renderer') ? [pid] : []),
    ...renderersBelow(pid),
  ]);
}

/** Chromium's main processes below a process. */
function browsersBelow(root: number): number[] {
  const children = readFileSync(`/proc/${root}/task/${root}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return children.flatMap((pid) => {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes('chromium') && !command.includes('--type=') ? [pid] : browsersBelow(pid);
  });
}

/** Pages that misbehave, each by its story, and what must become of it. */
/** A script that keeps axe from running on its page. */
const AXE_BREAKER =
  '<script>Object.defineProperty(window, "axe", { get() { throw new Error("no axe here") }, set() {}, configurable: false })</script>';

const AWKWARD = {
  '/plain': {
    route: page('Plain', '<p>Nothing special.</p><a href="/other">other</a><a rel="nofollow" href="/quiet">quiet</a>'),
    status: 'scanned',
    code: null,
  },
  '/endless-loop': { route: page('Loop', '<script>for (;;) {}</script>'), status: 'failed', code: 'page_timeout' },
  '/alert-storm': {
    route: page('Alerts', '<script>for (let i = 0; i < 50; i++) alert(i)</script><p>after</p>'),
    status: 'scanned',
    code: null,
  },
  '/never-quiet': {
    route: page('Restless', '<p id="p"></p><script>setInterval(() => { p.textContent = Date.now() }, 10)</script>'),
    status: 'scanned',
    code: null,
  },
  '/slow-resource': {
    route: page('Slow', '<img src="/hangs.png" alt="slow" width="10" height="10">'),
    status: 'scanned',
    code: 'page_timeout',
  },
  '/draws-for-long': {
    route: page(
      'Drawing',
      '<p id="p"></p><script>onload = () => setTimeout(() => { const end = Date.now() + 8000; while (Date.now() < end); p.textContent = "drawn" })</script>',
    ),
    status: 'scanned',
    code: null,
  },
  '/redirect-loop': { route: answer(302, { location: '/redirect-loop' }, ''), status: 'skipped', code: 'page_failed' },
  '/forbidden': {
    route: answer(403, { 'content-type': 'text/html' }, page('No', '')),
    status: 'blocked',
    code: 'page_blocked',
  },
  '/missing': {
    route: answer(404, { 'content-type': 'text/html' }, page('Gone', '')),
    status: 'skipped',
    code: 'page_failed',
  },
  '/broken': {
    route: answer(500, { 'content-type': 'text/html' }, page('Oops', '')),
    status: 'failed',
    code: 'page_failed',
  },
  '/data.json': {
    route: answer(200, { 'content-type': 'application/json' }, '{}'),
    status: 'skipped',
    code: 'page_not_html',
  },
  '/download': {
    route: answer(200, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' }, 'x'),
    status: 'skipped',
    code: 'page_not_html',
  },
  '/popups': {
    route: page('Popups', '<script>for (let i = 0; i < 5; i++) open("/plain")</script><p>still here</p>'),
    status: 'scanned',
    code: null,
  },
  '/axe-breaker': {
    route: page('Breaker', AXE_BREAKER),
    status: 'scanned',
    code: null,
  },
  '/after-all-that': { route: page('After', '<img src="/x.png">'), status: 'scanned', code: null },
} as const satisfies Record<string, { route: string | Route; status: string; code: string | null }>;

describe('the page lane on awkward pages', () => {
  let site: Awaited<ReturnType<typeof serveSite>>;
  let run: RunRecord;
  const at = (path: string) => `http://awkward.localhost${path}`;

  beforeAll(async () => {
    site = await serveSite({
      routes: {
        ...Object.fromEntries(Object.entries(AWKWARD).map(([path, { route }]) => [path, route])),
        '/hangs.png': () => {},
      },
    });
    run = await runRunner({
      assignment: {
        source: 'zip',
        sitePort: site.port,
        siteOrigin: 'http://awkward.localhost',
        timeouts: { navigation: 4, settle: 1, page: 20 },
      },
      urls: Object.keys(AWKWARD).map(at),
      pageScanners: ['axe'],
    });
  });
  afterAll(() => site.close());

  it('U10 proves the browser sandbox before any page is opened', () => {
    expect(run.messages[0]).toMatchObject({
      type: 'runner.ready',
      sandbox: { rendererSeccomp: 2, ownNamespaces: true, flagsClean: true },
    });
  });

  it('U14 ends in order however its pages behave', () => {
    expect({ exit: run.exitCode, fatal: run.of('fatal') }).toEqual({ exit: 0, fatal: [] });
  });

  it.each(Object.entries(AWKWARD))('U14 gives %s the outcome it must have', (path, { status, code }) => {
    expect(run.page(at(path)).done).toMatchObject({ status, code });
  });

  it('tells links in document order with their nofollow', () => {
    expect(run.page(at('/plain')).visited?.links).toEqual([
      { url: at('/other'), nofollow: false },
      { url: at('/quiet'), nofollow: true },
    ]);
  });

  it('finds after all that what is wrong with an ordinary page, with box, picture, file and line', () => {
    const finding = run.findings('axe', at('/after-all-that')).findings.find((f) => f.rule === 'image-alt');
    expect(finding).toMatchObject({
      severity: 'critical',
      outcome: 'fail',
      issue: 'image-alt',
      standards: [{ name: 'WCAG 2.2', criterion: '1.1.1', level: 'A' }],
    });
    expect(finding?.occurrences[0]).toMatchObject({
      selector: 'img',
      pageId: pageIdOf(at('/after-all-that')),
      file: 'after-all-that',
      line: 1,
    });
    const crop = finding?.occurrences[0]?.screenshot?.replace(/^job1\//, '') ?? '';
    expect(run.artifacts.get(crop)?.subarray(0, 2).toString('hex')).toBe('ffd8');
  });

  it('keeps a trace of a failed cell, and the failure costs only that cell', () => {
    const cell = run.of('cell.done').find((m) => m.pageId === pageIdOf(at('/axe-breaker')));
    expect(cell).toMatchObject({ outcome: 'failed', code: 'cell_failed', findings: null });
    const trace = run.artifacts.get(`axe/evidence/${pageIdOf(at('/axe-breaker'))}/trace.zip`);
    expect(trace?.subarray(0, 2).toString()).toBe('PK');
  });

  it('stores a picture and a HAR of each scanned page', () => {
    const id = pageIdOf(at('/plain'));
    expect(run.artifacts.get(`page/evidence/${id}/screenshot.jpg`)?.subarray(0, 2).toString('hex')).toBe('ffd8');
    const har = JSON.parse(
      zstdDecompressSync(run.artifacts.get(`page/evidence/${id}/network.har.zst`) as Buffer).toString(),
    ) as { log: { version: string; entries: { request: { url: string }; response: { status: number } }[] } };
    expect(har.log.version).toBe('1.2');
    expect(har.log.entries[0]).toMatchObject({ request: { url: at('/plain') }, response: { status: 200 } });
  });
});

it('U14 gives a page that crashes its tab the code for it, and goes on with the next', async () => {
  const site = await serveSite({ routes: { '/': page('Alive', '') } });
  const run = await runRunner({
    assignment: {
      source: 'zip',
      sitePort: site.port,
      siteOrigin: 'http://crash.localhost',
      entries: ['http://crash.localhost/'],
    },
    urls: ['chrome://crash', 'http://crash.localhost/'],
    pageScanners: ['axe'],
  });
  await site.close();
  expect(run.page('chrome://crash').done).toMatchObject({ status: 'failed', code: 'page_crashed' });
  expect(run.page('http://crash.localhost/').done).toMatchObject({ status: 'scanned', code: null });
});

it('ends with browser_failed when the browser dies under a page, and does not blame the page', async () => {
  let runner = 0;
  const kill: Route = () => {
    for (const pid of browsersBelow(runner)) process.kill(pid, 'SIGKILL');
  };
  const site = await serveSite({
    routes: { '/': page('Hangs', '<img src="/kill.png" alt="x">'), '/kill.png': kill },
  });
  const run = await runRunner({
    assignment: { source: 'zip', sitePort: site.port, siteOrigin: 'http://dies.localhost' },
    urls: ['http://dies.localhost/'],
    pageScanners: ['axe'],
    started: (pid) => {
      runner = pid;
    },
  });
  await site.close();
  expect(run.exitCode).toBe(1);
  expect(run.of('fatal')).toMatchObject([{ code: 'browser_failed' }]);
  expect(run.page('http://dies.localhost/').done).toBeUndefined();
});

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
