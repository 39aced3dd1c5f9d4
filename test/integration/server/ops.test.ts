import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextState } from '../../../engine/fsm/index.ts';
import { createLog, newJobId, silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { openLedger } from '../../../engine/ledger/index.ts';
import { readConfig } from '../../../server/config-env.ts';
import { type Canary, judgeDisk, startCanaries } from '../../../server/ops/canary.ts';
import { assertDurable } from '../../../server/ops/durability.ts';
import { type Part, PARTS, pressureOf } from '../../../server/ops/health.ts';
import { createMetrics } from '../../../server/ops/metrics.ts';
import { listenForMetrics } from '../../../server/ops/metrics-port.ts';
import { prettyLine } from '../../../server/ops/server-log.ts';
import { specOf } from '../../conformance/events.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';
import { startTestServer, type TestServer } from './harness.ts';

const noFile = (path: string): string => {
  throw new Error(`no ${path}`);
};

describe('the settings of the environment', () => {
  it('are read by type, from a variable or a file; empty ones count as unset', () => {
    const { config, warnings } = readConfig(
      {
        STAGEFLOW_PORT: '8080',
        STAGEFLOW_TRUST_PROXY: 'true',
        STAGEFLOW_ALLOW_TARGETS: 'example.org, *.example.com,',
        STAGEFLOW_PUBLIC_URL_FILE: '/run/url',
        STAGEFLOW_HOST: '',
        STAGEFLOW_JOB_DAYS: '0.5',
        HOME: '/root',
      },
      (path) => (path === '/run/url' ? 'https://scan.example.org\n' : noFile(path)),
    );
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      trustProxy: true,
      allowTargets: ['example.org', '*.example.com'],
      publicUrl: 'https://scan.example.org',
      jobDays: 0.5,
    });
    expect(warnings).toEqual([]);
  });

  it.each([
    [{ STAGEFLOW_PORT: 'http' }, /STAGEFLOW_PORT/],
    [{ STAGEFLOW_PORT: '70000' }, /STAGEFLOW_PORT/],
    [{ STAGEFLOW_TRUST_PROXY: 'perhaps' }, /true or false/],
    [{ STAGEFLOW_PROXIES: '127.0.0.1,proxy' }, /STAGEFLOW_PROXIES/],
    [{ STAGEFLOW_PUBLIC_URL: 'scan.example.org' }, /STAGEFLOW_PUBLIC_URL/],
    [{ STAGEFLOW_PUBLIC_URL: 'https://example.org/scan' }, /scheme and host only/],
    [{ STAGEFLOW_PORT: '1', STAGEFLOW_PORT_FILE: '/x' }, /set one of them/],
    [{ STAGEFLOW_PORT_FILE: '/nowhere' }, /cannot be read/],
  ])('%j is refused as bad_option', (variables, words) => {
    const read = () => readConfig(variables as Record<string, string>, noFile);
    expect(read).toThrow(words);
    expect(read).toThrow(expect.objectContaining({ code: 'bad_option' }) as Error);
  });

  it('that nobody reads are told with the nearest name', () => {
    const { warnings } = readConfig({ STAGEFLOW_PUBLIK_URL: 'x', STAGEFLOW_COMPLETELY_ELSE: 'y' }, noFile);
    expect(warnings).toEqual([
      'STAGEFLOW_PUBLIK_URL means nothing here; did you mean STAGEFLOW_PUBLIC_URL?',
      'STAGEFLOW_COMPLETELY_ELSE means nothing here.',
    ]);
  });
});

