import type { JobSource } from '@stageflow/engine/event';
import { StageflowError, systemClock } from '@stageflow/engine/kernel';
import { discoverScanners } from '@stageflow/engine/manifests';
import { buildJobSpec, judgePath, type Staging, takePath } from '@stageflow/engine/submit';
import { type JobView, reduce } from '@stageflow/engine/view';
import { defaultDataFolder, type JobLine, readJobs } from '@stageflow/engine';
import { isGone } from '../../local/client.ts';
import { awaitReturn } from '../../local/find-door.ts';
import type { Door } from '../../local/records.ts';
import { openDoor } from '../door.ts';
import { SCANNERS } from '../machine.ts';
import { readAccess } from './access.ts';
import { readFailOn, readMinScore } from './gate.ts';
import { claimOutput, readFormats, writeOutputs } from './outputs.ts';
import { createProgress, type Moment, type Progress, progressKind } from './progress.ts';
import { readSubmitOptions, readTarget, type ScanOptions } from './request.ts';
import { finishScan } from './verdict.ts';

/** What the live line says of a view. */
export function momentOf(view: JobView): Moment {
  const { pagesDone, pagesKnown, cellsDone, cellsKnown } = view.progress;
  const open = view.pages.find((page) => page.status === 'open');
  return { state: view.state, pages: pagesKnown, pagesDone, cells: cellsKnown, cellsDone, work: open ? open.url : '' };
}

/** `./stageflow scan`: judges the input before anything is started, runs one job, writes and judges its report. */
export async function scanCommand(
  targets: readonly string[],
  options: ScanOptions,
  interrupted: AbortSignal,
): Promise<number> {
  const known = await discoverScanners(SCANNERS);
  const submitOptions = readSubmitOptions(options, known);
  const formats = readFormats(options);
  const failOn = readFailOn(options.failOn);
  const access = readAccess(options);
  const target = options.resume === undefined ? readTarget(targets, submitOptions.allowHosts ?? []) : null;
  if (options.resume !== undefined && targets.length > 0) {
    throw new StageflowError('usage', { problem: '--resume goes on with an earlier scan and takes no targets.' });
  }
  // Refuses unknown modules and bad numbers now, not after minutes of set-up.
  const probe = buildJobSpec(
    { ...submitOptions, source: { kind: 'urls', urls: ['https://example.org/'], mode: 'list' } },
    known,
  );
  if (!probe.ok) throw probe.error;
  const earlier = options.resume === undefined ? null : earlierScan(options.resume);
  // The modules of an earlier scan are its own.
  const chosen = earlier ? known : known.filter(({ id }) => probe.value.modules.some((module) => module.id === id));
  const minScore = readMinScore(options.minScore, chosen, known);
  if (target?.kind === 'path') await judgePath(target.path);
  claimOutput(options.output, target?.kind === 'path' ? target.path : null, formats);

  const kind = progressKind(
    options.json === true && options.progress === 'auto' ? 'plain' : options.progress,
    process.stderr,
    process.env,
  );
  const progress = createProgress(kind, process.stderr, momentOf, () => performance.now());
  for (const note of target?.kind === 'urls' ? target.notes : []) progress.say(note);

  // A scan goes on the way it began: an earlier choice of plain processes needs no second word, and is never made for a person.
  const wanted = { isolation: earlier?.isolation ?? options.isolation, say: progress.say };
  let engine = await openDoor(wanted);
  try {
    const jobId = await start(engine, { earlier, target, options, submitOptions, known, access, say: progress.say });
    const onInterrupt = () => {
      progress.say('Stopping: what was found so far is kept …');
      engine.cancel(jobId).catch(() => {});
    };
    if (interrupted.aborted) onInterrupt();
    interrupted.addEventListener('abort', onInterrupt, { once: true });
    const seen: Seen = { view: null };
    for (;;) {
      try {
        await watch(engine, jobId, seen, progress);
        const job = await engine.ended(jobId);
        interrupted.removeEventListener('abort', onInterrupt);
        progress.end();
        return finishScan({
          job,
          failure: seen.view?.failure ?? null,
          written: await writeOutputs(engine, jobId, formats, options.output).catch((error: unknown) => {
            if (!isGone(error))
              progress.say(`The report is kept. To write its files again: ./stageflow scan --resume ${jobId}`);
            throw error;
          }),
          gate: { failOn, minScore },
          json: options.json === true,
          allowIncomplete: options.allowIncomplete === true,
        });
      } catch (thrown) {
        if (!isGone(thrown)) throw thrown;
        engine = await engineAfter(engine, jobId, wanted);
        await takeUp(engine, jobId, access);
        if (interrupted.aborted) engine.cancel(jobId).catch(() => {});
      }
    }
  } finally {
    progress.end();
    await engine.close();
  }
}

/** What was seen of a job so far, over all engines that had it. */
interface Seen {
  view: JobView | null;
}

