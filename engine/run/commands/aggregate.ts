import { asStageflowError, StageflowError } from '../../kernel/index.ts';
import type { EventDraft } from '../../ledger/port.ts';
import type { Hand } from '../hand.ts';
import { failJob, failureOf } from './fail-job.ts';

/** Waits between tries to store a report, in milliseconds: a store that is down for a minute loses nothing. */
const REPORT_DELAYS = [500, 2000, 8000, 20_000, 30_000];

/** COMPLETING: the report is stored, then the job is done; nothing trustworthy to show is FAILED with the reason. False when told to leave it for another day. */
export async function aggregate(hand: Hand): Promise<boolean> {
  const { jobId, ports, attempt } = hand;
  const written = await patiently(() => ports.report(jobId, null), hand);
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
  ports.ledger.append(jobId, attempt, [draft]);
  ports.secrets.remove(jobId);
  return true;
}

/** Tries again while the error table says that waiting may help; null when the hand is told to end meanwhile. */
async function patiently<T>(act: () => Promise<T>, { ports, signal }: Hand): Promise<T | null> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await act();
    } catch (thrown) {
      const error = asStageflowError(thrown);
      const delay = REPORT_DELAYS[tries];
      if (error.row.retry !== 'backoff' || error.code === 'disk_full') throw error;
      if (delay === undefined) throw new StageflowError('storage', { reason: error.reason }, { cause: error });
      ports.log.warn('the report could not be stored; trying again', { delay, code: error.code });
      await ports.clock.sleep(delay, signal).catch(() => {});
      if (signal.aborted) return null;
    }
  }
}
