import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../engine/kernel/index.ts';
import { systemClock } from '../../../engine/kernel/index.ts';
import { allOf } from '../../integration/server/all-of.ts';
import { createApp } from '../../../server/app.ts';
import { startTestServer, type TestServer } from '../../integration/server/harness.ts';

let server: TestServer;
afterEach(() => server.close());

const job = { urls: ['https://a.example/'], modules: ['seo'] };

/** A clock whose time is moved by hand; its timers are the machine's. */
function handClock(): Clock & { move(ms: number): void } {
  let ahead = 0;
  return { ...systemClock, now: () => systemClock.now() + ahead, move: (ms) => void (ahead += ms) };
}

const from = (address: string, token: string, method = 'POST', path = '/api/v1/session') =>
  server.app.fetch(
    new Request(`http://127.0.0.1:7070${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: '{"token":"x"}' } : {}),
    }),
    { address },
  );

describe('A5 requests', () => {
  it('A5 beyond a token’s minute are 429 with Retry-After, and granted again when it has passed', async () => {
    const clock = handClock();
    server = await startTestServer({ config: { requestsPerMinute: 60 }, clock });
    const [token, other] = [server.token(['submit']), server.token(['submit'])];
    const ask = (as: string) => server.call(as, 'DELETE', '/api/v1/ignores/none');
    for (let n = 0; n < 60; n += 1) expect((await ask(token)).status).toBe(404);
    const refused = await ask(token);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(other)).status).toBe(404);
    clock.move(Number(refused.headers.get('retry-after')) * 1000);
    expect((await ask(token)).status).toBe(404);
  });

  it('A5 are counted per client address before any token is looked at: guessing costs too', async () => {
    server = await startTestServer({ config: { requestsPerMinute: 20 } });
    for (let n = 0; n < 20; n += 1) expect((await from('203.0.113.7', 'x')).status).toBe(401);
    expect((await from('203.0.113.7', 'x')).status).toBe(429);
    expect((await from('203.0.113.8', 'x')).status).toBe(401);
  });

  it('A5 count an IPv6 client by its /64, however many addresses it takes of it', async () => {
    server = await startTestServer({ config: { requestsPerMinute: 20 } });
    for (let n = 0; n < 20; n += 1) {
      expect((await from(`2001:db8:1:2::${n.toString(16)}`, 'x')).status).toBe(401);
    }
    expect((await from('2001:db8:1:2:ffff::1', 'x')).status).toBe(429);
    expect((await from('2001:db8:1:3::1', 'x')).status).toBe(401);
  });

  it('A5 that only read cost a tenth, so that a report opens with its pictures', async () => {
    server = await startTestServer({ config: { requestsPerMinute: 10 } });
    const token = server.token(['read']);
    for (let n = 0; n < 99; n += 1) expect((await server.call(token, 'GET', '/api/v1/scanners')).status).toBe(200);
    await server.call(token, 'GET', '/api/v1/scanners');
    expect((await server.call(token, 'GET', '/api/v1/scanners')).status).toBe(429);
  });
});

describe('A5 quotas', () => {
  it('A5 one job too many in the queue is 429, for that tenant alone', async () => {
    server = await startTestServer({ config: { queuedJobs: 3 }, pods: 'frozen' });
    const token = server.token(['submit']);
    const submit = (as: string) => server.call(as, 'POST', '/api/v1/jobs/url', job);
    const all = await Promise.all(Array.from({ length: 10 }, () => submit(token)));
    expect(all.filter(({ status }) => status === 202)).toHaveLength(3);
    const refused = all.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(7);
    expect(refused[0]?.headers.get('retry-after')).toBe('60');
    expect(await refused[0]?.json()).toMatchObject({ code: 'quota_exceeded' });
    expect((await submit(server.token(['submit'], 'other'))).status).toBe(202);
  });

  it('A5 bytes of a day are counted with what is on its way, and a refused archive leaves nothing', async () => {
    server = await startTestServer({ config: { bytesPerDay: 1000 }, pods: 'frozen' });
    const token = server.token(['submit']);
    const zip = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(596)]);
    const send = () =>
      server.call(token, 'POST', '/api/v1/jobs/zip', zip, {
        'content-type': 'application/zip',
        'content-length': String(zip.length),
      });
    const statuses = (await Promise.all([send(), send(), send()])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([202, 429, 429]);
    expect((await send()).status).toBe(429);
    const staged = await allOf(server.engine.store.list('scanner-staging', 'staging/'));
    expect(staged).toHaveLength(1);
  });

  it('A5 bytes of a day stay counted when their job is deleted, their archive refused or their sender gone, over a restart, until the day ends', async () => {
    const day = 24 * 3600_000;
    let now = 20_000 * day + 3 * 3600_000;
    const clock = { ...systemClock, now: () => now };
    server = await startTestServer({ config: { bytesPerDay: 1000 }, pods: 'frozen', clock });
    const { app } = server;
    const token = server.token(['submit']);
    const archive = { 'content-type': 'application/zip' };
    const zip = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(296)]);
    const send = (body: Buffer | ReadableStream, to = app, as = token) =>
      to.fetch(
        new Request('http://127.0.0.1:7070/api/v1/jobs/zip', {
          method: 'POST',
          headers: { ...archive, authorization: `Bearer ${as}`, 'content-length': '300' },
          body,
          duplex: 'half',
        } as RequestInit),
      );
    const gone = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(150));
        controller.error(new Error('the sender went away'));
      },
    });
    const made = await send(zip);
    expect(made.status).toBe(202);
    const { id } = (await made.json()) as { id: string };
    await server.engine.cancel(id);
    await server.engine.ended(id);
    expect((await server.call(token, 'DELETE', `/api/v1/jobs/${id}`)).status).toBe(204);
    expect((await send(Buffer.alloc(300, 'no archive'))).status).toBe(400);
    expect((await send(gone)).status).toBe(400);
    // 300 of a deleted job, 300 of a refused archive; of the one that broke off at most what came.
    const again = createApp(server.services);
    expect((await send(zip, again)).status).toBe(202);
    const refused = await send(zip, again);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, String(21 * 3600)]);
    expect((await send(zip, again, server.token(['submit']))).status).toBe(429);
    expect((await send(zip, again, server.token(['submit'], 'other'))).status).toBe(202);
    now += 21 * 3600_000;
    expect((await send(zip, again)).status).toBe(202);
  });
});

describe('new work under pressure', () => {
  it('is 503 with Retry-After on every route that takes some, and everything accepted stays', async () => {
    server = await startTestServer({ pods: 'frozen' });
    const token = server.token(['submit', 'read']);
    const made = await server.call(token, 'POST', '/api/v1/jobs/url', job);
    const address = made.headers.get('location') ?? '';
    server.press({ reason: 'the disk is full', retryAfterSeconds: 7 });
    const tries = [
      ['POST', '/api/v1/jobs/url', job],
      ['POST', '/api/v1/jobs/zip', { upload: 'x' }],
      ['POST', '/api/v1/uploads', { filename: 'a.zip', bytes: 1 }],
      // Announced before the disk was full, and sent now.
      ['PUT', '/api/v1/uploads/x', {}],
      ['POST', '/api/v1/jobs/import', {}],
      ['POST', `${address}/retry`, {}],
      ['POST', `${address}/cells/p/seo/retry`, {}],
    ] as const;
    for (const [method, path, body] of tries) {
      const answer = await server.call(token, method, path, body);
      expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '7']);
    }
    expect((await server.call(token, 'GET', address)).status).toBe(200);
    server.press(null);
    expect((await server.call(token, 'POST', '/api/v1/jobs/url', job)).status).toBe(202);
  });
});
