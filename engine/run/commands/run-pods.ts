import type { JobState } from '../../event/index.ts';
import { TERMINAL } from '../../event/index.ts';
import { asStageflowError, isErrorCode, StageflowError } from '../../kernel/index.ts';
import type { EventDraft, JobRow } from '../../ledger/port.ts';
import { adoptFinishedCells } from '../adopt.ts';
import { type AttemptEnd, runAttempt } from '../attempt.ts';
import { createBlame } from '../blame.ts';
import { type Hand, jobInHand, raiseAttempt } from '../hand.ts';
import { saveAttemptFacts } from '../provenance.ts';
import type { Session } from '../session/session.ts';
import { failureOf } from './fail-job.ts';

/** Crashes of containers after which a job gives up, whatever it was doing. */
const MOST_CRASHES = 6;

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
  const { ledger, log } = hand.ports;
  const blame = createBlame(hand);
  let crashes = 0;
  let retried = false;
  try {
    while (!hand.signal.aborted && !hand.draining.aborted) {
      const job = jobInHand(hand);
      if (ledger.unreceived(job.id).some(({ event }) => OUTCOMES.has(event.type)) || TERMINAL.has(job.state))
        return true;
      const result = await runAttempt(job, hand.ports, {
        stop: hand.signal,
        draining: hand.draining,
        onExtracted: (session) => extracted(hand, session),
      });
      hand.removals.push(result.removed);
      await saveAttemptFacts(job, result.facts, hand.ports);
      const { end } = result;
      if (end.kind === 'stopped') return false;
      if (end.kind !== 'failed') {
        tellOutcome(job, end, result, hand);
        return true;
      }
      if (end.error.code === 'fenced') return false;
      if (end.error.row.retry === 'never' || end.error.code === 'disk_full') throw end.error;
      crashes += 1;
      if (crashes >= MOST_CRASHES) throw end.error;
      const blamed = blame(result.inFlight, end.error);
      // Without a page to blame there is one more try, as the error table says.
      if (!blamed && retried) throw end.error;
      retried ||= !blamed;
      const { code, cause } = end.error;
      log.warn('the scan container ended early; a new one takes over', { jobId: job.id, code, cause });
      // Two pods of one job would need twice the memory.
      await result.removed;
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

/** Records how the pods' work ended, when it ended by itself. */
function tellOutcome(
  job: JobRow,
  end: Extract<AttemptEnd['end'], { kind: 'scanned' | 'refused' }>,
  { skipped }: AttemptEnd,
  hand: Hand,
): void {
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
    ledger.append(job.id, attempt, [draft]);
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
  ledger.append(job.id, attempt, [draft]);
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
