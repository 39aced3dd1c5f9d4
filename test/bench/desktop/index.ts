/**
 * What the desktop app takes: `npm run bench:desktop`.
 * Starts main and the engine's process in the stand-in for Electron, without a screen: how soon the engine answers, and what twenty jobs over real pods leave
 * behind in either process. Ends with 1 when a bound is missed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { type RunningApp, startApp } from '../../desktop/app.ts';

const JOBS = 20;
const STARTS = 5;
/** Milliseconds until the engine answers, the best of the starts; growth from the second job to the last one. */
const BOUNDS = { readyMs: 800, handles: 2, descriptors: 4, heapMiB: 8 } as const;
const ZIP = readFileSync(join(import.meta.dirname, '../../sites/shop.zip'));

const host = (app: RunningApp) => app.world.hosts.at(-1)?.pid ?? 0;
const resident = (pid: number) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);

/** Both processes as they are now. The heap is told after a collection where Node was started with --expose-gc. */
function look(app: RunningApp) {
  (globalThis as { gc?: () => void }).gc?.();
  return {
    main: resident(process.pid),
    heap: process.memoryUsage().heapUsed / 2 ** 20,
    handles: process.getActiveResourcesInfo().length,
    engine: resident(host(app)),
    descriptors: readdirSync(`/proc/${host(app)}/fd`).length,
  };
}

async function scan(app: RunningApp): Promise<void> {
  const options = JSON.stringify({ modules: ['seo'], maxPages: 2 });
  const answer = await app.ask('/api/v1/jobs/zip?filename=shop.zip', {
    method: 'POST',
    headers: { 'content-type': 'application/zip', 'x-stageflow-options': options },
    body: ZIP,
  });
  if (answer.status !== 202) throw new Error(`a job was refused: ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  await (await app.ask(`/api/v1/jobs/${id}/stream`)).text();
}

async function end(app: RunningApp): Promise<void> {
  app.world.answer = () => 'Quit';
  await app.quit();
}

const starts: number[] = [];
for (let turn = 0; turn < STARTS; turn += 1) {
  const one = await startApp(null);
  await one.ready();
  // Its first word is that it answers, since nothing has to be fetched on a machine that can scan.
  starts.push(Math.round(one.world.hosts[0]?.firstWordMs ?? Number.POSITIVE_INFINITY));
  await end(one);
}
process.stdout.write(`the engine's process from its start until it answers: ${starts.join(', ')} ms\n`);

const app = await startApp(null);
await app.ready();
let early = look(app);
for (let job = 1; job <= JOBS; job += 1) {
  await scan(app);
  if (job === 2) early = look(app);
}
// The last words of a job reach main a moment after its stream has ended, and its pod is removed meanwhile: what counts is what stays.
let late = look(app);
for (let wait = 0; wait < 20; wait += 1) {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  late = look(app);
  if (wait > 1 && late.descriptors <= early.descriptors && late.handles <= early.handles) break;
}
const told = app.world.notifications.length;
await end(app);

const row = (what: string, from: number, to: number) =>
  process.stdout.write(`${what}: ${from.toFixed(1)} after 2 jobs, ${to.toFixed(1)} after ${JOBS}\n`);
row('main, resident MiB', early.main, late.main);
row('main, heap MiB', early.heap, late.heap);
row('main, handles', early.handles, late.handles);
row('engine, resident MiB', early.engine, late.engine);
row('engine, descriptors', early.descriptors, late.descriptors);
process.stdout.write(`load ${loadavg()[0]?.toFixed(1)}\n`);
const missed = [
  ...(Math.min(...starts) > BOUNDS.readyMs ? ['the start'] : []),
  ...(late.handles - early.handles > BOUNDS.handles ? ['handles of main'] : []),
  ...(late.descriptors - early.descriptors > BOUNDS.descriptors ? ['descriptors of the engine'] : []),
  ...(late.heap - early.heap > BOUNDS.heapMiB ? ['the heap of main'] : []),
  ...(told < JOBS ? [`notifications: ${told} of ${JOBS}`] : []),
];
for (const what of missed) process.stdout.write(`missed: ${what}\n`);
process.exit(missed.length === 0 ? 0 : 1);
