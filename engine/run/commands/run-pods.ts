import type { JobState } from '../../event/index.ts';
import { TERMINAL } from '../../event/index.ts';
import { asStageflowError, isErrorCode, StageflowError } from '../../kernel/index.ts';
import type { EventDraft, JobRow } from '../../ledger/port.ts';
import { adoptFinishedCells } from '../adopt.ts';
import { type AttemptEnd, runAttempt } from '../attempt.ts';
import { createBlame } from '../blame.ts';
import { type Hand, jobInHand, raiseAttempt } from '../hand.ts';
import { createPatience } from '../patience.ts';
import { saveAttemptFacts } from '../provenance.ts';
import type { Session } from '../session/session.ts';
import { waitForStore } from '../store-patience.ts';
import { failureOf } from './fail-job.ts';

/** Events that say how the pods' work ended. */
const OUTCOMES: ReadonlySet<string> = new Set([
  'extraction.events.failed',
  'scan.events.completed',
  'scan.events.failed',
]);

/**
 * Runs pod after pod until an event says how the work ended: scanned, refused, or failed for a reason of the job's own. False when the
 * hand was told to leave it. Begun again after a crash, only the missing cells are handed out; with its outcome recorded it does nothing.
 */
export async function runPods(hand: Hand): Promise<boolean> {
  const { ledger, log, clock } = hand.ports;
  const blame = createBlame(hand);
  const patience = createPatience();
  try {
    while (!hand.signal.aborted && !hand.draining.aborted) {
      const job = jobInHand(hand);
      if (ledger.unreceived(job.id).some(({ event }) => OUTCOMES.has(event.type)) || TERMINAL.has(job.state))
        return true;
      const before = ledger.cells(job.id).length;
      const result = await runAttempt(job, hand.ports, {
        stop: hand.signal,
        draining: hand.draining,
        alone: blame.suspects,
        onExtracted: (session) => extracted(hand, session),
      });
      hand.removals.push(result.removed);
      await saveAttemptFacts(job, result.facts, hand.ports);
      const { end } = result;
      if (end.kind === 'stopped') return false;
      if (end.kind !== 'failed') {
        await tellOutcome(job, end, result, hand);
        return true;
      }
      if (end.error.code === 'fenced') return false;
      const progress = ledger.cells(job.id).length > before;
      const { code, cause } = end.error;
      // A store that is away is waited for: no pod could do better, and no page is to blame.
      const cameBack = code === 'store_failed' && (await waitForStore(end.error, hand));
      const blamed = blame.died(result.inFlight, end.error);
      const pause = cameBack ? 0 : patience({ error: end.error, progress, blamed });
      if (pause === null) throw end.error;
      log.warn('the scan container ended early; a new one takes over', { jobId: job.id, code, cause, pause });
      // Two pods of one job would need twice the memory.
      await result.removed;
      await clock.sleep(pause, AbortSignal.any([hand.signal, hand.draining])).catch(() => {});
      raiseAttempt(hand);
    }
    return false;
  } catch (thrown) {
    const error = asStageflowError(thrown);
    const { state } = jobInHand(hand);
    // Before the scan there is no event of its own to say it with: the job itself fails.
    if (error.code === 'fenced' || (state !== 'READY_TO_SCAN' && state !== 'SCANNING')) throw error;
    const draft: EventDraft<'scan.events.failed'> = {
      type: 'scan.events.failed',
      key: '',
      cause: null,
      data: { failure: failureOf(error, hand) },
    };
    ledger.append(hand.jobId, hand.attempt, [draft]);
    return true;
  }
}

/** Records how the pods' work ended, when it ended by itself; resolves when that is on disk. */
async function tellOutcome(
  job: JobRow,
  end: Extract<AttemptEnd['end'], { kind: 'scanned' | 'refused' }>,
  { skipped }: AttemptEnd,
  hand: Hand,
): Promise<void> {
  const {
    attempt,
    ports: { ledger },
  } = hand;
  if (end.kind === 'scanned') {
    const events = ledger.events(job.id);
    const count = (type: string) => events.filter((e) => e.type === type).length;
    const draft: EventDraft<'scan.events.completed'> = {
      type: 'scan.events.completed',
      key: '',
      cause: null,
      data: { pages: count('scan.events.page.discovered'), cells: count('scan.events.cell.completed'), skipped },
    };
    await ledger.appendTogether(job.id, attempt, [draft]);
    return;
  }
  const { code, entry, reason } = end;
  const known = isErrorCode(code) && (code.startsWith('zip_') || code === 'not_a_zip') ? code : 'zip_framing';
  const error = new StageflowError(known, { entry: entry ?? 'an entry', reason, path: 'The file' });
  const draft: EventDraft<'extraction.events.failed'> = {
    type: 'extraction.events.failed',
    key: '',
    cause: null,
    data: { failure: failureOf(error, hand, entry) },
  };
  await ledger.appendTogether(job.id, attempt, [draft]);
}

/** The extractor is through (or the job has none): say so once, then wait until the job may be scanned. */
async function extracted(hand: Hand, session: Session): Promise<void> {
  const site = session.site();
  const job = jobInHand(hand);
  if (site && job.state === 'EXTRACTING') {
    const draft: EventDraft<'extraction.events.ready'> = {
      type: 'extraction.events.ready',
      key: '',
      cause: null,
      data: { site },
    };
    hand.ports.ledger.append(job.id, hand.attempt, [draft]);
  }
  await reached(hand, ['READY_TO_SCAN', 'SCANNING']);
  await adoptFinishedCells(job.id, hand.ports);
}

/** Waits until the queue's consumer has moved the job to one of `states` (or it ended, or the hand is told to leave). */
async function reached(hand: Hand, states: readonly JobState[]): Promise<void> {
  for (;;) {
    const job = jobInHand(hand);
    if (states.includes(job.state) || TERMINAL.has(job.state) || hand.signal.aborted) return;
    await hand.moved.wait(1000, hand.signal, hand.jobId);
  }
}
