import { StageflowError } from '../kernel/index.ts';
import type { JobRow } from '../ledger/port.ts';
import type { EnginePorts } from './ports.ts';
import type { Signal } from './signal.ts';

/** Why a job's loop is told to end: `rest`, when it goes on another day (stop, pause, a newer owner), or the error that the job ends with (cancel, deadline). */
export type StopReason = 'rest' | StageflowError;

/** One job in this engine's hand: what its loop and its commands share. */
export interface Hand {
  readonly jobId: string;
  /** The attempt that this hand writes as; whatever it does is refused once another engine has raised it. */
  attempt: number;
  readonly ports: EnginePorts;
  /** Aborted with a `StopReason`. */
  readonly signal: AbortSignal;
  /** Aborted when no new cells are to be handed out: those in hand may end before `signal` follows. */
  readonly draining: AbortSignal;
  /** Notified whenever a job was moved or an event recorded. */
  readonly moved: Signal;
  /** True when the job's record was claimed just before it was taken: there is nothing more to claim. */
  readonly claimed: boolean;
  /** Removals of pods that the job need not wait for before its report, but before it is over. */
  readonly removals: Promise<void>[];
}

/** The job as it is now; `fenced` once another owner has raised its attempt. */
export function jobInHand(hand: Hand): JobRow {
  const job = hand.ports.ledger.job(hand.jobId);
  if (!job) throw new StageflowError('job_not_found', { jobId: hand.jobId });
  if (job.attempt !== hand.attempt) throw new StageflowError('fenced', { jobId: hand.jobId });
  return job;
}

/** Starts the next attempt of a job in hand, fencing all older ones. */
export function raiseAttempt(hand: Hand): void {
  jobInHand(hand);
  hand.attempt = hand.ports.ledger.raiseAttempt(hand.jobId);
}
