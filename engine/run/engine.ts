import type { JobSpec, StageflowEvent } from '../event/index.ts';
import { TERMINAL } from '../event/index.ts';
import { newJobId, StageflowError } from '../kernel/index.ts';
import type { KeyedAnswer } from '../ledger/index.ts';
import type { JobRow, Ledger } from '../ledger/port.ts';
import type { AccessSecrets } from '../scanner/index.ts';
import type { JobSummary, JobView } from '../view/index.ts';
import type { ArtifactStore } from '../artifact/index.ts';
import { endJob } from './commands/fail-job.ts';
import { type Intakes, openIntakes } from './intakes.ts';
import { createJobsAtWork } from './jobs-at-work.ts';
import { startReaders } from './orchestrate.ts';
import { openPausedJobs } from './paused.ts';
import type { EnginePorts } from './ports.ts';
import { project, projectJson, projectSummary } from './project.ts';
import { LOOK_MS, startReconciler } from './reconcile.ts';
import { claimRecord, ownerName } from './record.ts';
import { startRelay } from './relay.ts';
import { sweepSecrets } from './secrets.ts';
import { createSignal } from './signal.ts';

/** The engine as its front doors see it: submit, follow, cancel, resume. */
export interface Engine {
  readonly ledger: Ledger;
  readonly store: ArtifactStore;
  /** Folder of the reports that commands write for people; null where there is none. */
  readonly reports: string | null;
  /** Removes login details that no job needs any more; gives the jobs they were of. */
  sweepSecrets(): readonly string[];
  /** Accepts a job: it is in the ledger when this returns, and runs from then on. */
  submit(job: {
    readonly id?: string;
    readonly spec: JobSpec;
    readonly access?: AccessSecrets | null;
    readonly parent?: string | null;
    /** Tenant of the server whose job it is, stored with it; left out, it is the parent's owner's, or nobody's. */
    readonly owner?: string;
    /** What the request that makes it is answered with, stored with it under the request's idempotency key. */
    readonly answer?: KeyedAnswer | undefined;
  }): string;
  /** An id for a job whose input is staged before it is submitted. */
  newJobId(): string;
  /** Where the archive of a job to be submitted is put; one that was announced outlives the request that brings it. */
  readonly staging: Intakes['staging'];
  /** Gives a staged archive up: its job is refused. */
  readonly abandon: Intakes['abandon'];
  /** Removes staged archives, and objects of jobs from elsewhere, whose requests ended, or died with an earlier engine, before they made a job. */
  readonly sweepIntakes: Intakes['sweep'];
  /** The account of what comes in, for a job that is taken in from elsewhere. */
  readonly intakes: Pick<Intakes, 'importing' | 'became' | 'abandon'>;
  /** Takes up an unfinished job of this data folder under a new attempt, paused or not. Refused (`conflict`) when it has ended. */
  resume(jobId: string, access?: AccessSecrets | null): Promise<void>;
  /** Makes a job from one that ended, adopting its finished cells. Returns the new id, which `made` may choose. */
  retry(jobId: string, access?: AccessSecrets | null, made?: MadeJob): string;
  /** Makes a job from one that ended, adopting all its finished cells but this one. Refused (`not_found`) when the job has no such cell. Returns the new id. */
  retryCell(jobId: string, pageId: string, scanner: string, access?: AccessSecrets | null, made?: MadeJob): string;
  /** Ends a job as FAILED(cancelled); what was found stays. Resolves when its pod is gone. A job that waits or rests needs no pod for it. */
  cancel(jobId: string): Promise<void>;
  /** Hands out no more cells of a job and drops its pod, until `unpause`, also over restarts; its state stays. Refused (`conflict`) when no cell is to come any more. */
  pause(jobId: string): Promise<void>;
  /** Goes on with a paused job under a new attempt; one that is not paused is left alone. */
  unpause(jobId: string): Promise<void>;
  /** True while a job is paused. */
  paused(jobId: string): boolean;
  /** True while a job waits for a slot (`maxConcurrentJobs`). */
  waiting(jobId: string): boolean;
  /** Events of a job after `afterSeq`, live, until it has ended or `signal` aborts. Throws why it stands still when not even its end could be stored (a full disk). */
  follow(jobId: string, afterSeq?: number, signal?: AbortSignal): AsyncIterable<StageflowEvent>;
  /** The job's read model, folded to its newest event. */
  view(jobId: string): JobView | null;
  /** The same as JSON text, which costs little for a job that has ended. */
  viewJson(jobId: string): string | null;
  /** The job's line for lists, as new as its view would be. */
  summary(jobId: string): JobSummary | null;
  /** Resolves with the job's row when it has ended and its last words are stored. */
  ended(jobId: string): Promise<JobRow>;
  /** An event of the job could not be handled five times: the job ends as FAILED(poison). */
  poisoned(event: StageflowEvent): Promise<void>;
  /**
   * Ends all work: no new cell is handed out, those in hand may end for `graceSeconds` (default 0), then pods are dropped. Unfinished jobs
   * keep their state and go on with the next start.
   */
  stop(options?: { readonly graceSeconds?: number }): Promise<void>;
}

