import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createProcessRuntime, exitFailure } from '../../../engine/pod/index.ts';
import { processRow } from '../../../engine/pod/process-table.ts';
import type { PodRuntime, ProcessRuntimeOptions } from '../../../engine/pod/index.ts';
import type { ContainerMessage } from '../../../engine/scanner/index.ts';
import { handlersOf } from './pair.ts';
import { planFor, program } from './programs.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'process-runtime-'));
});
afterEach(() => {
  expect(readdirSync(folder), 'temporary folders left behind').toEqual([]);
  rmSync(folder, { recursive: true });
});

const runner = (body: string) => ({ runner: program(body, ROOT) });
const runtimeOf = (programs: ProcessRuntimeOptions['programs']): PodRuntime =>
  createProcessRuntime({ engineId: 'e1', folder, ...(programs ? { programs } : {}) });
const tell = (value: string) => `await engine.send({ type: 'fatal', code: 'internal', reason: String(${value}) });`;

/** Starts a runner and waits for what it says first. */
async function startAndHear(body: string) {
  const pod = await runtimeOf(runner(body)).create(planFor('e1', 'none'));
  const heard: Promise<string> = new Promise((resolve) => {
    const message = async (message: ContainerMessage) => {
      if (message.type === 'fatal') resolve(message.reason);
      return { skip: false };
    };
    started = pod.start('runner', handlersOf({ message, next: () => new Promise(() => undefined) }));
  });
  return { pod, said: await heard, container: await started };
}
let started: ReturnType<Awaited<ReturnType<PodRuntime['create']>>['start']>;

const alive = (pid: number): boolean => processRow(pid) !== null;

test.each(['extractor', 'runner'] as const)(
  'the %s says that it lives while it waits for its assignment, however long that takes',
  async (role) => {
    const pod = await runtimeOf(undefined).create(planFor('e1', 'none', { source: 'zip' }));
    const asked = Promise.withResolvers<void>();
    const beat = Promise.withResolvers<void>();
    const handlers = handlersOf({
      assignment: () => {
        asked.resolve();
        return new Promise(() => undefined);
      },
      message: async ({ type }) => {
        if (type === 'heartbeat') beat.resolve();
        return { skip: false };
      },
    });
    const container = await pod.start(role, handlers);
    await Promise.all([asked.promise, beat.promise]);
    await pod.remove();
    expect(await container.exited).toMatchObject({ asked: true });
  },
);

test('U16 a process gets a channel and a home of its own and nothing of our environment', async () => {
  process.env.STAGEFLOW_CANARY_TOKEN = 'canary';
  const { pod, said, container } = await startAndHear(`
    console.log('a stray print');
    ${tell(`JSON.stringify({ names: Object.keys(process.env), home: process.env.HOME, cwd: process.cwd() })`)}
    await engine.close(); endProcess(3);`);
  delete process.env.STAGEFLOW_CANARY_TOKEN;
  const seen = JSON.parse(said);
  expect(seen.names).not.toContain('STAGEFLOW_CANARY_TOKEN');
  expect(seen.names).not.toContain('STAGEFLOW_CHANNEL_FDS');
  expect(seen.home.startsWith(folder)).toBe(true);
  expect(seen.cwd).toBe(seen.home);
  const report = await container.exited;
  expect(report).toMatchObject({ exitCode: 3, asked: false });
  expect(report.stderr).toContain('a stray print');
  expect(exitFailure(report).code).toBe('pod_crashed');
  expect(pod.notes.join()).toContain('--isolation process');
  await pod.remove();
});

const GRANDCHILD = `
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });`;

test('removing a pod ends its processes, also those that left its process group', async () => {
  const { pod, said, container } = await startAndHear(`${GRANDCHILD} ${tell('child.pid')} for (;;) {}`);
  expect(alive(Number(said))).toBe(true);
  await pod.remove();
  expect(await container.exited).toMatchObject({ asked: true });
  await expect.poll(() => alive(Number(said))).toBe(false);
});

test('an engine killed with SIGKILL takes its processes along, and the next one removes their folder', async () => {
  const engine = spawn(process.execPath, [path.join(import.meta.dirname, 'process-engine.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(engine.stdout, 'data')) as [Buffer];
  const { runner: runnerPid, child } = JSON.parse(line.toString()) as { runner: number; child: number };
  expect([alive(runnerPid), alive(child)]).toEqual([true, true]);
  engine.kill('SIGKILL');
  await expect.poll(() => [alive(runnerPid), alive(child)], { timeout: 5000 }).toEqual([false, false]);
  const next = runtimeOf(undefined);
  expect(await next.reap(() => true)).toBe(0);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(await next.reap(() => false)).toBe(1);
});

test('reaping ends what a dead engine left running and leaves the processes of another engine alone', async () => {
  const { pod, said } = await startAndHear(`${GRANDCHILD} ${tell('child.pid')} await engine.next('page');`);
  expect(await createProcessRuntime({ engineId: 'e2', folder }).reap(() => false)).toBe(0);
  expect(alive(Number(said))).toBe(true);
  expect(await runtimeOf(undefined).reap(() => false)).toBe(1);
  await expect.poll(() => alive(Number(said))).toBe(false);
  await pod.remove();
});

test('reaping leaves what is not a pod alone', async () => {
  const other = path.join(folder, 'uploads');
  mkdirSync(other);
  expect(await runtimeOf(undefined).reap(() => false)).toBe(0);
  expect(readdirSync(folder)).toEqual(['uploads']);
  rmdirSync(other);
});

test('a process that takes more memory than it may is ended as pod_oom', async () => {
  const pod = await runtimeOf(
    runner('const kept = []; setInterval(() => kept.push(Buffer.alloc(32 * 2 ** 20, 1)), 20);'),
  ).create(planFor('e1', 'none', { memoryMiB: 300 }));
  const container = await pod.start('runner', handlersOf({}));
  expect(exitFailure(await container.exited).code).toBe('pod_oom');
  await pod.remove();
});
