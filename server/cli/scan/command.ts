import type { JobSource } from '@stageflow/engine/event';
import { EXIT, StageflowError, systemClock } from '@stageflow/engine/kernel';
import type { AccessSecrets } from '@stageflow/engine/scanner';
import { buildJobSpec, type Staging, takePath } from '@stageflow/engine/submit';
import { isGone } from '../../local/client.ts';
import { awaitReturn } from '../../local/find-door.ts';
import type { Door } from '../../local/records.ts';
import { openDoor } from '../door.ts';
import { goalNote } from './goal-note.ts';
import { writeOutputs } from './outputs.ts';
import { planScan, type ScanPlan } from './plan.ts';
import { createProgress, type Progress, progressKind } from './progress.ts';
import type { ScanOptions } from './request.ts';
import { isOpen, resumeHere } from './resume.ts';
import { finishScan } from './verdict.ts';
import { type Seen, watch } from './watch.ts';

/** `./stageflow scan`: judges the input before anything is started, runs one job here or on a server, writes and judges its report. */
export async function scanCommand(
  targets: readonly string[],
  options: ScanOptions,
  interrupted: AbortSignal,
): Promise<number> {
  const plan = await planScan(targets, options);
  const wanted = options.json === true && options.progress === 'auto' ? 'plain' : options.progress;
  const kind = progressKind(wanted, process.stderr, process.env);
  const progress = createProgress(kind, process.stderr, () => performance.now());
  for (const note of plan.target?.kind === 'urls' ? plan.target.notes : []) progress.say(note);
  const note = options.remote === undefined ? goalNote(plan.submit, process.env) : null;
  if (note !== null) progress.say(note);
  try {
    if (options.remote === undefined) return await scanHere(plan, progress, interrupted);
    const { scanThere } = await import('./there.ts');
    return await scanThere(options.remote, plan, progress, interrupted);
  } finally {
    progress.end();
  }
}

/** Runs the job on the live engine of this machine's data folder, else on one of our own. */
async function scanHere(plan: ScanPlan, progress: Progress, interrupted: AbortSignal): Promise<number> {
  const { options, earlier, access, formats, gate } = plan;
  // A scan goes on the way it began: an earlier choice of plain processes needs no second word, and is never made for a person.
  const wanted = { isolation: earlier?.isolation ?? options.isolation, say: progress.say };
  const ready = await setUp(wanted, progress, interrupted);
  if (ready === null) return EXIT.interrupted;
  let engine = ready;
  try {
    const jobId = await start(engine, plan, progress.say);
    const onInterrupt = () => {
      progress.say('Stopping: what was found so far is kept …');
      engine.cancel(jobId).catch(() => {});
    };
    if (interrupted.aborted) onInterrupt();
    interrupted.addEventListener('abort', onInterrupt, { once: true });
    const seen: Seen = { view: null };
    for (;;) {
      try {
        await watch((after) => engine.follow(jobId, after), seen, progress);
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
          gate,
          json: options.json === true,
          allowIncomplete: options.allowIncomplete === true,
          goOn: './stageflow scan --resume',
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

/** An engine to run the job on; null when Ctrl-C came before it was there: then there is no job, and nothing to go on with. */
async function setUp(
  wanted: Parameters<typeof openDoor>[0],
  progress: Progress,
  interrupted: AbortSignal,
): Promise<Door | null> {
  const onInterrupt = () => progress.say('Stopping after the step in hand; Ctrl-C again ends it at once …');
  interrupted.addEventListener('abort', onInterrupt, { once: true });
  try {
    const engine = await openDoor(wanted);
    if (!interrupted.aborted) return engine;
    await engine.close();
  } catch (error) {
    // The terminal sends Ctrl-C to programs of the set-up too: what they died of is no fault of theirs.
    if (!interrupted.aborted) throw error;
  } finally {
    interrupted.removeEventListener('abort', onInterrupt);
  }
  progress.say('Stopped before the scan began.');
  return null;
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
async function takeUp(engine: Door, jobId: string, access: AccessSecrets | null): Promise<void> {
  const job = await engine.job(jobId);
  if (job && isOpen(job)) await engine.resume(jobId, access);
}

async function start(engine: Door, plan: ScanPlan, say: (text: string) => void): Promise<string> {
  const { earlier, target, options, submit, known, access } = plan;
  if (earlier) return resumeHere(engine, earlier, access);
  if (!target) throw new TypeError('a scan has either a target or an earlier scan');
  const jobId = engine.newJobId();
  const source: JobSource =
    target.kind === 'path'
      ? await staged(target.path, engine.staging(jobId), say)
      : { kind: 'urls', urls: [...target.urls], mode: options.crawl ? 'crawl' : 'list' };
  const spec = buildJobSpec({ ...submit, source, access: access !== null }, known);
  if (!spec.ok) throw spec.error;
  return engine.submit({ id: jobId, spec: spec.value, access });
}

/** Stages an archive or folder, and says what of it was left out. */
async function staged(path: string, staging: Staging, say: (text: string) => void): Promise<JobSource> {
  const { source, notes } = await takePath(path, staging);
  for (const note of notes) say(note);
  return source;
}
