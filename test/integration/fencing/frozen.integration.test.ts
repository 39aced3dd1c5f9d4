import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startNatsServer } from '../../../engine/bus/index.ts';
import { type Clock, newJobId, silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { natsBinary } from '../../conformance/nats-binary.ts';
import { ACK_WAIT, startOneEngine } from './one-engine.ts';

/** The second engine's looks come sooner by this factor, so that a lease of a minute has lapsed in seconds. */
const HURRY = 20;
const hurried: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / HURRY, signal),
  after: (ms, run) => systemClock.after(ms / HURRY, run),
};
const PATIENCE = { timeout: 90_000, interval: 50 };

/** True while a process stands still by a signal. */
function isStopped(pid: number): boolean {
  return /^\d+ \(.*\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Every object of a job, by path, as the hash of its bytes. */
function objectsOf(folder: string, jobId: string): Record<string, string> {
  const root = join(folder, 'store/scanner-artifacts', jobId);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    // What is being written has no place yet.
    (entry) => entry.isFile() && !entry.name.startsWith('.'),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return Object.fromEntries(
    paths.map((path) => [path.slice(root.length), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

it.each([
  ['an object of a cell', 'cell'],
  ['the report', 'report'],
  ['a message in hand', 'message'],
])(
  'N5 an engine that froze (SIGSTOP) past ack_wait in the middle of %s, and wakes when another one has finished its job, changes nothing of it',
  async (_, place) => {
    const folder = mkdtempSync(join(tmpdir(), 'stageflow-frozen-'));
    const directory = join(folder, 'nats');
    const nats = await startNatsServer({ binary: natsBinary(), directory, clock: systemClock, log: silentLog });
    const queue = { url: nats.url, token: nats.token };
    const jobId = newJobId(Date.now());
    const script = join(import.meta.dirname, 'freezing-engine.ts');
    const first = spawn(process.execPath, [script, folder, queue.url, queue.token, jobId, place], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise<number | null>((resolve) => first.once('close', resolve));
    let said = '';
    first.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    onTestFinished(async () => {
      first.kill('SIGKILL');
      await gone;
      await nats.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    await expect.poll(() => first.exitCode !== null || isStopped(first.pid ?? 0), PATIENCE).toBe(true);
    expect(first.exitCode).toBeNull();
    const frozenAt = Date.now();

    const second = await startOneEngine({ folder, queue, node: 'second', clock: hurried, engine: { recover: true } });
    onTestFinished(() => second.close());
    await expect.poll(() => second.ledger.job(jobId)?.state, PATIENCE).toBe('DONE');
    const record = async () => (await second.bus.records.get(jobId))?.record;
    await expect.poll(record, PATIENCE).toMatchObject({ state: 'DONE', owner: null });
    await expect.poll(() => Date.now() - frozenAt, PATIENCE).toBeGreaterThan(2 * ACK_WAIT);
    const asItIs = async () => ({
      job: second.ledger.job(jobId),
      events: second.ledger.events(jobId),
      view: second.engine.view(jobId),
      objects: objectsOf(folder, jobId),
      record: await record(),
    });
    const before = await asItIs();
    expect(before.job).toMatchObject({ state: 'DONE', attempt: 2 });
    expect(isStopped(first.pid ?? 0)).toBe(true);

    first.kill('SIGCONT');
    expect(await gone).toBe(0);
    expect(said).toBe('woken\n');
    expect(await asItIs()).toEqual(before);
    const completed = before.events.find(({ type }) => type === 'jobs.events.completed');
    expect(completed?.data).toMatchObject({ report: { sha256: before.objects['/report.json'] } });
  },
  240_000,
);