/** Shows a job's events from where the last engine left off, until it has ended. */
async function watch(engine: Door, jobId: string, seen: Seen, progress: Progress): Promise<void> {
  for await (const event of engine.follow(jobId, seen.view?.seq ?? 0)) {
    seen.view = reduce(seen.view, event);
    progress.event(event, () => seen.view);
  }
}

/** The engine to go on with when one has gone: a server that is back, or one of our own. */
async function engineAfter(gone: Door, jobId: string, wanted: Parameters<typeof openDoor>[0]): Promise<Door> {
  await gone.close();
  if (gone.address === null) {
    wanted.say('The engine that this scan ran on has ended; going on with what is missing …');
    return openDoor(wanted);
  }
  wanted.say('The server that this scan runs on has stopped; waiting for it to come back …');
  const back = await awaitReturn(gone.folder, systemClock);
  if (!back) throw new StageflowError('engine_gone', { jobId });
  return back;
}

/** Goes on with a job whose engine has gone, unless it has ended or its new engine is at it already. */
async function takeUp(engine: Door, jobId: string, access: ReturnType<typeof readAccess>): Promise<void> {
  const job = await engine.job(jobId);
  if (job && isOpen(job)) await engine.resume(jobId, access);
}

async function start(
  engine: Door,
  input: {
    readonly earlier: JobLine | null;
    readonly target: ReturnType<typeof readTarget> | null;
    readonly options: ScanOptions;
    readonly submitOptions: ReturnType<typeof readSubmitOptions>;
    readonly known: Awaited<ReturnType<typeof discoverScanners>>;
    readonly access: ReturnType<typeof readAccess>;
    readonly say: (text: string) => void;
  },
): Promise<string> {
  const { earlier, target, options, submitOptions, known, access } = input;
  if (earlier) return resume(engine, earlier, access);
  if (!target) throw new TypeError('a scan has either a target or an earlier scan');
  const jobId = engine.newJobId();
  const source: JobSource =
    target.kind === 'path'
      ? await staged(target.path, engine.staging(jobId), input.say)
      : { kind: 'urls', urls: [...target.urls], mode: options.crawl ? 'crawl' : 'list' };
  const spec = buildJobSpec({ ...submitOptions, source, access: access !== null }, known);
  if (!spec.ok) throw spec.error;
  return engine.submit({ id: jobId, spec: spec.value, access });
}

/** Stages an archive or folder, and says what of it was left out. */
async function staged(path: string, staging: Staging, say: (text: string) => void): Promise<JobSource> {
  const { source, notes } = await takePath(path, staging);
  for (const note of notes) say(note);
  return source;
}

/** How many scans back `--resume <job>` looks. */
const EARLIER = 100_000;

/** The named scan, or the newest one that is unfinished or was cancelled; found before anything is set up. */
function earlierScan(which: string | true): JobLine {
  const jobs = readJobs(defaultDataFolder(), which === true ? undefined : EARLIER);
  const job = which === true ? toGoOnWith(jobs) : jobs.find(({ id }) => id === which);
  if (job) return job;
  throw which === true
    ? new StageflowError('nothing_to_resume')
    : new StageflowError('job_not_found', { jobId: which });
}

/** Goes on with an unfinished scan, or makes a new one that adopts what the earlier one finished. */
async function resume(engine: Door, { id }: JobLine, access: ReturnType<typeof readAccess>): Promise<string> {
  const job = await engine.job(id);
  if (!job) throw new StageflowError('job_not_found', { jobId: id });
  // A whole report has nothing to go on with: its files are written once more.
  if (job.state === 'DONE' && (await isWhole(engine, id))) return id;
  if (!isOpen(job)) return engine.retry(id, access);
  await engine.resume(id, access);
  return id;
}

async function isWhole(engine: Door, jobId: string): Promise<boolean> {
  let whole = false;
  for await (const event of engine.follow(jobId, 0))
    if (event.type === 'jobs.events.completed') whole = event.data.verdict === 'complete';
  return whole;
}

type Resumable = Pick<JobLine, 'id' | 'state' | 'failureCode' | 'parent'>;

const isOpen = (job: Pick<Resumable, 'state'>) => job.state !== 'DONE' && job.state !== 'FAILED';

/** The first of `jobs` (newest first) that is unfinished, or ended in a way that going on can mend and was not gone on with yet. */
export function toGoOnWith<T extends Resumable>(jobs: readonly T[]): T | undefined {
  const continued = new Set(jobs.map((job) => job.parent));
  return jobs.find(
    (job) => isOpen(job) || (job.state === 'FAILED' && RESUMABLE.has(job.failureCode ?? '') && !continued.has(job.id)),
  );
}

/** Ends that more time, space or luck can mend: going on makes a new job that adopts the finished cells. */
const RESUMABLE = new Set([
  'cancelled',
  'deadline',
  'pod_crashed',
  'pod_oom',
  'pod_silent',
  'pod_not_ready',
  'disk_full',
  'store_failed',
  'storage',
  'browser_failed',
  'egress',
  'podman_failed',
  'internal',
]);
