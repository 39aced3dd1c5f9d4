import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../../engine/artifact/index.ts';
import { renderJson } from '../../../engine/report/index.ts';
import { type App, createApp } from '../../../server/app.ts';
import { SMALL_REPORT } from '../../../server/press/press.ts';
import { startTestServer, type TestServer } from './harness.ts';
import { FILES, reportOf, storeSharedJob } from './shared-job.ts';

let server: TestServer;
let app: App;
let jobId: string;
const reads: string[] = [];
const threads: Worker[] = [];
const sawThread = (thread: Worker) => void threads.push(thread);

beforeAll(async () => {
  server = await startTestServer();
  jobId = await storeSharedJob(server);
  const { store } = server.engine;
  const counted = new Proxy(store, {
    get:
      (_, name: keyof ArtifactStore) =>
      (...given: [never, never]) => {
        if (name === 'get') reads.push(given[1]);
        return (store[name] as (...given: unknown[]) => unknown).apply(store, given);
      },
  });
  app = createApp({ ...server.services, engine: { ...server.engine, store: counted } });
  process.on('worker', sawThread as never);
}, 180_000);
afterAll(async () => {
  process.off('worker', sawThread as never);
  await server.close();
});

const share = async (settings: object = {}) => {
  const answer = await server.call(server.token(['submit']), 'POST', `/api/v1/jobs/${jobId}/shares`, settings);
  return ((await answer.json()) as { url: string }).url;
};
const ask = async (url: string, method = 'GET', address: string | null = null, of = app) => {
  const answer = await of.fetch(new Request(`http://127.0.0.1:7070${url}`, { method }), { address });
  return { status: answer.status, size: answer.headers.get('content-length'), text: await answer.text() };
};
/** How often the report was read since `from`. */
const readsFrom = (from: number) => reads.slice(from).filter((key) => key.endsWith('/report.json')).length;

describe('whoever holds a live link', () => {
  it('has the report read once for any number of looks at once, by any link with the same settings, and HEAD never', async () => {
    const [url, other] = [await share(), await share()];
    const from = reads.length;
    expect((await ask(url, 'HEAD')).status).toBe(200);
    expect(readsFrom(from)).toBe(0);
    const pages = await Promise.all([url, url, other, url, other].map((one) => ask(one)));
    expect(readsFrom(from)).toBe(1);
    for (const [index, one] of [url, url, other, url, other].entries()) {
      expect(pages[index]?.text).toContain(`${one.slice(3)}/a/`);
      expect(pages[index]?.size).toBe(String(Buffer.byteLength(pages[index]?.text ?? '')));
    }
    await ask(url);
    for (let n = 0; n < 20; n += 1) expect(await ask(other, 'HEAD')).toMatchObject({ size: pages[2]?.size, text: '' });
    expect(readsFrom(from)).toBe(1);
    await ask(await share({ include: { raw: true } }));
    expect(readsFrom(from)).toBe(2);
  });

  it('gets a new page when the report has changed', async () => {
    const url = await share();
    await ask(url);
    const report = reportOf(jobId);
    const changed = { ...report, job: { ...report.job, label: 'the second edition' } };
    const put = (text: string) =>
      server.engine.store.put('scanner-artifacts', `${jobId}/report.json`, Buffer.from(text));
    await put(renderJson(changed));
    expect((await ask(url)).text).toContain('the second edition');
  });

  it('has a large report rendered in a thread, so that the server answers meanwhile', async () => {
    const url = await share();
    const report = reportOf(jobId);
    const [page] = report.pages;
    if (page === undefined) throw new Error('the sample has a page');
    const pages = Array.from({ length: 4000 }, (_, n) => ({ ...page, id: `p${String(n).padStart(16, '0')}` }));
    const text = renderJson({ ...report, pages: [page, ...pages] });
    expect(text.length).toBeGreaterThan(SMALL_REPORT);
    await server.engine.store.put('scanner-artifacts', `${jobId}/report.json`, Buffer.from(text));
    const before = threads.length;
    const [first, second] = await Promise.all([ask(url), ask(url)]);
    expect(threads.length - before).toBe(1);
    expect([first.status, first.text === second.text]).toEqual([200, true]);
    expect(first.text).toContain(`${url.slice(3)}/a/`);
    expect(first.text).toContain('data:image/png;base64,');
    expect((await ask(`${url}/a/${Object.keys(FILES)[0]}`)).status).toBe(200);
  });

  it('and what a share of it would show is looked up in a thread too', async () => {
    const before = threads.length;
    const answer = await server.call(server.token(['read']), 'GET', `/api/v1/jobs/${jobId}/shares/preview`);
    expect(await answer.json()).toMatchObject({ pages: 4001, findings: 1 });
    expect(threads.length - before).toBe(1);
  });

  it('and neither its forms nor a comparison of 60 MiB each hold the server up', async () => {
    const [a, b] = [await storeSharedJob(server), await storeSharedJob(server)];
    for (const id of [a, b]) {
      const report = reportOf(id);
      const [page] = report.pages;
      if (page === undefined) throw new Error('the sample has a page');
      const title = 'long '.repeat(200);
      const rows = Array.from({ length: 42_000 }, (_, n) => ({
        ...page,
        title,
        id: `p${String(n).padStart(16, '0')}`,
      }));
      const text = renderJson({ ...report, pages: [page, ...rows] });
      expect(text.length).toBeGreaterThan(58 * 2 ** 20);
      expect(text.length).toBeLessThan(64 * 2 ** 20);
      await server.engine.store.put('scanner-artifacts', `${id}/report.json`, Buffer.from(text));
    }
    const token = server.token(['read']);
    const of = `/api/v1/jobs/${a}/report?format=`;
    for (const path of [`${of}csv`, `${of}zip`, `/api/v1/compare?a=${a}&b=${b}`]) {
      const began = threads.length;
      const delay = monitorEventLoopDelay({ resolution: 10 });
      const from = performance.now();
      let waits = true;
      const asked = server.call(token, 'GET', path).finally(() => {
        waits = false;
      });
      delay.enable();
      let alive = 0;
      while (waits) {
        alive += (await server.call('', 'GET', '/livez')).status === 200 ? 1 : 0;
        await new Promise((resolve) => setImmediate(resolve));
      }
      delay.disable();
      const answer = await asked;
      expect([path, answer.status, threads.length - began]).toEqual([path, 200, 1]);
      await answer.body?.cancel();
      expect(alive).toBeGreaterThan(10);
      // Done beside everything else it would be one pause about as long as the whole.
      expect(delay.max / 1e6 / (performance.now() - from)).toBeLessThan(0.5);
    }
  }, 180_000);

  it('may take no more in a minute than its address may, whatever the method; others may', async () => {
    const now = Date.now();
    const clock = { ...server.services.clock, now: () => now };
    const config = { ...server.services.config, requestsPerMinute: 10 };
    const strict = createApp({ ...server.services, config, clock });
    const url = await share();
    const statuses = [];
    for (let n = 0; n < 12; n += 1)
      statuses.push((await ask(url, n % 2 ? 'HEAD' : 'GET', '198.51.100.9', strict)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429, 429]);
    expect((await ask(url, 'GET', '198.51.100.9', strict)).text).toContain('Please wait a little');
    expect((await ask(url, 'GET', '198.51.100.10', strict)).status).toBe(200);
  });
});
