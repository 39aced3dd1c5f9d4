import type { JobSpec, StageflowEvent } from '../event/index.ts';
import { movesOnReceive, TERMINAL } from '../event/index.ts';
import { newJobId, StageflowError } from '../kernel/index.ts';
import type { JobRow, Ledger } from '../ledger/port.ts';
import type { AccessSecrets } from '../scanner/index.ts';
import type { JobView } from '../view/index.ts';
import { type ArtifactStore, stagingKeys } from '../artifact/index.ts';
import type { Staging } from '../submit/index.ts';
import { runJob, type StopReason } from './job-loop.ts';
import { LEASE_MS, moveRecord, startReaders } from './orchestrate.ts';
import type { EnginePorts } from './ports.ts';
import { project } from './project.ts';
import { startRelay } from './relay.ts';
import { createSignal } from './signal.ts';

/** The engine as its front doors see it: submit, follow, cancel, resume. */
export interface Engine {
  readonly ledger: Ledger;
  readonly store: ArtifactStore;
  /** Accepts a job: it is in the ledger when this returns, and runs from then on. */
  submit(job: {
    readonly id?: string;
    readonly spec: JobSpec;
    readonly access?: AccessSecrets | null;
    readonly parent?: string | null;
    /** Tenant of the server whose job it is, stored with it; left out, it is the parent's owner's, or nobody's. */
    readonly owner?: string;
  }): string;
  /** An id for a job whose input is staged before it is submitted. */
  newJobId(): string;
  /** Where the archive of a job to be submitted is put. */
  staging(jobId: string): Staging;
  /** Takes up an unfinished job of this data folder under a new attempt. Refused (`conflict`) when it has ended. */
  resume(jobId: string, access?: AccessSecrets | null): Promise<void>;
  /** Makes a job from one that ended, adopting its finished cells. Returns the new id. */
  retry(jobId: string, access?: AccessSecrets | null): string;
  /** Ends a job as FAILED(cancelled); what was found stays. Resolves when its pod is gone. */
  cancel(jobId: string): Promise<void>;
  /** Events of a job after `afterSeq`, live, until it has ended or `signal` aborts. */
  follow(jobId: string, afterSeq?: number, signal?: AbortSignal): AsyncIterable<StageflowEvent>;
  /** The job's read model, folded to its newest event. */
  view(jobId: string): JobView | null;
  /** Resolves with the job's row when it has ended and its last words are stored. */
  ended(jobId: string): Promise<JobRow>;
  /** An event of the job could not be handled five times: the job ends as FAILED(poison). */
  poisoned(event: StageflowEvent): void;
  /** Ends all work: pods are dropped, unfinished jobs keep their state and go on with the next start. */
  stop(): Promise<void>;
}

