import { defaultDataFolder, type JobLine, readJobs } from '@stageflow/engine';
import { StageflowError } from '@stageflow/engine/kernel';
import type { AccessSecrets } from '@stageflow/engine/scanner';
import type { Door } from '../../local/records.ts';

/** How many scans back `--resume <job>` looks. */
const EARLIER = 100_000;

/** The named scan, or the newest one that is unfinished or was cancelled; found before anything is set up. */
export function earlierScan(which: string | true): JobLine {
  const jobs = readJobs(defaultDataFolder(), which === true ? undefined : EARLIER);
  const job = which === true ? toGoOnWith(jobs) : jobs.find(({ id }) => id === which);
  if (job) return job;
  throw which === true
    ? new StageflowError('nothing_to_resume')
    : new StageflowError('job_not_found', { jobId: which });
}

/** Goes on with an unfinished scan, or makes a new one that adopts what the earlier one finished. */
export async function resumeHere(engine: Door, { id }: JobLine, access: AccessSecrets | null): Promise<string> {
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

/** What of a job says whether it can be gone on with. */
export type Resumable = Pick<JobLine, 'id' | 'state' | 'failureCode' | 'parent'>;

/** Whether a job has not ended. */
export const isOpen = (job: Pick<Resumable, 'state'>) => job.state !== 'DONE' && job.state !== 'FAILED';

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
  'pod_killed',
  'pod_lost',
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
