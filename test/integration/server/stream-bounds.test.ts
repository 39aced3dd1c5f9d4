import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../engine/kernel/index.ts';
import { hashSecret } from '../../../server/auth/principal.ts';
import { listen } from '../../../server/listen/listen.ts';
import { BUFFER_BYTES } from '../../../server/sse/client.ts';
import { openHub } from '../../../server/sse/hub.ts';
import { liveOf } from '../../../server/sse/live.ts';
import { createVirtualClock, type VirtualClock } from '../../simulation/virtual-clock.ts';
import { startTestServer, type TestServer } from './harness.ts';
import { recorded, scriptedJob } from './stream-jobs.ts';
import { readStream } from './stream-reader.ts';

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const start = async (clock: VirtualClock = createVirtualClock()) => {
  const started = await startTestServer({ pods: 'frozen', clock });
  server = started;
  const { hub } = liveOf(started.services);
  const open = async (token: string, path = '/api/v1/stream', headers: Record<string, string> = {}) =>
    readStream(await started.call(token, 'GET', path, undefined, headers));
  /** Lets the hub hand out, and streams pass on, what was recorded. */
  const settle = async () => {
    for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...started, hub, clock, open, settle, pass: (ms: number) => clock.runUntil(() => false, ms) };
};

describe('A8 a reader that stands still', () => {
  it('holds at most 64 KiB, is ended when it does not catch up, and goes on by position without a gap', async () => {
    const { ledger, hub, open, settle, token, pass } = await start();
    const job = scriptedJob(ledger);
    const from = ledger.positions().newest;
    const [slow, quick] = [await open(token(['read'])), await open(token(['read']))];
    for (const stream of [slow, quick]) await stream.until((frames) => frames.length === 1);
    for (let n = 0; n < 40; n += 1) {
      job.visit(n, 1, 10_000);
      await settle();
      await quick.until((frames) => Number(frames.at(-1)?.id) === ledger.positions().newest);
      if (n % 10 === 9 && n < 20) {
        await slow.chunk();
        await pass(15_000);
      }
    }
    const before = slow.text().length;
    await slow.toEnd();
    expect(slow.text().length - before).toBeLessThanOrEqual(BUFFER_BYTES);
    expect(slow.text().length - before).toBeGreaterThan(BUFFER_BYTES / 2);
    const last = slow.frames.at(-1)?.id ?? '';
    const again = await open(token(['read']), '/api/v1/stream', { 'last-event-id': last });
    const rest = await again.until((frames) => Number(frames.at(-1)?.id) === ledger.positions().newest);
    const ids = [...slow.frames.slice(1), ...rest].map(({ id }) => Number(id));
    expect(ids).toEqual(recorded(ledger, from).map((line) => Number(line.split(' ')[0])));
    await again.cancel();
    await quick.cancel();
    await pass(15_000);
    expect(hub.open).toBe(0);
  });

  it('is not taken for one by a burst that is larger than its buffer', async () => {
    const { ledger, open, settle, token } = await start();
    const job = scriptedJob(ledger);
    const from = ledger.positions().newest;
    const stream = await open(token(['read']));
    await stream.until((frames) => frames.length === 1);
    job.visit(0, 600);
    await settle();
    await stream.until((frames) => Number(frames.at(-1)?.id) === ledger.positions().newest);
    expect(stream.frames.slice(1).map(({ id }) => Number(id))).toEqual(
      recorded(ledger, from).map((line) => Number(line.split(' ')[0])),
    );
    await stream.cancel();
  });

  it('is cut off, and forgotten, when it has read nothing between two heartbeats', async () => {
    const { ledger, hub, open, settle, token, pass } = await start();
    const job = scriptedJob(ledger);
    const [still, never, ended] = [
      await open(token(['read'])),
      await open(token(['read'])),
      await open(token(['read'])),
    ];
    await still.until((frames) => frames.length === 1);
    await ended.until((frames) => frames.length === 1);
    job.visit(0, 60, 9_000);
    await settle();
    await pass(30_000);
    expect(hub.open).toBe(0);
    for (const stream of [still, never, ended]) await expect(stream.toEnd()).rejects.toThrow('stood still');
  });

  it('that catches up is fed no faster than it reads, and nobody else waits for it', async () => {
    const { ledger, open, settle, token } = await start();
    const job = scriptedJob(ledger);
    const from = ledger.positions().newest;
    job.visit(0, 300, 3_000);
    const slow = await open(token(['read']), '/api/v1/stream', { 'last-event-id': `${from}` });
    await settle();
    const quick = await open(token(['read']), '/api/v1/stream', { 'last-event-id': `${from}` });
    const all = recorded(ledger, from).length;
    await quick.until((frames) => frames.length === all);
    // What it finds now waited for it; the rest is read from the history only as it goes on.
    let waited = 0;
    for (let pieces = 0; pieces < 60; pieces += 1) waited += (await slow.chunk())?.byteLength ?? 0;
    expect(waited).toBeGreaterThan(BUFFER_BYTES);
    expect((await slow.until((frames) => frames.length === all)).map(({ id }) => id)).toEqual(
      quick.frames.map(({ id }) => id),
    );
    await Promise.all([slow.cancel(), quick.cancel()]);
  });

  it('over TCP loses its connection', async () => {
    const { app, ledger, hub, token, settle } = await start();
    const { config, log } = (server as TestServer).services;
    const listener = await listen({
      app,
      config: { ...config, port: 0 },
      clock: systemClock,
      log,
      limits: { unreadMs: 400 },
    });
    const job = scriptedJob(ledger);
    const socket = connect(listener.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.pause();
    socket.write(
      `GET /api/v1/stream HTTP/1.1\r\nhost: 127.0.0.1:${listener.port}\r\nauthorization: Bearer ${token(['read'])}\r\n\r\n`,
    );
    while (hub.open === 0) await settle();
    for (let n = 0; hub.open > 0 && n < 500; n += 1) {
      job.visit(n, 1, 90_000);
      await systemClock.sleep(5);
    }
    const patience = systemClock.now() + 10_000;
    while (hub.open > 0 && systemClock.now() < patience) await systemClock.sleep(20);
    expect(hub.open).toBe(0);
    socket.resume();
    await closed;
    await listener.close(0);
  });
});

describe('A8 limits', () => {
  it('lets a token have 10 streams, and another as soon as one is given back', async () => {
    const { open, token, call, hub, settle } = await start();
    const mine = token(['read']);
    const streams = await Promise.all(Array.from({ length: 10 }, () => open(mine)));
    const refused = await call(mine, 'GET', '/api/v1/stream');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await open(token(['read']));
    await streams[0]?.cancel();
    const next = await open(mine);
    expect(hub.open).toBe(11);
    await Promise.all([...streams.slice(1), other, next].map((stream) => stream.cancel()));
    await settle();
    expect(hub.open).toBe(0);
  });

  it('sends a heartbeat every 15 s to everybody, from one timer', async () => {
    const clock = createVirtualClock();
    let pending = 0;
    const counting: VirtualClock = {
      ...clock,
      after: (ms, run) => {
        pending += 1;
        const timer = clock.after(ms, () => {
          pending -= 1;
          run();
        });
        let over = false;
        return {
          cancel: () => {
            if (!over) pending -= 1;
            over = true;
            timer.cancel();
          },
        };
      },
    };
    const { open, token, pass } = await start(counting);
    const streams = await Promise.all(Array.from({ length: 30 }, () => open(token(['read']))));
    for (const stream of streams) await stream.until((frames) => frames.length === 1);
    expect(pending).toBe(1);
    const began = clock.now();
    for (let beats = 1; beats <= 3; beats += 1) {
      const reading = Promise.all(streams.map((stream) => stream.chunk()));
      await pass(15_000);
      for (const chunk of await reading) expect(new TextDecoder().decode(chunk)).toBe(': beat\n\n');
    }
    expect(clock.now() - began).toBeLessThanOrEqual(45_000);
    await Promise.all(streams.map((stream) => stream.cancel()));
    expect(pending).toBe(0);
  });

  it('ends the streams of a token within 5 s of its being revoked or expiring', async () => {
    const { open, token, ledger, pass, hub, clock } = await start();
    const other = await open(token(['read']));
    const text = token(['read']);
    const revoked = await open(text);
    const id = ledger.service.tokens.byHash(hashSecret(text))?.id ?? '';
    ledger.service.tokens.add(
      { id: 'tok_brief', name: 'brief', tenant: 'team', scopes: ['read'], expiresAt: clock.now() + 20_000 },
      hashSecret('sf_brief'),
    );
    const expiring = await open('sf_brief');
    for (const stream of [other, revoked, expiring]) await stream.until((frames) => frames.length === 1);
    await pass(10_000);
    expect(hub.open).toBe(3);
    ledger.service.tokens.revoke(id);
    await pass(5_000);
    await revoked.toEnd();
    await pass(10_000);
    await expiring.toEnd();
    expect(hub.open).toBe(1);
    await other.cancel();
  });

  it('keeps the stream of the machine’s owner open, who needs no token', async () => {
    const { app, hub, pass } = await start();
    const request = new Request('http://127.0.0.1:7070/api/v1/stream');
    const stream = readStream(await app.fetch(request, { address: null, owner: true }));
    await stream.until((frames) => frames.length === 1);
    await pass(20_000);
    expect(hub.open).toBe(1);
    await stream.cancel();
  });
});

describe('a client that leaves', () => {
  it('leaves no listener, timer or place behind, whether it goes at once, later, or never reads', async () => {
    const { ledger, engine, services, clock, pass } = await start();
    let listeners = 0;
    const counted = {
      ...ledger,
      onCommit: (listen: Parameters<typeof ledger.onCommit>[0]) => {
        listeners += 1;
        const stop = ledger.onCommit(listen);
        return () => {
          listeners -= 1;
          stop();
        };
      },
    };
    const hub = openHub({
      engine: { ledger: counted, ended: engine.ended },
      clock,
      log: services.log,
      streamsPerToken: 100,
    });
    ledger.service.tokens.add({ id: 't', name: 't', tenant: 'team', scopes: ['read'], expiresAt: null }, 'h');
    const subscription = { tokenId: 't', tenant: 'team', jobs: null, from: 0, endsWith: null };
    for (let round = 0; round < 3; round += 1) {
      const bodies = Array.from({ length: 20 }, () => hub.begin(subscription, null));
      expect({ listeners, open: hub.open }).toEqual({ listeners: 1, open: 20 });
      for (const body of bodies.slice(0, 10)) await body.cancel();
      const readers = bodies.slice(10, 15).map((body) => body.getReader());
      for (const reader of readers) {
        await reader.read();
        await reader.cancel();
      }
      expect(hub.open).toBe(5);
      await pass(30_000);
      expect({ listeners, open: hub.open }).toEqual({ listeners: 0, open: 0 });
    }
  });

  it('is not waited for when it asked for the headers alone', async () => {
    const { hub, call, token } = await start();
    const response = await call(token(['read']), 'HEAD', '/api/v1/stream');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(hub.open).toBe(0);
  });
});

it('ends all streams when the server stops, so that clients come again', async () => {
  const { hub, open, token, call } = await start();
  const streams = await Promise.all(Array.from({ length: 5 }, () => open(token(['read']))));
  for (const stream of streams) await stream.until((frames) => frames.length === 1);
  hub.close();
  for (const stream of streams) await stream.toEnd();
  expect(hub.open).toBe(0);
  expect((await call(token(['read']), 'GET', '/api/v1/stream')).status).toBe(503);
});
