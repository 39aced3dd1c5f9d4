import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Report } from '../../engine/report/index.ts';
import { createHome, leftovers, site, startCli } from './cli.ts';
import { type Server, startServer } from './support/server.ts';

const MODULES = ['axe', 'seo', 'security-headers', 'link-checker'];

const api = (server: Server, token: string, path: string, init: RequestInit = {}) =>
  fetch(`${server.origin}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });

/** Uploads the shop and gives its job's id. */
async function submitShop(server: Server, token: string): Promise<string> {
  const answer = await api(server, token, '/api/v1/jobs/zip?filename=shop.zip', {
    method: 'POST',
    headers: { 'content-type': 'application/zip', 'x-stageflow-options': JSON.stringify({ modules: MODULES }) },
    body: readFileSync(site('shop.zip')),
  });
  expect(answer.status, await answer.clone().text()).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

/** Names of a job's live frames, until the stream ends or `enough` says so. */
async function watch(
  server: Server,
  token: string,
  jobId: string,
  enough: (names: string[]) => boolean,
): Promise<string[]> {
  const answer = await api(server, token, `/api/v1/jobs/${jobId}/stream`, { headers: { accept: 'text/event-stream' } });
  expect(answer.status).toBe(200);
  const names: string[] = [];
  let text = '';
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const whole = text.lastIndexOf('\n');
    names.push(...[...text.slice(0, whole + 1).matchAll(/^event: (\S+)$/gm)].map(([, name]) => name ?? ''));
    text = text.slice(whole + 1);
    if (enough(names)) break;
  }
  return names;
}

interface Told {
  readonly type: string;
  readonly attempt: number;
  readonly data: { readonly pageId: string; readonly scanner: string };
}

async function history(server: Server, token: string, jobId: string): Promise<Told[]> {
  const events: Told[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const answer = await api(server, token, `/api/v1/jobs/${jobId}/events?after=${after}&limit=200`);
    const page = (await answer.json()) as { events: Told[]; next: number | null };
    events.push(...page.events);
    after = page.next;
  }
  return events;
}

const cellsOf = (events: readonly Told[]) =>
  events
    .filter((event) => event.type === 'scan.events.cell.completed')
    .map((event) => `${event.data.pageId}/${event.data.scanner}`);

describe('./stageflow server', () => {
  const home = createHome();
  let server: Server;
  let token: string;
  beforeAll(async () => {
    server = await startServer(home.path);
    const line = await server.run.line(/\/signin#sf_/);
    token = line.slice(line.indexOf('#') + 1);
  });
  afterAll(() => {
    if (server.run.child.exitCode === null) server.run.child.kill('SIGKILL');
    home.dispose();
  });

  it('signs a browser in with the printed token and gives it a cookie that opens the API', async () => {
    expect((await fetch(`${server.origin}/signin`)).status).toBe(200);
    const answer = await fetch(`${server.origin}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.origin },
      body: JSON.stringify({ token }),
    });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const session = await fetch(`${server.origin}/api/v1/session`, { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(await session.json()).toMatchObject({ scopes: ['admin'] });
    const screen = await fetch(`${server.origin}/playground`, { headers: { cookie: cookie.split(';')[0] ?? '' } });
    const [, script] = /<script[^>]* src="([^"]+)"/.exec(await screen.text()) ?? [];
    expect((await fetch(`${server.origin}${script}`)).headers.get('cache-control')).toContain('immutable');
  });

  it('says that it lives and is ready, part by part, and counts', async () => {
    expect((await fetch(`${server.origin}/livez`)).status).toBe(200);
    const ready = await fetch(`${server.origin}/readyz`);
    const word = { database: 'ok', queue: 'ok', podman: 'ok', store: 'ok', disk: 'ok' };
    expect(await ready.json()).toEqual({ status: 'ready', parts: word });
    const metrics = await (await api(server, token, '/metrics')).text();
    expect(metrics).toContain('stageflow_part_up{part="queue"} 1');
    expect(metrics).toContain('stageflow_http_requests_total{method="GET",route="/readyz",status="200"}');
    expect((await fetch(`${server.origin}/metrics`)).status).toBe(401);
  });

  it('scans an uploaded archive, shown live to its end, and gives the report', async () => {
    const jobId = await submitShop(server, token);
    const names = await watch(server, token, jobId, () => false);
    expect(names.at(-1)).toBe('end');
    const job = (await (await api(server, token, `/api/v1/jobs/${jobId}`)).json()) as { state: string };
    expect(job.state).toBe('DONE');
    const report = Report.parse(await (await api(server, token, `/api/v1/jobs/${jobId}/report`)).json());
    expect(report.findings.length).toBeGreaterThan(10);
    expect(server.run.child.exitCode).toBeNull();
  });

  it('killed in the middle of a job, it goes on with it by itself and does no cell twice', async () => {
    const jobId = await submitShop(server, token);
    await watch(server, token, jobId, (seen) => seen.length > 40);
    const before = cellsOf(await history(server, token, jobId));
    server.run.child.kill('SIGKILL');
    const first = await server.run.done;
    expect(before.length).toBeGreaterThan(0);

    server = await startServer(home.path);
    await watch(server, token, jobId, () => false);
    const events = await history(server, token, jobId);
    expect(events.at(-1)?.type).toBe('jobs.events.completed');
    expect(events.some((event) => event.attempt > 1)).toBe(true);
    const cells = cellsOf(events);
    expect(new Set(cells).size).toBe(cells.length);
    server.run.child.kill('SIGTERM');
    const second = await server.run.done;
    expect(second.code, second.stderr.slice(-2000)).toBe(0);
    const handedOut = second.stderr
      .split('\n')
      .filter((line) => line.includes('"work handed out"'))
      .flatMap((line) => (JSON.parse(line) as { jobId?: string; cells?: string[] }).cells ?? []);
    expect(handedOut.length).toBeGreaterThan(0);
    expect(handedOut.filter((cell) => before.includes(cell))).toEqual([]);
    // The token is printed once, by the first run alone, and never logged.
    expect(second.stderr).not.toContain('/signin#');
    expect(first.stderr.split(token)).toHaveLength(2);
    expect(leftovers(home.path)).toEqual([]);
  });
});