/** Starts the engine on its ports. Jobs of earlier lives are left alone until `resume`. */
export async function startEngine(ports: EnginePorts): Promise<Engine> {
  const { ledger, clock, log } = ports;
  const moved = createSignal(clock);
  const running = new Map<string, { readonly done: Promise<void>; readonly control: AbortController }>();
  let stopped = false;

  const unlisten = ledger.onCommit(() => moved.notify());
  const relay = startRelay({ ledger, bus: ports.bus, clock, log });

  /** Starts a job's loop once; the promise resolves when the loop is over. */
  const run = (jobId: string) => {
    if (running.has(jobId) || stopped) return;
    const control = new AbortController();
    const seconds = ledger.job(jobId)?.spec.limits.jobSeconds ?? 3600;
    const deadline = clock.after(seconds * 1000, () => control.abort('deadline' satisfies StopReason));
    const done = runJob(jobId, ports, { signal: control.signal, moved })
      .then(() => writeLastWords(jobId))
      .catch((error: unknown) => log.error('a job loop broke', { jobId, error }))
      .finally(() => {
        deadline.cancel();
        running.delete(jobId);
        moved.notify();
      });
    running.set(jobId, { done, control });
  };

  /** A job that FAILED with something found still gets its report, which says incomplete; then its record is given back. */
  const writeLastWords = async (jobId: string) => {
    const job = ledger.job(jobId);
    if (!job || !TERMINAL.has(job.state)) return;
    // Whatever ended the job (a refused archive, a poisonous message), its login details have no more use.
    ports.secrets.remove(jobId);
    project(ledger, jobId);
    const hasReport = ledger.events(jobId).some((e) => e.type === 'jobs.events.failed' && e.data.report !== null);
    if (job.state === 'FAILED' && !hasReport && ledger.pages(jobId).length > 0) {
      await ports.report(jobId).catch((error: unknown) => log.warn('no report of a failed job', { jobId, error }));
    }
  };

  const mine = new Set<string>();
  const readers = await startReaders(ports, (job, event) => {
    moved.notify();
    if (!mine.has(job.id) || TERMINAL.has(job.state)) {
      if (event.type === 'extraction.events.failed' || event.type === 'scan.events.failed') failed(job, event);
      return;
    }
    if (event.type === 'jobs.events.created') run(job.id);
    if (event.type === 'extraction.events.failed' || event.type === 'scan.events.failed') failed(job, event);
  });

  /** extraction.failed and scan.failed end the job; the public word for it is jobs.failed. */
  const failed = (job: JobRow, event: StageflowEvent & { type: 'extraction.events.failed' | 'scan.events.failed' }) => {
    ledger.append(job.id, job.attempt, [
      { type: 'jobs.events.failed', key: '', cause: event.id, data: { failure: event.data.failure, report: null } },
    ]);
  };

  const heartbeat = { timer: clock.after(LEASE_MS / 3, () => renew()) };
  const renew = () => {
    for (const jobId of running.keys()) {
      const job = ledger.job(jobId);
      if (job && !TERMINAL.has(job.state)) {
        moveRecord(job, ports).then(
          (owned) => {
            if (!owned) running.get(jobId)?.control.abort('stop' satisfies StopReason);
          },
          (error: unknown) => log.warn('a lease could not be renewed', { jobId, error }),
        );
      }
    }
    heartbeat.timer = clock.after(LEASE_MS / 3, renew);
  };

  const submit: Engine['submit'] = ({ id, spec, access, parent, owner }) => {
    const jobId = id ?? newJobId(clock.now());
    // An id that is taken must not touch the login details of the job that has it.
    if (ledger.job(jobId)) throw new StageflowError('job_exists', { jobId });
    if (access) ports.secrets.put(jobId, access);
    mine.add(jobId);
    try {
      ledger.createJob({ id: jobId, spec, parent: parent ?? null, ...(owner === undefined ? {} : { owner }) });
    } catch (error) {
      mine.delete(jobId);
      ports.secrets.remove(jobId);
      throw error;
    }
    return jobId;
  };

  return {
    ledger,
    store: ports.store,
    submit,
    newJobId: () => newJobId(clock.now()),
    staging: (jobId) => ({
      put: (bucket, key, body, options) => ports.store.put(bucket, key, body, options),
      key: (filename) => stagingKeys.archive(jobId, filename),
    }),
    resume: async (jobId, access) => {
      const job = ledger.job(jobId);
      if (!job) throw new StageflowError('job_not_found', { jobId });
      if (TERMINAL.has(job.state)) throw new StageflowError('conflict', { jobId, state: job.state, action: 'resume' });
      // A loop of this engine is at it already: a higher attempt would only fence that loop out.
      if (running.has(jobId)) return;
      mine.add(jobId);
      if (access) ports.secrets.put(jobId, access);
      ledger.raiseAttempt(jobId);
      // What the queue had not delivered when the last owner died is received now; a repeat changes nothing.
      for (const event of ledger.events(jobId)) {
        if (movesOnReceive(event.type)) {
          const now = ledger.receive(event);
          if (event.type === 'extraction.events.failed' || event.type === 'scan.events.failed') failed(now, event);
        }
      }
      const now = ledger.job(jobId);
      if (now) await moveRecord(now, ports);
      if (now && TERMINAL.has(now.state)) await writeLastWords(jobId);
      else run(jobId);
    },
    retry: (jobId, access) => {
      const job = ledger.job(jobId);
      if (!job) throw new StageflowError('job_not_found', { jobId });
      if (!TERMINAL.has(job.state)) throw new StageflowError('conflict', { jobId, state: job.state, action: 'retry' });
      if (job.spec.access && !access) throw new StageflowError('secrets_gone');
      return submit({ spec: { ...job.spec, parent: jobId }, parent: jobId, access: access ?? null });
    },
    cancel: async (jobId) => {
      const job = ledger.job(jobId);
      if (!job) throw new StageflowError('job_not_found', { jobId });
      if (TERMINAL.has(job.state)) return;
      if (!running.has(jobId)) run(jobId);
      const loop = running.get(jobId);
      loop?.control.abort('cancel' satisfies StopReason);
      await loop?.done;
    },
    follow: async function* (jobId, afterSeq = 0, signal) {
      let seq = afterSeq;
      for (;;) {
        const batch = ledger.events(jobId, seq);
        for (const event of batch) {
          seq = event.seq;
          yield event;
        }
        const job = ledger.job(jobId);
        if (!job || signal?.aborted) return;
        if (batch.length === 0 && TERMINAL.has(job.state) && !running.has(jobId)) return;
        if (batch.length === 0) await moved.wait(500, signal);
      }
    },
    poisoned: (event) => {
      const job = ledger.job(event.jobId);
      if (!job || TERMINAL.has(job.state)) return;
      const error = new StageflowError('poison');
      const failure = { code: error.code, sentence: error.message, about: event.type };
      ledger.append(job.id, job.attempt, [
        { type: 'jobs.events.failed', key: '', cause: event.id, data: { failure, report: null } },
      ]);
      ports.secrets.remove(job.id);
      running.get(job.id)?.control.abort('stop' satisfies StopReason);
    },
    view: (jobId) => project(ledger, jobId),
    ended: async (jobId) => {
      for (;;) {
        const job = ledger.job(jobId);
        if (!job) throw new StageflowError('job_not_found', { jobId });
        if (TERMINAL.has(job.state) && !running.has(jobId)) return job;
        if (stopped) return job;
        await moved.wait(1000);
      }
    },
    stop: async () => {
      stopped = true;
      heartbeat.timer.cancel();
      const loops = [...running.values()];
      for (const loop of loops) loop.control.abort('stop' satisfies StopReason);
      await Promise.all(loops.map((loop) => loop.done));
      await relay.drained(2000);
      await readers.stop();
      await relay.stop();
      unlisten();
      moved.notify();
    },
  };
}
