import { stagingKeys } from '../artifact/index.ts';
import { asStageflowError, type StageflowError } from '../kernel/index.ts';
import type { Hand } from './hand.ts';

/** How long a job waits for a store that does not answer, in milliseconds; less than the watchdog gives any state with pods. */
const PATIENCE = 40 * 60_000;
/** Waits between two questions, in milliseconds; the last one again and again. */
const DELAYS = [1000, 2000, 4000, 8000, 15_000];

/**
 * Waits until the store takes something again, when a job's pod failed with `failure` for want of it. False when there was nothing to wait
 * for: it took it at once, or it is this machine's own disk. Throws `store_failed` when it stays away, `disk_full` when that is the reason; returns
 * early when the hand is told to leave.
 */
export async function waitForStore(failure: StageflowError, hand: Hand): Promise<boolean> {
  const { clock, log } = hand.ports;
  if (ofThisDisk(failure)) return false;
  const until = clock.now() + PATIENCE;
  for (let asked = 0; !hand.signal.aborted && !hand.draining.aborted; asked += 1) {
    const error = await askStore(hand);
    if (error === null) return asked > 0;
    if (error.code !== 'store_failed' || ofThisDisk(error) || clock.now() > until) throw error;
    if (asked === 0) log.warn('the store does not answer; the job waits for it', { jobId: hand.jobId, error });
    const leaving = AbortSignal.any([hand.signal, hand.draining]);
    await clock.sleep(DELAYS[Math.min(asked, DELAYS.length - 1)] ?? 0, leaving).catch(() => {});
  }
  return true;
}

/** True when a file of this machine could not be used: that is mended by a person, not by waiting. */
export function ofThisDisk(error: StageflowError): boolean {
  return typeof (error.cause as { path?: unknown } | null | undefined)?.path === 'string';
}

/** What storing a few bytes fails with, or null. */
export async function askStore({ jobId, ports }: Hand): Promise<StageflowError | null> {
  const key = stagingKeys.canary(jobId);
  try {
    await ports.store.put('scanner-staging', key, Buffer.from(jobId));
    await ports.store.remove('scanner-staging', key);
    return null;
  } catch (error) {
    return asStageflowError(error);
  }
}