describe('a server that is stopped', () => {
  it('takes nothing new while cells end, ends at once at the second signal, and goes on with the next start', async () => {
    const home = createHome();
    let server = await startServer(home.path, { STAGEFLOW_GRACE_SECONDS: '600', STAGEFLOW_PORT: '0' });
    const token = (await server.run.line(/\/signin#sf_/)).split('#')[1] ?? '';
    const jobId = await submitShop(server, token);
    await watch(server, token, jobId, (names) => names.length > 25);
    server.run.child.kill('SIGTERM');
    await server.run.line(/^Stopping/);
    const ready = await fetch(`${server.origin}/readyz`);
    expect(await ready.json()).toMatchObject({ status: 'stopping' });
    const refused = await api(server, token, '/api/v1/jobs/url', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ urls: ['https://example.org'] }),
    });
    expect(refused.status).toBe(503);
    server.run.child.kill('SIGTERM');
    expect((await server.run.done).code).toBe(130);

    server = await startServer(home.path);
    await watch(server, token, jobId, () => false);
    expect((await history(server, token, jobId)).at(-1)?.type).toBe('jobs.events.completed');
    server.run.child.kill('SIGTERM');
    expect((await server.run.done).code).toBe(0);
    expect(leftovers(home.path)).toEqual([]);
    home.dispose();
  });
});

describe('the server command', () => {
  it.each([
    [{ STAGEFLOW_PORT: 'http' }, 2, /STAGEFLOW_PORT cannot be used: it must be a number/],
    [{ STAGEFLOW_HOST: '0.0.0.0' }, 5, /Refused to listen on 0\.0\.0\.0/],
    [{ STAGEFLOW_LOG: 'loud' }, 2, /STAGEFLOW_LOG/],
  ])('with %j ends with %i and says why, before it touches anything', async (env, code, words) => {
    const home = createHome();
    const result = await startCli(['server'], { home: home.path, env: env as Record<string, string> }).done;
    expect(result.stderr).toMatch(words);
    expect(result.code).toBe(code);
    expect(leftovers(home.path)).toEqual([]);
    home.dispose();
  });
});
