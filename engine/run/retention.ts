import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactKeys, stagingKeys } from '../artifact/keys.ts';
import type { ArtifactStore } from '../artifact/store.ts';
import { JOB_STATES, TERMINAL } from '../event/index.ts';
import type { Clock, Log } from '../kernel/index.ts';
import type { JobRow, Ledger } from '../ledger/port.ts';

/** How long the archive of an ended job is kept for a retry, in days. */
const STAGING_DAYS = 7;
const DAY_MS = 86_400_000;
/** More unfinished jobs than any server takes. */
const EVERY = 1_000_000;
/** Ended jobs that a sweep reads at a time. */
const BATCH = 200;
const JOB_ID = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** Where questions put to the store lie, for the moment that they take; one that is older was left by a process that was killed. */
const CANARIES = 'staging/canary/';
const CANARY_MS = 60_000;

/** What the sweeps look at. */
export interface SweepPorts {
  readonly ledger: Ledger;
  readonly store: ArtifactStore;
  /** Folder of the reports that commands wrote for people, where there is one. */
  readonly reports?: string | null;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Removes staged archives that no job can need: those of jobs that ended more than `days` ago, and those without a job that are a day old.
 * Until then one may have been announced and its sender may be about to name it, or an import may be about to make its job; what requests
 * that died had taken in goes sooner (`Intakes.sweep`). A store that refuses is logged: it is tried at the next sweep.
 */
export async function sweepStaging(ports: SweepPorts, days: number = STAGING_DAYS): Promise<void> {
  const { ledger, store, clock, log } = ports;
  const oldest = clock.now() - days * DAY_MS;
  const inUse = archivesInUse(ledger);
  try {
    for await (const { key, modified } of store.list('scanner-staging', 'staging/')) {
      const job = ledger.job(key.split('/')[1] ?? '');
      if (key.startsWith(CANARIES)) {
        if (modified < clock.now() - CANARY_MS) await store.remove('scanner-staging', key);
        continue;
      }
      const needed =
        inUse.has(key) ||
        (job === null ? modified > clock.now() - DAY_MS : !TERMINAL.has(job.state) || job.updatedAt >= oldest);
      if (!needed) await store.remove('scanner-staging', key);
    }
  } catch (error) {
    log.warn('staged archives could not be cleared away', { error });
  }
}

/** Removes an ended job with everything of it: events, view, shares, artifacts, archive, written reports. Refused (`conflict`) while it runs, `job_not_found`. */
export async function removeJob(
  { ledger, store, reports }: Pick<SweepPorts, 'ledger' | 'store' | 'reports'>,
  jobId: string,
): Promise<void> {
  // The row goes first: a job that is listed is whole. What is left of a broken-off removal is an orphan, which is swept.
  ledger.deleteJob(jobId);
  await store.removeAll('scanner-artifacts', artifactKeys.job(jobId));
  if (reports) await removeReports(reports, jobId);
  const inUse = archivesInUse(ledger);
  if (inUse.size === 0) await store.removeAll('scanner-staging', stagingKeys.job(jobId));
  else
    for await (const { key } of store.list('scanner-staging', stagingKeys.job(jobId)))
      if (!inUse.has(key)) await store.remove('scanner-staging', key);
}

/** Removes what commands wrote of a job's report into the data folder. A text that is no job's id is left alone. */
export async function removeReports(reports: string, jobId: string): Promise<void> {
  if (JOB_ID.test(jobId)) await rm(join(reports, jobId), { recursive: true, force: true });
}

/** Archives that unfinished jobs will unpack: a retried job works on the archive of the one before it. */
function archivesInUse(ledger: Pick<Ledger, 'jobs'>): ReadonlySet<string> {
  const open = ledger.jobs({ states: JOB_STATES.filter((state) => !TERMINAL.has(state)), limit: EVERY });
  return new Set(open.flatMap(({ spec }) => (spec.source.kind === 'zip' ? [spec.source.stagingKey] : [])));
}

/** Removes jobs that ended more than `days` ago; one that is shared stays until its last share has ended. Returns the ids. */
export async function sweepJobs(ports: SweepPorts, days: number): Promise<readonly string[]> {
  const { ledger, clock, log } = ports;
  const now = clock.now();
  const removed: string[] = [];
  const batch = (after?: JobRow) => ledger.endedBefore(now - days * DAY_MS, BATCH, after);
  // What stays (shared, or its store refuses) is stepped over, so that it never hides what comes behind it.
  for (let jobs = batch(); jobs.length > 0; jobs = batch(jobs.at(-1))) {
    for (const job of jobs) {
      const shares = ledger.service.shares.ofJob(job.id);
      if (shares.some((share) => share.revokedAt === null && share.expiresAt > now)) continue;
      try {
        await removeJob(ports, job.id);
        removed.push(job.id);
      } catch (error) {
        log.warn('a job past its time could not be removed', { jobId: job.id, error });
      }
    }
  }
  return removed;
}

/**
 * Removes artifacts of jobs that the ledger does not know: what a removal left behind that was broken off. Only what is a day old, since an
 * import stores its objects before its job. Returns the ids.
 */
export async function sweepOrphans({ ledger, store, clock, log }: SweepPorts): Promise<readonly string[]> {
  const orphans = new Map<string, boolean>();
  try {
    for await (const { key, modified } of store.list('scanner-artifacts', '')) {
      const [jobId = ''] = key.split('/');
      if (!JOB_ID.test(jobId) || (!orphans.has(jobId) && ledger.job(jobId) !== null)) continue;
      orphans.set(jobId, (orphans.get(jobId) ?? true) && modified < clock.now() - DAY_MS);
    }
    const old = [...orphans].filter(([, isOld]) => isOld).map(([jobId]) => jobId);
    for (const jobId of old) await store.removeAll('scanner-artifacts', artifactKeys.job(jobId));
    return old;
  } catch (error) {
    log.warn('orphaned artifacts could not be cleared away', { error });
    return [];
  }
}
