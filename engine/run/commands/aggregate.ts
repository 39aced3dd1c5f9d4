import { asStageflowError, StageflowError } from '../../kernel/index.ts';
import type { EventDraft } from '../../ledger/port.ts';
import type { Hand } from '../hand.ts';
import { ofThisDisk } from '../store-patience.ts';
import { failJob, failureOf } from './fail-job.ts';
import { verifyStored } from './verify-stored.ts';

/** Waits between tries to store a report, in milliseconds. A store elsewhere is then asked on at the last pace: one that is down for minutes loses nothing. */
const REPORT_DELAYS = [500, 2000, 8000, 20_000, 30_000] as const;
/** How long a store elsewhere is waited for in all, in milliseconds; less than the watchdog gives this state. */
const PATIENCE = 12 * 60_000;

/** COMPLETING: the report is stored, and all that it rests on is there, then the job is done; nothing trustworthy to show is FAILED with the reason. False when told to leave it for another day. */
export async function aggregate(hand: Hand): Promise<boolean> {
  const { jobId, ports, attempt } = hand;
  const written = await patiently(async () => {
    const made = await ports.report({ id: jobId, attempt }, null);
    await verifyStored(jobId, made, ports);
    return made;
  }, hand);
  if (written === null) return false;
  const { report, html, verdict, counts } = written;
  if (!written.trustworthy) {
    const about = { host: written.about ?? '', reason: written.about ?? '' };
    const failure = failureOf(new StageflowError(written.code ?? 'nothing_scanned', about), hand);
    return failJob({ jobId, attempt, failure, report }, ports);
  }
  const draft: EventDraft<'jobs.events.completed'> = {
    type: 'jobs.events.completed',
    key: '',
    cause: null,
    data: { report, html, verdict, counts },
  };
  await ports.ledger.appendTogether(jobId, attempt, [draft]);
  ports.secrets.remove(jobId);
  return true;
}

/** Tries again while the error table says that waiting may help; null when the hand is told to end meanwhile. */
async function patiently<T>(act: () => Promise<T>, { ports, signal }: Hand): Promise<T | null> {
  let waited = 0;
  for (let tries = 0; ; tries += 1) {
    try {
      return await act();
    } catch (thrown) {
      const error = asStageflowError(thrown);
      const delay = REPORT_DELAYS[Math.min(tries, REPORT_DELAYS.length - 1)] ?? 0;
      if (error.row.retry !== 'backoff' || error.code === 'disk_full') throw error;
      if (waited > PATIENCE || (tries >= REPORT_DELAYS.length && ofThisDisk(error)))
        throw new StageflowError('storage', { reason: error.reason }, { cause: error });
      ports.log.warn('the report could not be stored; trying again', { delay, code: error.code });
      await ports.clock.sleep(delay, signal).catch(() => {});
      waited += delay;
      if (!signal.aborted) continue;
      // The job's own time ran out while it waited: the store is what it failed of.
      if (signal.reason instanceof StageflowError && signal.reason.code === 'deadline')
        throw new StageflowError('storage', { reason: error.reason }, { cause: error });
      return null;
    }
  }
}