/** How a job that is made from another one is stored: its id, and what the request for it is answered with. */
export interface MadeJob {
  readonly id: string;
  readonly answer?: KeyedAnswer | undefined;
}

/** How an engine is run. */
export interface EngineOptions {
  /** Take up every unfinished job of the ledger, at the start and when another engine's lease has lapsed. Default false: those of earlier lives are left alone until `resume`. */
  readonly recover?: boolean;
  /** Most jobs that have a pod at once; further ones wait in PENDING. Default: no limit. */
  readonly maxConcurrentJobs?: number;
  /** Most of them that are one tenant's. Default: no limit. */
  readonly maxPerTenant?: number;
  /** Whose job it is: waiting jobs start in turn between tenants. Default: the owner that the ledger names. */
  readonly tenantOf?: (jobId: string) => string;
  /** Seconds between two looks of the reconciler. Default 15. */
  readonly reconcileSeconds?: number;
}

/** Starts the engine on its ports. */
export async function startEngine(ports: EnginePorts, options: EngineOptions = {}): Promise<Engine> {
  const { ledger, clock, log } = ports;
  const {
    recover = false,
    maxConcurrentJobs = Number.POSITIVE_INFINITY,
    maxPerTenant = Number.POSITIVE_INFINITY,
    tenantOf = (jobId) => ports.ledger.service.owners.tenantOf(jobId) ?? '',
  } = options;
  const moved = createSignal(clock);
  const work = createJobsAtWork(ports, { most: maxConcurrentJobs, mostPerTenant: maxPerTenant, tenantOf }, moved);
  const resting = openPausedJobs(ledger);
  const submitted = new Set<string>();
  const mine = (jobId: string) => recover || submitted.has(jobId) || ledger.job(jobId)?.state === 'FAILED';
  let stopping: Promise<void> | null = null;

  const unlisten = ledger.onCommit((events) => {
    for (const jobId of new Set(events.map((event) => event.jobId))) moved.notify(jobId);
    // Whoever ended the job, its pod is of no more use.
    for (const event of events) if (event.type === 'jobs.events.failed') void work.end(event.jobId, 'rest');
  });
  const left = sweepSecrets(ports.secrets, ledger);
  if (left.length > 0) log.info('login details that no job needs were removed', { ids: left });
  const intakes = openIntakes(ports);
  // Before anything is taken in: whatever was begun died with the engine before this one.
  await intakes.sweep();
  const relay = startRelay({ ledger, bus: ports.bus, clock, log });

  const known = (jobId: string): JobRow => {
    const job = ledger.job(jobId);
    if (!job) throw new StageflowError('job_not_found', { jobId });
    return job;
  };

  /** Takes up a job that nobody runs: what an earlier owner still does is refused, what the queue had not delivered is received. */
  const takeUp = (job: JobRow) => {
    if (job.state !== 'PENDING' && job.state !== 'FAILED') ledger.raiseAttempt(job.id);
    for (const { event } of ledger.unreceived(job.id)) if (event.type !== 'jobs.events.created') ledger.receive(event);
    work.take(job.id);
  };

  /** A new job that the queue delivers: ours once its record says so. False leaves it to those who resume it. */
  const takeNew = async (job: JobRow): Promise<boolean> => {
    if (!mine(job.id)) return false;
    if (resting.has(job.id) || work.runs(job.id) || work.waits(job.id)) return true;
    if (await claimRecord(job, ports)) work.take(job.id, true);
    return true;
  };

  /** A job of one run only is not waited for when its loop is over and its end could not be stored: whoever follows it is told why. */
  const told = (jobId: string) => {
    const broken = recover || work.runs(jobId) ? null : work.brokenBy(jobId);
    if (broken && !ledger.ended(jobId)) throw broken;
  };

  /** Ends a job now, whoever has it: in its loop when it runs here, else as it stands. */
  const endNow = async (jobId: string, error: StageflowError) => {
    await work.end(jobId, error);
    resting.delete(jobId);
    if (ledger.ended(jobId)) return;
    await endJob(jobId, known(jobId).attempt, error, ports);
    project(ledger, jobId);
    moved.notify(jobId);
  };

  const submit: Engine['submit'] = ({ id, spec, access, parent = null, ...rest }) => {
    const jobId = id ?? newJobId(clock.now());
    // An id that is taken must not touch the login details of the job that has it.
    if (ledger.job(jobId)) throw new StageflowError('job_exists', { jobId });
    if (access) ports.secrets.put(jobId, access);
    submitted.add(jobId);
    try {
      ledger.createJob({ id: jobId, spec, parent, ...rest });
      intakes.became(jobId);
    } catch (error) {
      submitted.delete(jobId);
      ports.secrets.remove(jobId);
      throw error;
    }
    return jobId;
  };

  /** A job made from an ended one; `anew` are the cells that it does not adopt. */
  const again = (
    jobId: string,
    anew: JobSpec['anew'],
    access: AccessSecrets | null | undefined,
    made: MadeJob | undefined,
  ): string => {
    const { state, spec } = known(jobId);
    if (!TERMINAL.has(state)) throw new StageflowError('conflict', { jobId, state, action: 'retry' });
    if (spec.access && !access) throw new StageflowError('secrets_gone');
    const { anew: _, ...rest } = spec;
    return submit({
      ...made,
      spec: { ...rest, parent: jobId, ...(anew ? { anew } : {}) },
      parent: jobId,
      access: access ?? null,
    });
  };

  const resume: Engine['resume'] = async (jobId, access) => {
    const job = known(jobId);
    if (ledger.ended(jobId)) throw new StageflowError('conflict', { jobId, state: job.state, action: 'resume' });
    submitted.add(jobId);
    resting.delete(jobId);
    // A loop of this engine is at it already: a higher attempt would only fence that loop out.
    if (work.runs(jobId) || work.waits(jobId)) return;
    if (access) ports.secrets.put(jobId, access);
    takeUp(job);
  };

  const readers = await startReaders(ports, takeNew, (jobId) => moved.notify(jobId));
  for (const job of ledger.open()) {
    if (!mine(job.id) || resting.has(job.id)) continue;
    const record = await ports.bus.records.get(job.id).catch(() => null);
    // Another engine may still be at it; the reconciler sees whether it renews its lease.
    const owner = record?.record.owner ?? null;
    const now = ledger.job(job.id);
    if (now && !work.runs(job.id) && !work.waits(job.id) && (owner === null || owner === ownerName(ports))) takeUp(now);
  }
  const reconciler = startReconciler(ports, {
    work,
    moved,
    everyMs: options.reconcileSeconds === undefined ? LOOK_MS : options.reconcileSeconds * 1000,
    mine,
    rests: (jobId) => resting.has(jobId),
    takeUp,
  });

  return {
    ledger,
    store: ports.store,
    reports: ports.reports ?? null,
    sweepSecrets: () => sweepSecrets(ports.secrets, ledger),
    submit,
    newJobId: () => newJobId(clock.now()),
    staging: intakes.staging,
    abandon: intakes.abandon,
    sweepIntakes: intakes.sweep,
    intakes,
    resume,
    retry: (jobId, access, made) => again(jobId, undefined, access, made),
    retryCell: (jobId, pageId, scanner, access, made) => {
      const { spec } = known(jobId);
      const page = pageId === '_site' || ledger.pages(jobId).some((row) => row.pageId === pageId);
      if (!page || !spec.modules.some(({ id }) => id === scanner)) throw new StageflowError('not_found');
      return again(jobId, [{ pageId, scanner }], access, made);
    },
    cancel: async (jobId) => {
      known(jobId);
      if (!ledger.ended(jobId)) await endNow(jobId, new StageflowError('cancelled'));
      else await work.end(jobId, 'rest');
    },
    pause: async (jobId) => {
      const { state } = known(jobId);
      if (TERMINAL.has(state) || state === 'COMPLETING')
        throw new StageflowError('conflict', { jobId, state, action: 'a pause' });
      resting.add(jobId);
      await work.end(jobId, 'rest');
    },
    unpause: async (jobId) => {
      known(jobId);
      if (resting.has(jobId)) await resume(jobId);
    },
    paused: (jobId) => resting.has(jobId),
    waiting: (jobId) => work.waits(jobId),
    follow: async function* (jobId, afterSeq = 0, signal) {
      let seq = afterSeq;
      for (;;) {
        const batch = ledger.events(jobId, seq);
        for (const event of batch) {
          seq = event.seq;
          yield event;
        }
        if (signal?.aborted || !ledger.job(jobId)) return;
        if (batch.length > 0) continue;
        if (stopping !== null || (ledger.ended(jobId) && !work.runs(jobId))) return;
        told(jobId);
        await moved.wait(500, signal, jobId);
      }
    },
    poisoned: async (event) => {
      if (ledger.job(event.jobId)) await endNow(event.jobId, new StageflowError('poison'));
    },
    view: (jobId) => project(ledger, jobId),
    viewJson: (jobId) => projectJson(ledger, jobId),
    summary: (jobId) => projectSummary(ledger, jobId),
    ended: async (jobId) => {
      for (;;) {
        const job = known(jobId);
        if (stopping !== null || (ledger.ended(jobId) && !work.runs(jobId))) return job;
        told(jobId);
        await moved.wait(1000, undefined, jobId);
      }
    },
    stop: ({ graceSeconds = 0 } = {}) => {
      stopping ??= (async () => {
        reconciler.stop();
        await work.stop(graceSeconds * 1000);
        await relay.drained(2000);
        await readers.stop();
        await relay.stop();
        unlisten();
        moved.notify();
      })();
      return stopping;
    },
  };
}
