import type { IncomingHttpHeaders } from 'node:http';
import { expect, it } from 'vitest';
import { type RunOrder, runRunner } from './engine-double.ts';
import { serveSite } from './loopback-site.ts';

const PAGE =
  '<!doctype html><html lang="en"><head><title>First</title><link rel="icon" href="data:,"></head><body><main><h1>First</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="30" height="30"></main><script>document.title = ["First", document.cookie, localStorage.length, sessionStorage.length, document.referrer].join("|")</script></body></html>';

/** Runs one page with every page module; what the site was asked with, and what came of it. */
async function runPage(order: Pick<RunOrder, 'warm' | 'assignment'>) {
  const asked: IncomingHttpHeaders[] = [];
  const site = await serveSite({
    routes: {
      '/': (request, response) => {
        asked.push(request.headers);
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end(PAGE);
      },
    },
  });
  const url = `http://page.test:${site.port}/`;
  const run = await runRunner({
    ...order,
    assignment: { entries: [url], readOrigin: true, ...order.assignment },
    urls: [url],
    pageScanners: ['axe', 'seo', 'security-headers'],
    dial: new Map([[`page.test:${site.port}`, site.port]]),
  });
  await site.close();
  const withoutPort = (value: unknown) =>
    JSON.parse(JSON.stringify(value).replaceAll(`:${site.port}`, ':80')) as object;
  const first = asked[0] ?? {};
  return {
    run,
    headers: withoutPort(first),
    seen: withoutPort({
      visited: run.of('page.visited').map((visited) => ({ ...visited, pageId: null })),
      cells: run.of('cell.done').map(({ scanner, outcome, counts }) => ({ scanner, outcome, counts })),
      pages: run.of('page.done').map(({ status, code }) => ({ status, code })),
      objects: [...run.artifacts.keys()].map((path) => path.replace(/[0-9a-f]{16}/g, 'id')).toSorted(),
      dialled: [...new Set(run.dialled)],
      exitCode: run.exitCode,
    }),
  };
}

it('the first page of a runner that has warmed up comes out as that of a cold one, and nobody hears of its rehearsal', async () => {
  const cold = await runPage({ assignment: {} });
  const warm = await runPage({ assignment: {}, warm: true });
  expect(cold.seen).toMatchObject({ visited: [{ title: 'First||0|0|' }], exitCode: 0 });
  expect(warm.seen).toEqual(cold.seen);
  expect(warm.headers).toEqual(cold.headers);
  expect(JSON.stringify([warm.run.messages, warm.run.dialled])).not.toContain('rehearsal');
}, 60_000);

it('a job with a login gets a browser of its own in a warm runner, and its headers are sent', async () => {
  const access = { headers: { 'x-login': 'mine' }, cookies: [], basicAuth: null, storageState: null };
  const { run, headers } = await runPage({ assignment: { access }, warm: true });
  expect(headers).toMatchObject({ 'x-login': 'mine' });
  expect(run.of('page.done')).toMatchObject([{ status: 'scanned', code: null }]);
  expect(run.exitCode).toBe(0);
}, 60_000);
