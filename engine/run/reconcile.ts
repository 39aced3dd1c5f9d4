import type { JobRow } from '../ledger/port.ts';
import { failJob, failureOf } from './commands/fail-job.ts';
import type { JobsAtWork } from './jobs-at-work.ts';
import { createObserver } from './observer.ts';
import type { EnginePorts } from './ports.ts';
import { claimRecord, LEASE_MS, ownerName } from './record.ts';
import type { Signal } from './signal.ts';
import { overdue } from './watchdog.ts';

/** Time between two looks, in milliseconds: often enough to renew a lease three times before it runs out. */
export const LOOK_MS = 15_000;
/** Looks after which an event that was sent and not received counts as lost. */
const LOST = 2;
/** Looks that a loop may take to follow its order to end before its slot is given to another job. */
const DEAF = 8;

/** What the reconciler is told of the engine. */
export interface Watched {
  readonly work: JobsAtWork;
  readonly moved: Signal;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** True for a job that is this engine's business: one submitted here, or any when the engine recovers them all. */
  mine(jobId: string): boolean;
  /** True for jobs that nobody is to run now. */
  rests(jobId: string): boolean;
  /** Takes a job up that nobody runs: its attempt is raised, so that whoever had it is fenced. */
  takeUp(job: JobRow): void;
}

/** The look that a long-lived engine takes at its jobs again and again. */
export interface Reconciler {
  stop(): void;
}

/**
 * Starts looking: renews leases (and with them rebuilds lost records), sends events again that the queue has lost and receives them from
 * the ledger when even that does not help, ends jobs without progress, and takes up jobs that nobody runs any more.
 */
export function startReconciler(ports: EnginePorts, watched: Watched): Reconciler {
  const { ledger, clock, log } = ports;
  const { work, moved, everyMs } = watched;
  const seen = createObserver();
  const sentAgain = new Set<string>();
  let stopped = false;

  const renew = async (jobId: string) => {
    const job = ledger.job(jobId);
    if (job && !ledger.ended(jobId) && (await claimRecord(job, ports))) return;
    void work.end(jobId, 'rest');
  };

  /** True when one was lost and is received now. Events that wait in the outbox are not lost: the queue is down. */
  const deliver = (job: JobRow): boolean => {
    let received = false;
    for (const { event, queued } of ledger.unreceived(job.id)) {
      if (queued || seen.unchanged(`event ${event.id}`, String(sentAgain.has(event.id))) < LOST) continue;
      if (!sentAgain.has(event.id)) {
        log.warn('the queue has lost an event; it is sent again', { jobId: job.id, type: event.type });
        sentAgain.add(event.id);
        ledger.requeue([event.id]);
        continue;
      }
      // The stream knows the id and drops the copy, or nobody reads it: the ledger is the record.
      sentAgain.delete(event.id);
      received = true;
      if (event.type === 'jobs.events.created') continue;
      log.warn('an event did not come back from the queue; it is taken from the ledger', { type: event.type });
      ledger.receive(event);
      moved.notify(job.id);
    }
    return received;
  };

  const watch = (job: JobRow) => {
    const waitsForQueue = ledger.unreceived(job.id).some(({ queued }) => queued);
    const mark = `${job.state} ${job.seq} ${job.attempt} ${waitsForQueue}`;
    const looks = seen.unchanged(`job ${job.id}`, mark);
    if (waitsForQueue) return;
    const error = overdue(job.state, looks * everyMs);
    if (error === null) return;
    void work.end(job.id, error);
    if (overdue(job.state, (looks - DEAF) * everyMs) === null) return;
    log.error('a job loop does not end; it is let go', { jobId: job.id, code: error.code });
    failJob(
      { jobId: job.id, attempt: job.attempt, failure: failureOf(error, { jobId: job.id, ports }), report: null },
      ports,
    );
    work.letGo(job.id);
  };

  /** True when nobody has the job: its record says so, is missing, is ours of an earlier life, or was not renewed for a whole lease. */
  const abandoned = async (job: JobRow): Promise<boolean> => {
    const stored = await ports.bus.records.get(job.id);
    const owner = stored?.record.owner ?? null;
    const looks = seen.unchanged(`record ${job.id}`, String(stored?.revision ?? 'none'));
    return owner === null || owner === ownerName(ports) || looks * everyMs > LEASE_MS;
  };

  const lookAt = async (job: JobRow) => {
    if (work.waits(job.id) || watched.rests(job.id)) return;
    if (work.runs(job.id)) {
      deliver(job);
      watch(job);
      return;
    }
    // A new job comes through the queue; only when that has lost it, it is taken as it stands.
    if (job.state === 'PENDING' && job.attempt === 1) {
      const delivered = ledger.unreceived(job.id).length === 0;
      if (!delivered && !deliver(job)) return;
    }
    if (await abandoned(job)) watched.takeUp(job);
  };

  const look = async () => {
    for (const { jobId } of work.running()) {
      if (stopped) return;
      await renew(jobId).catch((error: unknown) => log.warn('a lease could not be renewed', { jobId, error }));
    }
    for (const job of ledger.open()) {
      if (stopped) return;
      if (!watched.mine(job.id)) continue;
      await lookAt(job).catch((error: unknown) => log.warn('a job could not be looked at', { jobId: job.id, error }));
    }
    seen.endRound();
  };
  const round = async () => {
    await look().catch((error: unknown) => log.warn('the jobs could not be looked at', { error }));
    if (!stopped) timer = clock.after(everyMs, () => void round());
  };
  let timer = clock.after(everyMs, () => void round());

  return {
    stop: () => {
      stopped = true;
      timer.cancel();
    },
  };
}