describe('N9 the canaries', () => {
  const well: Canary = async () => null;
  const start = async (broken: Partial<Record<Part, Canary>>) => {
    const clock = createVirtualClock();
    const stopping = new AbortController();
    let restarts = 0;
    const canaries = { ...Object.fromEntries(PARTS.map((part) => [part, well])), ...broken } as Record<Part, Canary>;
    const starting = startCanaries({
      canaries,
      clock,
      log: silentLog,
      stopping: stopping.signal,
      restartQueue: () => void (restarts += 1),
    });
    let watch: Awaited<typeof starting> | null = null;
    void starting.then((started) => (watch = started));
    await clock.runUntil(() => watch !== null, 60_000);
    return { clock, stopping, watch: await starting, restarts: () => restarts };
  };

  it('refuse new work within ten seconds of a fault, by name, and take it again within a minute of its end', async () => {
    let full = false;
    const { clock, watch } = await start({ disk: async () => (full ? 'the disk is full' : null) });
    const pressed = () => pressureOf(watch.health());
    expect(pressed()).toBeNull();
    full = true;
    expect(await clock.runUntil(() => pressed() !== null, 10_000)).toBe(true);
    expect(pressed()).toEqual({ reason: 'its disk is full', retryAfterSeconds: 10 });
    full = false;
    expect(await clock.runUntil(() => pressed() === null, 60_000)).toBe(true);
    watch.stop();
  });

  it('take silence and exceptions for faults', async () => {
    const { watch } = await start({
      queue: () => new Promise(() => {}),
      store: async () => {
        throw new Error('no route to the store');
      },
    });
    expect(watch.health().parts.queue).toMatchObject({ ok: false, reason: 'queue did not answer within 4.5 s' });
    expect(watch.health().parts.store).toMatchObject({ ok: false, reason: 'no route to the store' });
    watch.stop();
  });

  it('keep what a fault says of this machine to the log', async () => {
    const { watch } = await start({
      store: async () => {
        throw new Error("ENOSPC: no space left on device, open '/srv/private/objects'");
      },
    });
    expect(watch.health().parts.store.reason).toContain('/srv/private');
    expect(pressureOf(watch.health())?.reason).toBe('its store does not take files');
    watch.stop();
  });

  it('have the queue started again when it stays dumb though the disk has room, and not while the disk is full', async () => {
    let full = true;
    const { clock, watch, restarts } = await start({
      queue: async () => 'dumb',
      disk: async () => (full ? 'full' : null),
    });
    await clock.runUntil(() => restarts() > 0, 120_000);
    expect(restarts()).toBe(0);
    full = false;
    expect(await clock.runUntil(() => restarts() > 0, 30_000)).toBe(true);
    watch.stop();
  });

  it('take nothing new once the server stops', async () => {
    const { stopping, watch } = await start({});
    stopping.abort();
    expect(watch.health()).toMatchObject({ ready: false, stopping: true });
    expect(pressureOf(watch.health())).not.toBeNull();
    watch.stop();
  });

  it.each([
    [100 * 2 ** 30, 6 * 2 ** 30, true],
    [100 * 2 ** 30, 4 * 2 ** 30, false],
    [10 * 2 ** 30, 2 ** 30 + 4096, true],
    [10 * 2 ** 30, 2 ** 30 - 4096, false],
  ])('of a disk of %i bytes with %i left: room %s', (size, left, room) => {
    expect(judgeDisk({ bsize: 4096, blocks: size / 4096, bavail: left / 4096 }) === null).toBe(room);
  });
});

it('N1 a queue of reduced durability is served on only when its owner says so', () => {
  const old = { server: '2.9.10', reducedDurability: true };
  expect(() => assertDurable(old, false)).toThrow(/2\.9\.10 can lose accepted jobs[^]*--allow-reduced-durability/);
  expect(() => assertDurable(old, true)).not.toThrow();
  expect(() => assertDurable({ server: '2.14.5', reducedDurability: false }, false)).not.toThrow();
});

describe('every answer', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ config: { publicUrl: 'https://scan.example.org' } });
  });
  afterAll(() => server.close());

  it('bears the security headers, HSTS behind TLS, whatever its status', async () => {
    for (const [path, status] of [
      ['/livez', 200],
      ['/nowhere', 404],
      ['/metrics', 401],
    ] as const) {
      const { headers, status: got } = await server.call('', 'GET', path);
      expect(got).toBe(status);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toContain('max-age');
    }
  });

  it('is one access line with the pattern of its route and none of what was in the address', async () => {
    const begun = server.logged.length;
    await server.call('', 'GET', '/s/a-very-secret-share-token/a/x.png?y=secret-too');
    await server.call('', 'BREW', '/api/v1/jobs/secret-three');
    const lines = server.logged.slice(begun).filter((line) => line.includes('"message":"request"'));
    expect(lines).toHaveLength(2);
    expect(lines.join('\n')).not.toContain('secret');
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ method: 'OTHER', status: 404 });
  });

  it('of the bare address leads whoever is not signed in to the page for that, which leads back', async () => {
    const bare = await server.call('', 'GET', '/');
    expect([bare.status, bare.headers.get('location')]).toEqual([303, '/signin']);
    const screen = await server.call('', 'GET', '/scan/01J/report?x=1');
    expect([screen.status, screen.headers.get('location')]).toEqual([
      303,
      '/signin?next=%2Fscan%2F01J%2Freport%3Fx%3D1',
    ]);
    const page = await server.call('', 'GET', '/signin');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(await page.text()).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
  });
});

describe('the metrics', () => {
  it('count every unfinished job, however many there are', async () => {
    const ledger = openLedger({ path: ':memory:', clock: systemClock, nextState });
    try {
      const metrics = createMetrics(systemClock);
      metrics.follow(ledger);
      for (let n = 0; n < 1_100; n += 1) ledger.createJob({ id: newJobId(), spec: specOf('urls'), parent: null });
      expect(await metrics.page()).toContain('stageflow_jobs{state="PENDING"} 1100\n');
    } finally {
      ledger.close();
    }
  });

  it('are given on loopback without a token, to the right name only', async () => {
    const metrics = createMetrics(systemClock);
    metrics.answered({ method: 'GET', pattern: '/s/:token', status: 200, ms: 3 });
    const { port, close } = await listenForMetrics(0, metrics.page);
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
      expect(await answer.text()).toContain('route="/s/:token",status="200"} 1');
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    } finally {
      await close();
    }
  });
});

describe('the log for eyes', () => {
  it('shows the fields and lets nothing in them move a cursor', () => {
    const lines: string[] = [];
    createLog('info', (line) => lines.push(line)).warn('a\u001b[2Jb', { about: 'x\r\ny\u001b]0;z\u009b2J' });
    expect(prettyLine(lines[0] ?? '')).not.toMatch(/[\r\n\u009b]|\u001b\[2J|\u001b\]/);
  });
});
