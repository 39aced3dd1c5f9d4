import { asStageflowError, StageflowError } from '../kernel/index.ts';
import type { JobRow } from '../ledger/port.ts';
import type { Hand, StopReason } from './hand.ts';
import { runJob } from './job-loop.ts';
import type { EnginePorts } from './ports.ts';
import { project } from './project.ts';
import { giveRecordBack } from './record.ts';
import { nextToStart, type WaitingJob } from './schedule.ts';
import type { Signal } from './signal.ts';
import { workedFor } from './worked.ts';

/** How many jobs may have a pod at once, and whose turn it is. */
export interface Slots {
  readonly most: number;
  /** How many of them may be one tenant's. */
  readonly mostPerTenant: number;
  readonly tenantOf: (jobId: string) => string;
}

/** The jobs that this engine has: those that run, and those that wait for a slot. */
export interface JobsAtWork {
  /** Runs a job when there is a slot for it; one that runs or waits already is left alone. `claimed`: its record has just been claimed. */
  take(jobId: string, claimed?: boolean): void;
  runs(jobId: string): boolean;
  waits(jobId: string): boolean;
  running(): readonly Hand[];
  /** Why a job's loop is over although the job is not: its end could not be stored, as on a full disk. Null once the job runs again. */
  brokenBy(jobId: string): StageflowError | null;
  /** Tells a job's loop to end, or takes it out of the line; resolves when it is gone, its pod too. */
  end(jobId: string, reason: StopReason): Promise<void>;
  /** Forgets a loop that does not answer its order to end, so that its slot is free. */
  letGo(jobId: string): void;
  /** Starts nothing more; lets the cells in hand end for up to `graceMs`, then ends every loop. */
  stop(graceMs: number): Promise<void>;
}

interface Running {
  readonly hand: Hand;
  readonly tenant: string;
  readonly control: AbortController;
  readonly done: Promise<void>;
}

/** Nobody's work yet. */
export function createJobsAtWork(ports: EnginePorts, slots: Slots, moved: Signal): JobsAtWork {
  const { ledger, clock, log } = ports;
  const running = new Map<string, Running>();
  const waiting = new Map<string, WaitingJob>();
  const served = new Map<string, number>();
  const broken = new Map<string, StageflowError>();
  const draining = new AbortController();
  let turn = 0;

  const start = (job: JobRow, claimed: boolean) => {
    const control = new AbortController();
    const { jobSeconds } = job.spec.limits;
    const left = Math.max(0, jobSeconds * 1000 - workedFor(ledger.events(job.id)));
    const deadline = clock.after(left, () => control.abort(new StageflowError('deadline', { seconds: jobSeconds })));
    const hand: Hand = {
      jobId: job.id,
      attempt: job.attempt,
      ports,
      signal: control.signal,
      draining: draining.signal,
      moved,
      claimed,
      removals: [],
    };
    const run = async () => {
      try {
        const unsaid = await runJob(hand);
        if (unsaid) broken.set(job.id, unsaid);
        await leave(job.id);
      } catch (error) {
        broken.set(job.id, asStageflowError(error));
        log.error('a job loop broke', { jobId: job.id, error });
      } finally {
        deadline.cancel();
        if (running.get(job.id)?.hand === hand) running.delete(job.id);
        moved.notify(job.id);
        fill();
      }
    };
    broken.delete(job.id);
    // Entered before the first step, which may already end it.
    const begun = Promise.withResolvers<void>();
    running.set(job.id, { hand, tenant: slots.tenantOf(job.id), control, done: begun.promise });
    void run().then(begun.resolve);
  };

  /** What is left to do when a loop is over: the view is whole, login details are gone with the job, the record is given back. */
  const leave = async (jobId: string) => {
    const job = ledger.job(jobId);
    if (!job) return;
    project(ledger, jobId);
    if (ledger.ended(jobId)) ports.secrets.remove(jobId);
    // A queue that is down lets the lease run out instead.
    void giveRecordBack(job, ports).catch((error: unknown) => log.debug('a record was not given back', { error }));
  };

  const full = (of: string) =>
    [...running.values()].filter(({ tenant }) => tenant === of).length >= slots.mostPerTenant;

  /** Starts what there is room for; `fresh` is the job whose record has just been claimed. */
  const fill = (fresh: string | null = null) => {
    try {
      while (running.size < slots.most && !draining.signal.aborted) {
        const next = nextToStart(waiting.values(), served, full);
        if (next === null) return;
        const job = ledger.job(next.jobId);
        const over = job === null || ledger.ended(next.jobId);
        waiting.delete(next.jobId);
        if (over) continue;
        turn += 1;
        served.set(next.tenant, turn);
        start(job, next.jobId === fresh);
      }
    } catch (error) {
      // The job stays in the line: a ledger that cannot be read now is asked again when the next job comes or goes.
      log.error('no further job could be started', { error });
    }
  };

  return {
    take: (jobId, claimed = false) => {
      if (running.has(jobId) || waiting.has(jobId) || draining.signal.aborted) return;
      const job = ledger.job(jobId);
      if (!job || ledger.ended(jobId)) return;
      // A job that FAILED without having said so needs no pod, so it waits for nobody.
      if (job.state === 'FAILED') start(job, claimed);
      else waiting.set(jobId, { jobId, tenant: slots.tenantOf(jobId), createdAt: job.createdAt });
      fill(claimed ? jobId : null);
    },
    runs: (jobId) => running.has(jobId),
    waits: (jobId) => waiting.has(jobId),
    brokenBy: (jobId) => broken.get(jobId) ?? null,
    running: () => [...running.values()].map(({ hand }) => hand),
    end: async (jobId, reason) => {
      waiting.delete(jobId);
      const loop = running.get(jobId);
      loop?.control.abort(reason);
      await loop?.done;
    },
    letGo: (jobId) => {
      if (running.delete(jobId)) fill();
    },
    stop: async (graceMs) => {
      draining.abort();
      waiting.clear();
      const all = Promise.all([...running.values()].map(({ done }) => done));
      if (graceMs > 0) {
        const over = new AbortController();
        await Promise.race([all, clock.sleep(graceMs, over.signal).catch(() => {})]);
        over.abort();
      }
      for (const { control } of running.values()) control.abort('rest' satisfies StopReason);
      await all;
    },
  };
}
