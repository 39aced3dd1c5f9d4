import type { Failure } from '../../event/index.ts';
import { isInward, type StageflowError } from '../../kernel/index.ts';
import type { EventDraft } from '../../ledger/port.ts';
import type { StoredArtifact } from '../../scanner/index.ts';
import type { EnginePorts } from '../ports.ts';
import { writePartialReport } from './write-partial-report.ts';

/** Whose job failed, and who keeps the reason that is not for its owner. */
export interface FailingJob {
  readonly jobId: string;
  readonly ports: Pick<EnginePorts, 'ledger' | 'log'>;
}

/**
 * An error as events, and with them views, streams, webhooks and reports, tell it. The machine's owner is told all; somebody's job on a server
 * never names a place or process of the machine: the log keeps that.
 */
export function failureOf(error: StageflowError, { jobId, ports }: FailingJob, about: string | null = null): Failure {
  const { code, message } = error;
  if (!isInward(code) || ports.ledger.service.owners.tenantOf(jobId) === null)
    return { code, sentence: message.slice(0, 2000), about };
  ports.log.error('the machine failed a job', { jobId, code, reason: message });
  const sentence =
    'The server could not do its part of this job. What was found until then is kept; retry the job, and tell its administrator the id of the job if it stays.';
  return { code, sentence, about };
}

/** What a job's end is recorded with. */
export interface JobEnd {
  readonly jobId: string;
  readonly attempt: number;
  readonly failure: Failure;
  readonly report: StoredArtifact | null;
}

/** Records `jobs.events.failed`; a job that has had its last word keeps it. False when the row could not be stored: the job goes on another day. */
export function failJob({ jobId, attempt, failure, report }: JobEnd, ports: EnginePorts): boolean {
  const { ledger, log, secrets } = ports;
  try {
    if (!ledger.ended(jobId)) {
      const told = ledger.events(jobId).findLast(isFailure);
      const draft: EventDraft<'jobs.events.failed'> = {
        type: 'jobs.events.failed',
        key: '',
        cause: told?.id ?? null,
        data: { failure, report },
      };
      ledger.append(jobId, attempt, [draft]);
    }
    secrets.remove(jobId);
    return true;
  } catch (cause) {
    // With a full disk even this row may not fit.
    log.error('the end of a job could not be recorded', { jobId, code: failure.code, cause });
    return false;
  }
}

/**
 * Ends a job from any state with an error of its engine (cancelled, deadline, poison): report of what was found, then the last word.
 * A failure that was told already stays the reason, since it came first.
 */
export async function endJob(
  jobId: string,
  attempt: number,
  error: StageflowError,
  ports: EnginePorts,
): Promise<boolean> {
  if (ports.ledger.ended(jobId)) return true;
  const failure = ports.ledger.events(jobId).findLast(isFailure)?.data.failure ?? failureOf(error, { jobId, ports });
  const cells = ports.ledger.cells(jobId).length;
  const report = cells > 0 ? await writePartialReport({ id: jobId, attempt }, failure, ports) : null;
  return failJob({ jobId, attempt, failure, report }, ports);
}

type Told = { readonly type: string };
function isFailure<T extends Told>(
  event: T,
): event is Extract<T, { type: 'extraction.events.failed' | 'scan.events.failed' }> {
  return event.type === 'extraction.events.failed' || event.type === 'scan.events.failed';
}
