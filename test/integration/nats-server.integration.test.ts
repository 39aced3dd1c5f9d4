import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { natsBinary } from '../conformance/nats-binary.ts';
import { createdEvent, specOf } from '../conformance/events.ts';
import { ORCHESTRATOR_DURABLES, subjectsOf } from '../../engine/event/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { createLog, silentLog, systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { type Bus, connectJetStreamBus, type NatsServer, startNatsServer, STREAMS } from '../../engine/bus/index.ts';
import { rawClient } from '../../engine/bus/test/raw-client.ts';
import { commandLine, endServer } from '../../engine/bus/server-process.ts';

const folders: string[] = [];
const servers: NatsServer[] = [];
const buses: Bus[] = [];

const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'stageflow-nats-'));
  folders.push(made);
  return made;
};
const start = async (directory = folder()) => {
  const server = await startNatsServer({ binary: natsBinary(), directory, clock: systemClock, log: silentLog });
  servers.push(server);
  return { server, directory };
};
const busOf = async (
  server: { url: string; token: string },
  more: Partial<Parameters<typeof connectJetStreamBus>[0]> = {},
) => {
  const bus = await connectJetStreamBus({
    url: server.url,
    token: server.token,
    node: 'main',
    engineId: 'e1',
    clock: systemClock,
    log: silentLog,
    onPoison: async () => {},
    ...more,
  });
  buses.push(bus);
  await bus.prepare();
  return bus;
};
const patience = { timeout: 20_000, interval: 20 };

afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.close();
  for (const server of servers.splice(0)) await server.stop();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('nats-server child', () => {
  it('N15 listens on loopback alone and lets nobody in without the token', async () => {
    const { server } = await start();
    expect(server.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
    await expect(rawClient({ url: server.url, token: '' })).rejects.toThrow(/authorization/i);
    await expect(rawClient({ url: server.url, token: 'guess' })).rejects.toThrow(/authorization/i);
    const port = Number(new URL(server.url).port);
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    const listening = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .filter((row) => row.includes(`:${hex} 00000000:0000 0A`));
    expect(listening.map((row) => row.trim().split(/\s+/)[1])).toEqual([`0100007F:${hex}`]);
  });

  it('keeps its token in files of its owner alone and off its command line', async () => {
    const { server, directory } = await start();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of ['nats.conf', 'nats.json']) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    expect(commandLine(server.pid() as number)).not.toContain(server.token);
  });

  it('N1 writes through to the disk before it answers', async () => {
    const { server, directory } = await start();
    expect(server.reducedDurability).toBe(false);
    expect(readFileSync(join(directory, 'nats.conf'), 'utf8')).toContain('sync_interval: always');
  });

  it('N1 says reduced durability of a 2.9 and leaves out the key that it would refuse', async () => {
    const directory = folder();
    const binary = join(directory, 'nats-server');
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo "nats-server: v2.9.10" && exit 0\nexec ${natsBinary()} "$@"\n`;
    writeFileSync(binary, script, { mode: 0o700 });
    const lines: string[] = [];
    const log = createLog('warn', (line) => void lines.push(line));
    const server = await startNatsServer({ binary, directory, clock: systemClock, log });
    servers.push(server);
    expect(server).toMatchObject({ version: '2.9.10', reducedDurability: true });
    expect(readFileSync(join(directory, 'nats.conf'), 'utf8')).not.toContain('sync_interval');
    expect(lines.filter((line) => line.includes('reduced durability'))).toHaveLength(1);
  });

  it('N2 is started again after kill -9 on the same address; nothing stored is lost, nothing is stored twice', async () => {
    const { server } = await start();
    const bus = await busOf(server);
    const events = Array.from({ length: 1_000 }, (_, n) => createdEvent(`j${n}`));
    for (const event of events) await bus.publish(event);
    const before = server.pid() as number;
    process.kill(before, 'SIGKILL');
    const again = async (n: number): Promise<boolean> => {
      try {
        return (await bus.publish(events[n] as (typeof events)[number])).duplicate;
      } catch {
        return again(n);
      }
    };
    const duplicates: boolean[] = [];
    for (let n = 0; n < events.length; n += 1) duplicates.push(await again(n));
    expect(duplicates.filter(Boolean)).toHaveLength(1_000);
    expect(server.pid()).not.toBe(before);
  });

  it('keeps the contract’s streams by limits, with exactly their subjects', async () => {
    const { server } = await start();
    await busOf(server);
    const raw = await rawClient(server);
    for (const spec of STREAMS) {
      const stored = await raw.stream(spec.name);
      expect(stored).toMatchObject({
        retention: 'limits',
        storage: 'file',
        max_age: spec.maxAge * 1e6,
        max_bytes: 2 ** 30,
        max_msg_size: 256 * 1024,
        duplicate_window: 24 * 3_600 * 1e9,
      });
      expect(stored.subjects.toSorted()).toEqual([...subjectsOf(spec.name)].toSorted());
    }
    await raw.close();
  });

  it('keeps them for as long and as much as the settings say, also after they were made with others', async () => {
    const { server } = await start();
    await (await busOf(server)).close();
    await busOf(server, { streams: { days: 0.5, bytes: 2 ** 25 } });
    const raw = await rawClient(server);
    for (const { name } of STREAMS) {
      const hours = 12 * 3_600 * 1e9;
      expect(await raw.stream(name)).toMatchObject({ max_age: hours, max_bytes: 2 ** 25, duplicate_window: hours });
    }
    await raw.close();
  });

  it.each([0, 50, 250, 1000])(
    'N3 what was acked and comes again after kill -9, %i ms later, changes nothing in the ledger',
    async (delay) => {
      const { server } = await start();
      const bus = await busOf(server);
      const ledger = openLedger({ path: ':memory:', clock: systemClock, nextState });
      const deliveries = new Map<string, number>();
      await bus.consume(ORCHESTRATOR_DURABLES[0] as (typeof ORCHESTRATOR_DURABLES)[number], async (event) => {
        deliveries.set(event.jobId, (deliveries.get(event.jobId) ?? 0) + 1);
        ledger.receive(event);
      });
      for (let n = 0; n < 100; n += 1)
        await bus.publish(ledger.createJob({ id: `j${n}`, spec: specOf('urls'), parent: null }));
      await vi.waitFor(() => expect(deliveries.size).toBe(100), patience);
      const before = ledger.jobs();
      await systemClock.sleep(delay);
      process.kill(server.pid() as number, 'SIGKILL');
      const last = ledger.createJob({ id: 'last', spec: specOf('urls'), parent: null });
      await vi.waitFor(async () => expect(await bus.publish(last)).toBeDefined(), patience);
      await vi.waitFor(() => expect(deliveries.get('last')).toBe(1), patience);
      expect(ledger.jobs().filter((job) => job.id !== 'last')).toEqual(before);
      expect(await bus.deadLetters()).toEqual([]);
      ledger.close();
    },
  );

  it('lets a reader read on by itself after kill -9 of the server', async () => {
    const { server } = await start();
    const bus = await busOf(server);
    const read = new Set<string>();
    await bus.consume(
      ORCHESTRATOR_DURABLES[0] as (typeof ORCHESTRATOR_DURABLES)[number],
      async (event) => void read.add(event.jobId),
    );
    await bus.publish(createdEvent('a'));
    await vi.waitFor(() => expect(read).toContain('a'), patience);
    process.kill(server.pid() as number, 'SIGKILL');
    await vi.waitFor(async () => expect(await bus.publish(createdEvent('b'))).toBeDefined(), patience);
    await vi.waitFor(() => expect(read).toContain('b'), patience);
  });

  it('is adopted by the next engine when it survived its own', async () => {
    const directory = folder();
    const { server } = await start(directory);
    const next = await startNatsServer({ binary: natsBinary(), directory, clock: systemClock, log: silentLog });
    expect(next.adopted).toBe(true);
    expect([next.url, next.token, next.pid()]).toEqual([server.url, server.token, server.pid()]);
    const bus = await busOf(next);
    await bus.publish(createdEvent('a'));
    expect(await bus.healthy()).toBe(true);
  });

  it('ends a survivor whose token does not answer, and starts anew', async () => {
    const directory = folder();
    const { server } = await start(directory);
    const old = server.pid() as number;
    const state = JSON.parse(readFileSync(join(directory, 'nats.json'), 'utf8')) as { token: string };
    writeFileSync(join(directory, 'nats.json'), JSON.stringify({ ...state, token: 'x'.repeat(64) }));
    const next = await startNatsServer({ binary: natsBinary(), directory, clock: systemClock, log: silentLog });
    servers.unshift(next);
    expect(next.adopted).toBe(false);
    expect(commandLine(old) ?? '').not.toContain('nats.conf');
    expect(next.pid()).not.toBe(old);
  });

  it('leaves a stranger alone whose process number is in an old state file', async () => {
    const directory = folder();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    const left = { pid: stranger.pid, port: 1, token: 'x'.repeat(64), version: '2.14.5' };
    writeFileSync(join(directory, 'nats.json'), JSON.stringify(left));
    await endServer(stranger.pid as number, join(directory, 'nats.conf'), systemClock);
    const { server } = await start(directory);
    expect(server.adopted).toBe(false);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill('SIGKILL');
  });

  it('leaves neither a process nor a secret behind when it is stopped', async () => {
    const { server, directory } = await start();
    const pid = server.pid() as number;
    await server.stop();
    expect(commandLine(pid) ?? '').not.toContain('nats.conf');
    expect(existsSync(join(directory, 'nats.json'))).toBe(false);
    expect(existsSync(join(directory, 'nats.conf'))).toBe(false);
  });

  it('says which server is missing when the binary is none', async () => {
    const start = startNatsServer({ binary: '/bin/false', directory: folder(), clock: systemClock, log: silentLog });
    await expect(start).rejects.toMatchObject({ code: 'nats_missing' });
  });
});
