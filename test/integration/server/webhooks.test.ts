import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextState } from '../../../engine/fsm/index.ts';
import { type Clock, newJobId, silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { type Ledger, openLedger } from '../../../engine/ledger/index.ts';
import type { Send } from '../../../server/webhook/send.ts';
import { startWebhooks, type Webhooks } from '../../../server/webhook/webhooks.ts';
import { drafts, specOf } from '../../conformance/events.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';
import { startTestServer, type TestServer } from './harness.ts';

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of its own that answers with `statuses` in turn, the last one for ever. */
async function receiver(...statuses: readonly number[]) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const status = statuses[Math.min(got.length, statuses.length - 1)] ?? 204;
      got.push({ headers: request.headers, body });
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('a long answer '.repeat(1000));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { got, host, url: `http://${host}/hook?team=1` };
}

const open: (() => void | Promise<void>)[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webhooks-'));
  open.push(() => rmSync(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const openOwn = (clock: Clock): Ledger => openLedger({ path: join(folder, 'ledger.db'), clock, nextState });
const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes long').toString('base64')}`;
const NOWHERE = { services: () => [], addresses: [] };
const hook = (ledger: Ledger, url: string, tenant = 'team') =>
  ledger.service.webhooks.add({ id: `wh_${url.length}`, tenant, url, secret: SECRET, events: ['jobs.events.failed'] });
const failedJob = (ledger: Ledger, owner = 'team'): string => {
  const id = newJobId(Date.now());
  ledger.createJob({ id, spec: specOf('urls'), parent: null, owner });
  ledger.append(id, 1, [drafts.failed()]);
  return id;
};
const courier = (ledger: Ledger, clock: Clock, webhookHosts: string[], send?: Send): Webhooks => {
  const config = { publicUrl: 'https://scan.example.org', webhookHosts };
  const started = startWebhooks({ ledger, config, own: NOWHERE, clock, log: silentLog, ...(send ? { send } : {}) });
  open.push(() => started.stop());
  return started;
};

describe('a webhook', () => {
  it('is told of the end of a job of its tenant, signed as Standard Webhooks says', async () => {
    const { got, host, url } = await receiver(204);
    const ledger = openOwn(systemClock);
    open.push(() => ledger.close());
    hook(ledger, url);
    courier(ledger, systemClock, [host]);
    failedJob(ledger, 'other-team');
    const jobId = failedJob(ledger);
    await expect.poll(() => got.length).toBe(1);
    const { headers, body } = got[0] as Got;
    const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
    expect(JSON.parse(body)).toMatchObject({
      type: 'jobs.events.failed',
      data: {
        jobId,
        state: 'FAILED',
        failure: { code: 'cancelled' },
        reportUrl: `https://scan.example.org/scan/${jobId}/report`,
      },
    });
    await expect.poll(() => ledger.service.deliveries.byId(String(headers['webhook-id']))?.endedAt).not.toBeNull();
  });

  it('on a private address is not reached, and told why', async () => {
    const { got, url } = await receiver(204);
    const ledger = openOwn(systemClock);
    open.push(() => ledger.close());
    const { id } = hook(ledger, url);
    courier(ledger, systemClock, []);
    failedJob(ledger);
    await expect.poll(() => ledger.service.deliveries.ofWebhook(id, 1)[0]?.attempts).toBe(1);
    expect(ledger.service.deliveries.ofWebhook(id, 1)[0]).toMatchObject({
      status: null,
      reason: expect.stringMatching(/refused/),
    });
    expect(got).toEqual([]);
  });

  it('that redirects is not followed', async () => {
    const { got, host, url } = await receiver(302);
    const ledger = openOwn(systemClock);
    open.push(() => ledger.close());
    const { id } = hook(ledger, url);
    courier(ledger, systemClock, [host]);
    failedJob(ledger);
    await expect.poll(() => ledger.service.deliveries.ofWebhook(id, 1)[0]?.status).toBe(302);
    expect(got).toHaveLength(1);
    expect(ledger.service.deliveries.ofWebhook(id, 1)[0]?.nextAt).not.toBeNull();
  });

  it('that never answers well is tried eight times over two days, at growing distances, under one id', async () => {
    const clock = createVirtualClock();
    const ledger = openOwn(clock);
    open.push(() => ledger.close());
    const { id } = hook(ledger, 'https://hook.example/');
    const tries: { readonly id: string; readonly at: number }[] = [];
    courier(ledger, clock, [], async (_, delivery) => {
      tries.push({ id: delivery.id, at: clock.now() });
      return { status: 500, reason: null };
    });
    failedJob(ledger);
    await clock.runUntil(() => ledger.service.deliveries.ofWebhook(id, 1)[0]?.endedAt != null, 3 * 86_400_000);
    const pauses = tries.slice(1).map((one, at) => one.at - (tries[at]?.at ?? 0));
    expect(tries).toHaveLength(8);
    expect(new Set(tries.map((one) => one.id)).size).toBe(1);
    expect(pauses[0]).toBe(5_000);
    expect(pauses.at(-1)).toBe(86_400_000);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  });

  it('is not told of a job that was imported: it ended elsewhere, long ago', async () => {
    const clock = createVirtualClock();
    const ledger = openOwn(clock);
    open.push(() => ledger.close());
    hook(ledger, 'https://hook.example/');
    const told: string[] = [];
    courier(ledger, clock, [], async (_, delivery) => {
      told.push(delivery.jobId);
      return { status: 200, reason: null };
    });
    const id = newJobId(Date.now());
    const common = { time: 1, jobId: id, attempt: 1, cause: null, version: 1 };
    const failure = { code: 'cancelled', sentence: 'x', about: null };
    ledger.importJob({
      id,
      parent: null,
      owner: 'team',
      events: [
        { ...common, id: `${id}:1`, seq: 1, type: 'jobs.events.created', data: { spec: specOf('urls') } },
        { ...common, id: `${id}:2`, seq: 2, type: 'jobs.events.failed', data: { failure, report: null } },
      ],
    });
    const own = failedJob(ledger);
    await clock.runUntil(() => told.length > 0, 60_000);
    expect(told).toEqual([own]);
    expect(ledger.job(id)?.imported).toBe(true);
    expect(ledger.service.deliveries.nextDue()).toBeNull();
  });

  it('that never answers holds back its own messages and nobody else’s', async () => {
    const clock = createVirtualClock();
    const ledger = openOwn(clock);
    open.push(() => ledger.close());
    const dead = hook(ledger, 'https://dead.example/');
    const alive = hook(ledger, 'https://alive.example/');
    const tried: string[] = [];
    const told: string[] = [];
    let giveUp = () => {};
    const silence = new Promise<void>((resolve) => (giveUp = resolve));
    open.push(() => giveUp());
    // Told of before this server began, so that all of it is due at once.
    const jobs = ['job_a', 'job_b', 'job_c'];
    for (const [name, webhook] of [
      ['dead', dead],
      ['alive', alive],
    ] as const) {
      for (const jobId of jobs) {
        const about = { webhookId: webhook.id, jobId, eventType: 'jobs.events.failed', body: '{}' };
        ledger.service.deliveries.add({ id: `msg_${name}_${jobId}`, ...about });
      }
    }
    courier(ledger, clock, [], async (webhook, delivery) => {
      if (webhook.id === dead.id) {
        tried.push(delivery.jobId);
        await silence;
        return { status: null, reason: 'it does not answer' };
      }
      told.push(delivery.jobId);
      return { status: 200, reason: null };
    });
    await clock.runUntil(() => told.length === jobs.length, 60_000);
    const later = failedJob(ledger);
    await clock.runUntil(() => told.includes(later), 60_000);
    expect(told).toEqual([...jobs, later]);
    expect(tried).toEqual(['job_a']);
    giveUp();
    await clock.runUntil(() => tried.length > 1, 60_000);
    expect(tried[1]).not.toBe('job_a');
  });

  it('is told after a restart what happened while nobody told, once, and what was to be tried again', async () => {
    const clock = createVirtualClock();
    let ledger = openOwn(clock);
    const { id } = hook(ledger, 'https://hook.example/');
    const first = courier(ledger, clock, [], async () => ({ status: 503, reason: null }));
    failedJob(ledger);
    await clock.runUntil(() => ledger.service.deliveries.ofWebhook(id, 5)[0]?.attempts === 1, 1000);
    await first.stop();
    const meanwhile = failedJob(ledger);
    ledger.close();

    ledger = openOwn(clock);
    open.push(() => ledger.close());
    const told: string[] = [];
    courier(ledger, clock, [], async (_, delivery) => {
      told.push(delivery.jobId);
      return { status: 200, reason: null };
    });
    await clock.runUntil(() => told.length === 2, 60_000);
    expect(told[0]).toBe(meanwhile);
    const again = courier(ledger, clock, [], async (_, delivery) => {
      told.push(delivery.jobId);
      return { status: 200, reason: null };
    });
    await again.stop();
    expect(told).toHaveLength(2);
    ledger.service.webhooks.remove(id);
    expect(ledger.service.deliveries.ofWebhook(id, 5)).toEqual([]);
  });
});

describe('the routes of webhooks', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
    open.push(() => server.close());
  });

  it.each([
    { url: 'https://hook.example/', event: ['jobs.events.failed'] },
    { url: 'https://hook.example/', tenant: '../other' },
    { url: 'http://127.0.0.1/' },
    { url: 'http://2130706433/' },
    { url: 'http://169.254.169.254/latest/' },
    { url: 'http://[::1]/' },
    { url: 'http://app.localhost/' },
  ])('make none of %j', async (body) => {
    const answer = await server.call(server.token(['admin']), 'POST', '/api/v1/webhooks', body);
    expect([answer.status, server.ledger.service.webhooks.list(null)]).toEqual([400, []]);
  });

  it('make one (its secret is shown once), test it, list what it was told, send again, and delete it with its deliveries', async () => {
    const admin = server.token(['admin']);
    const made = await server.call(admin, 'POST', '/api/v1/webhooks', { url: 'https://hook.example/x' });
    expect(made.status).toBe(201);
    const { webhook, secret } = (await made.json()) as { webhook: { id: string }; secret: string };
    expect(secret).toMatch(/^whsec_/);
    const list = await (await server.call(admin, 'GET', '/api/v1/webhooks')).text();
    expect(list).toContain(webhook.id);
    expect(list).not.toContain(secret);
    const path = `/api/v1/webhooks/${webhook.id}`;
    const test = await server.call(admin, 'POST', `${path}/test`);
    expect(test.status).toBe(202);
    const { id } = (await test.json()) as { id: string };
    const { deliveries } = server.ledger.service;
    deliveries.tried(id, { status: 500, reason: null, nextAt: null });
    const state = async () =>
      (
        (await (await server.call(admin, 'GET', `${path}/deliveries`)).json()) as { deliveries: { state: string }[] }
      ).deliveries.map((one) => one.state);
    expect(await state()).toEqual(['failed']);
    expect((await server.call(admin, 'POST', `${path}/deliveries/${id}/redeliver`)).status).toBe(202);
    expect(await state()).toEqual(['waiting']);
    expect((await server.call(admin, 'DELETE', path)).status).toBe(204);
    expect((await server.call(admin, 'GET', `${path}/deliveries`)).status).toBe(404);
    expect(deliveries.byId(id)).toBeNull();
    expect(server.logged.join('\n')).toContain('webhook-deleted');
    expect(server.logged.join('\n')).not.toContain(secret);
  });

  it('change the secret: during the overlap each message is signed with both, after it with the new one, and nobody is told the earlier one', async () => {
    const { got, host, url } = await receiver(204);
    let ahead = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
    await server.close();
    server = await startTestServer({ clock, config: { webhookHosts: [host] } });
    courier(server.ledger, clock, [host]);
    const admin = server.token(['admin']);
    type Made = { webhook: { id: string; earlierSecretUntil: string | null }; secret: string };
    const post = async (path: string, body: unknown) =>
      (await (await server.call(admin, 'POST', path, body)).json()) as Made;
    const first = await post('/api/v1/webhooks', { url });
    const path = `/api/v1/webhooks/${first.webhook.id}`;
    const signedBy = async (): Promise<string[]> => {
      const before = got.length;
      failedJob(server.ledger);
      await expect.poll(() => got.length).toBe(before + 1);
      const { headers, body } = got[before] as Got;
      const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      const names = { first: first.secret, second: second?.secret ?? '', third: third?.secret ?? '' };
      return String(headers['webhook-signature'])
        .split(' ')
        .map((signature) => {
          const by = Object.entries(names).find(([, secret]) => {
            const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
            return signature === `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
          });
          return by?.[0] ?? 'nobody';
        });
    };
    let second: Made | null = null;
    let third: Made | null = null;
    expect(await signedBy()).toEqual(['first']);

    second = await post(`${path}/secret`, { overlapSeconds: 3600 });
    expect(second.webhook.earlierSecretUntil).not.toBeNull();
    expect(await signedBy()).toEqual(['second', 'first']);
    ahead += 1800_000;
    third = await post(`${path}/secret`, {});
    expect(await signedBy()).toEqual(['third', 'second', 'first']);
    // The first one's hour is over; the second has a day.
    ahead += 1801_000;
    expect(await signedBy()).toEqual(['third', 'second']);
    ahead += 86_400_000;
    expect(await signedBy()).toEqual(['third']);
    const list = await (await server.call(admin, 'GET', '/api/v1/webhooks')).text();
    expect(JSON.parse(list)).toMatchObject({ webhooks: [{ earlierSecretUntil: null }] });
    for (const { secret } of [first, second, third]) expect(list + server.logged.join()).not.toContain(secret);
    expect(server.logged.join('\n')).toContain('webhook-secret-changed');
  });

  it('change a stolen secret at once: with an overlap of 0 no earlier one signs any more', async () => {
    const admin = server.token(['admin']);
    const made = await server.call(admin, 'POST', '/api/v1/webhooks', { url: 'https://hook.example/x' });
    const { webhook } = (await made.json()) as { webhook: { id: string } };
    const change = (body: unknown) => server.call(admin, 'POST', `/api/v1/webhooks/${webhook.id}/secret`, body);
    const secretOf = async (answer: Response) => ((await answer.json()) as { secret: string }).secret;
    await change({});
    const secret = await secretOf(await change({ overlapSeconds: 0 }));
    const row = server.ledger.service.webhooks.byId(webhook.id);
    expect(row).toMatchObject({ secret, earlier: [] });
    expect((await change({ overlapSeconds: 604_801 })).status).toBe(400);
    expect((await change({ overlapSeconds: -1 })).status).toBe(400);
    expect(server.ledger.service.webhooks.byId(webhook.id)).toEqual(row);
  });

  it.each(['ftp://hook.example/', 'javascript:alert(1)', 'https://user:word@hook.example/', 'hook'])(
    'refuse the address %s',
    async (url) => {
      const refused = await server.call(server.token(['admin']), 'POST', '/api/v1/webhooks', { url });
      expect(refused.status).toBe(400);
    },
  );
});
