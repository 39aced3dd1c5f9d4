import type { JobState } from '../event/index.ts';
import { asStageflowError, StageflowError } from '../kernel/index.ts';
import { carryOut } from './commands/carry-out.ts';
import { endJob } from './commands/fail-job.ts';
import { pendingCommands } from './commands/pending.ts';
import { type Hand, jobInHand } from './hand.ts';
import { claimRecord } from './record.ts';
import { askStore } from './store-patience.ts';

/** How long the queue is left alone after it did not answer, in milliseconds. */
const CLAIM_AGAIN = 2000;
/** How long a job waits for the queue until it is asked whether the disk is full, in milliseconds. */
const ASK_FOR_ROOM = 5000;

/**
 * Owns one job from its pod to its last word: carries out the commands of each transition and waits for the next one. Resolves when the
 * job has ended, is owned by another engine, or the hand is told to leave; every outcome is an event in the ledger. Leaves no pod behind.
 * Gives the error that the job should have ended with when not even that could be stored.
 */
export async function runJob(hand: Hand): Promise<StageflowError | null> {
  const { jobId, ports, signal } = hand;
  try {
    if (hand.claimed || (await owned(hand))) await live(hand);
    if (signal.aborted && signal.reason instanceof StageflowError)
      return (await endJob(jobId, hand.attempt, signal.reason, ports)) ? null : signal.reason;
    return null;
  } catch (thrown) {
    const error = asStageflowError(thrown);
    if (error.code !== 'fenced') return (await endJob(jobId, hand.attempt, error, ports)) ? null : error;
    ports.log.info('a job has a newer owner', { jobId, attempt: hand.attempt });
    return null;
  } finally {
    await Promise.all(hand.removals);
  }
}

/** Carries out command after command until the job has had its last word. */
async function live(hand: Hand): Promise<void> {
  const { jobId, ports, signal, draining, moved } = hand;
  const { ledger, clock } = ports;
  // The queue has delivered the job when it comes here; the transition waited until there was room for it.
  const created = ledger.unreceived(jobId).find(({ event }) => event.type === 'jobs.events.created');
  if (created) await ledger.receiveTogether(created.event);
  let idle: JobState | null = null;
  let since = clock.now();
  while (!signal.aborted && !ledger.ended(jobId)) {
    const job = jobInHand(hand);
    const todo = job.state === idle ? null : pendingCommands(job, ledger);
    if (todo !== null) {
      if (!(await carryOut(todo.commands, hand))) return;
      ledger.markHandled(jobId, todo.seq);
      continue;
    }
    if (draining.aborted) return;
    if (job.state !== idle) since = clock.now();
    idle = job.state;
    await moved.wait(1000, signal, jobId);
    if (clock.now() - since < ASK_FOR_ROOM) continue;
    since = clock.now();
    await askForRoom(hand);
  }
}

/** A queue on a full disk delivers nothing and does not say why: writing is asked of the store. Throws `disk_full`; whatever else a store may have is waited out. */
async function askForRoom(hand: Hand): Promise<void> {
  const error = await askStore(hand);
  if (error?.code === 'disk_full') throw error;
}

/** Writes this engine into the job's record before anything is done; waits while the queue does not answer. False when another engine has it. */
async function owned(hand: Hand): Promise<boolean> {
  while (!hand.signal.aborted && !hand.draining.aborted) {
    const job = jobInHand(hand);
    try {
      return await claimRecord(job, hand.ports);
    } catch (error) {
      hand.ports.log.warn('a job waits for the queue', { jobId: hand.jobId, error });
      await hand.ports.clock.sleep(CLAIM_AGAIN, hand.signal).catch(() => {});
    }
  }
  return false;
}
