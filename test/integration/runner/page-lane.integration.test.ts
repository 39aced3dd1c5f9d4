import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zstdDecompressSync } from 'node:zlib';
import { pageIdOf } from '../../../engine/kernel/index.ts';
import { type RunRecord, runRunner } from './engine-double.ts';
import { type Route, serveSite } from './loopback-site.ts';
import { answer, AXE_BREAKER, page } from './pages.ts';
import { browsersBelow } from './browser-processes.ts';

/** Pages that misbehave, each by its story, and what must become of it. */
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
