import type { Failure, JobState } from '../event/index.ts';
import { TERMINAL } from '../event/index.ts';
import { asStageflowError, isErrorCode, StageflowError } from '../kernel/index.ts';
import type { EventDraft, JobRow } from '../ledger/port.ts';
import { adoptFinishedCells } from './adopt.ts';
import { type AttemptEnd, runAttempt } from './attempt.ts';
import type { EnginePorts } from './ports.ts';
import { saveAttemptFacts } from './provenance.ts';
import type { Session } from './session/session.ts';
import type { Signal } from './signal.ts';

/** Crashes of containers after which a job gives up, whatever it was doing. */
const MOST_CRASHES = 6;

/** What the loop of one job is told from outside. */
export interface JobControl {
  /** Aborted with a `StopReason`. */
  readonly signal: AbortSignal;
  /** Notified whenever the queue's consumer moved a job. */
  readonly moved: Signal;
}

/** Why a job's loop was told to end: a person's wish, the job's time limit, or the engine's own end (then the job goes on another day). */
export type StopReason = 'cancel' | 'deadline' | 'stop';

/**
 * Owns one job from its pod to its report: attempts, retries, aggregation. Resolves when the job has ended or the engine
 * stops; every outcome is an event in the ledger, so the caller need not look at the result.
 */
export async function runJob(jobId: string, ports: EnginePorts, control: JobControl): Promise<void> {
  const { ledger, log } = ports;
  const crashes = new Map<string, number>();
  let total = 0;
  let retried = false;
  try {
    while (!control.signal.aborted) {
      const job = current(jobId, ports);
      if (TERMINAL.has(job.state)) return;
      if (job.state === 'COMPLETING') {
        await complete(job, ports, control);
        return;
      }
      const result = await runAttempt(job, ports, {
        stop: control.signal,
        onExtracted: (session) => extracted(jobId, session, ports, control),
      });
      await saveAttemptFacts(job, result.facts, ports);
      const next = await settle(job, result, ports, control);
      if (next === 'ended') break;
      if (next === 'again') {
        total += 1;
        const error =
          result.end.kind === 'failed' ? result.end.error : new StageflowError('internal', { reason: 'no cause' });
        if (total >= MOST_CRASHES) throw error;
        const blamed = blame(job, result, crashes, ports);
        // Without a page to blame there is one more try, as the error table says.
        if (!blamed && retried) throw error;
        retried ||= !blamed;
        log.warn('the scan container ended early; a new one takes over', {
          jobId,
          code: error.code,
          cause: error.cause,
        });
        ledger.raiseAttempt(jobId);
      }
    }
  } catch (thrown) {
    fail(jobId, asStageflowError(thrown), ports);
  }
  if (control.signal.reason === 'cancel') fail(jobId, new StageflowError('cancelled'), ports);
  if (control.signal.reason === 'deadline') {
    fail(jobId, new StageflowError('deadline', { seconds: current(jobId, ports).spec.limits.jobSeconds }), ports);
  }
}

function current(jobId: string, ports: EnginePorts): JobRow {
  const job = ports.ledger.job(jobId);
  if (!job) throw new StageflowError('job_not_found', { jobId });
  return job;
}

/** The extractor is through (or the job has none): say so once, then wait until the job may be scanned. */
async function extracted(jobId: string, session: Session, ports: EnginePorts, control: JobControl): Promise<void> {
  const site = session.site();
  const job = current(jobId, ports);
  if (site && job.state === 'EXTRACTING') {
    const draft: EventDraft<'extraction.events.ready'> = {
      type: 'extraction.events.ready',
      key: '',
      cause: null,
      data: { site },
    };
    ports.ledger.append(jobId, job.attempt, [draft]);
  }
  await reached(jobId, ['READY_TO_SCAN', 'SCANNING'], ports, control);
  await adoptFinishedCells(jobId, ports);
}

/** Waits until the queue's consumer has moved the job to one of `states` (or it ended, or the loop is told to stop). */
async function reached(
  jobId: string,
  states: readonly JobState[],
  ports: EnginePorts,
  control: JobControl,
): Promise<JobRow> {
  for (;;) {
    const job = current(jobId, ports);
    if (states.includes(job.state) || TERMINAL.has(job.state) || control.signal.aborted) return job;
    await control.moved.wait(1000, control.signal);
  }
}

/** What an attempt's end means for the job. */
async function settle(
  job: JobRow,
  result: AttemptEnd,
  ports: EnginePorts,
  control: JobControl,
): Promise<'ended' | 'again'> {
  const { ledger } = ports;
  switch (result.end.kind) {
    case 'stopped':
      return 'ended';
    case 'refused': {
      const { code, entry, reason } = result.end;
      const known = isErrorCode(code) && (code.startsWith('zip_') || code === 'not_a_zip') ? code : 'zip_framing';
      const failure = failureOf(
        new StageflowError(known, { entry: entry ?? 'an entry', reason, path: 'The file' }),
        entry,
      );
      ledger.append(job.id, job.attempt, [
        { type: 'extraction.events.failed', key: '', cause: null, data: { failure } },
      ]);
      await reached(job.id, [], ports, control);
      return 'ended';
    }
    case 'scanned': {
      const events = ledger.events(job.id);
      const count = (type: string) => events.filter((e) => e.type === type).length;
      const draft: EventDraft<'scan.events.completed'> = {
        type: 'scan.events.completed',
        key: '',
        cause: null,
        data: {
          pages: count('scan.events.page.discovered'),
          cells: count('scan.events.cell.completed'),
          skipped: result.skipped,
        },
      };
      ledger.append(job.id, job.attempt, [draft]);
      const moved = await reached(job.id, ['COMPLETING'], ports, control);
      if (moved.state === 'COMPLETING' && !control.signal.aborted) await complete(moved, ports, control);
      return 'ended';
    }
    case 'failed':
      if (result.end.error.code === 'fenced') return 'ended';
      if (result.end.error.row.retry === 'never' || result.end.error.code === 'disk_full') throw result.end.error;
      return 'again';
  }
}

/** Two deaths with one page in hand: that page's missing cells fail, and the scan goes on without them. True when a page was blamed. */
function blame(job: JobRow, result: AttemptEnd, crashes: Map<string, number>, ports: EnginePorts): boolean {
  if (result.end.kind !== 'failed' || result.inFlight.length === 0) return false;
  const failure = failureOf(result.end.error, null);
  for (const { pageId, scanners } of result.inFlight) {
    const seen = (crashes.get(pageId) ?? 0) + 1;
    crashes.set(pageId, seen);
    if (seen < 2) continue;
    const drafts: EventDraft[] = scanners.map(
      (scanner): EventDraft<'scan.events.cell.completed'> => ({
        type: 'scan.events.cell.completed',
        key: `${pageId}/${scanner}`,
        cause: null,
        data: {
          pageId,
          scanner,
          outcome: 'failed',
          failure,
          raw: null,
          findings: null,
          evidence: [],
          counts: { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 },
          milliseconds: 0,
          adoptedFrom: null,
        },
      }),
    );
    if (pageId !== '_site') {
      const page: EventDraft<'scan.events.page.completed'> = {
        type: 'scan.events.page.completed',
        key: pageId,
        cause: null,
        data: { pageId, status: 'failed', failure, evidence: [] },
      };
      drafts.push(page);
    }
    ports.ledger.append(job.id, job.attempt, drafts);
  }
  return true;
}

/** COMPLETING: the report is stored, then the job is done; nothing trustworthy to show is FAILED with the reason. */
async function complete(job: JobRow, ports: EnginePorts, control: JobControl): Promise<void> {
  const written = await patiently(() => ports.report(job.id), ports, control);
  if (written === null) return;
  const { report, html, verdict, counts } = written;
  if (!written.trustworthy) {
    const error = new StageflowError(written.code ?? 'nothing_scanned', {
      host: written.about ?? '',
      reason: written.about ?? '',
    });
    fail(job.id, error, ports, report);
    return;
  }
  const draft: EventDraft<'jobs.events.completed'> = {
    type: 'jobs.events.completed',
    key: '',
    cause: null,
    data: { report, html, verdict, counts },
  };
  ports.ledger.append(job.id, job.attempt, [draft]);
  ports.secrets.remove(job.id);
}

/** Waits between tries to store a report, in milliseconds: a store that is down for a minute loses nothing. */
const REPORT_DELAYS = [500, 2000, 8000, 20_000, 30_000];

/** Tries again while the error table says that waiting may help; null when the loop is told to end meanwhile. */
async function patiently<T>(act: () => Promise<T>, ports: EnginePorts, control: JobControl): Promise<T | null> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await act();
    } catch (thrown) {
      const error = asStageflowError(thrown);
      const delay = REPORT_DELAYS[tries];
      if (error.row.retry !== 'backoff' || error.code === 'disk_full') throw error;
      if (delay === undefined) throw new StageflowError('storage', { reason: error.reason }, { cause: error });
      ports.log.warn('the report could not be stored; trying again', { delay, code: error.code });
      await ports.clock.sleep(delay, control.signal).catch(() => {});
      if (control.signal.aborted) return null;
    }
  }
}

function failureOf(error: StageflowError, about: string | null): Failure {
  return { code: error.code, sentence: error.message.slice(0, 2000), about };
}

/** FAILED with a code. Cancelled and broken jobs keep what was found: their report says incomplete. */
function fail(
  jobId: string,
  error: StageflowError,
  ports: EnginePorts,
  report: { readonly key: string; readonly sha256: string; readonly size: number } | null = null,
): void {
  const { ledger, log } = ports;
  const job = ledger.job(jobId);
  if (!job || TERMINAL.has(job.state) || error.code === 'fenced') return;
  const draft: EventDraft<'jobs.events.failed'> = {
    type: 'jobs.events.failed',
    key: '',
    cause: null,
    data: { failure: failureOf(error, null), report },
  };
  try {
    ledger.append(jobId, job.attempt, [draft]);
    ports.secrets.remove(jobId);
  } catch (cause) {
    // With a full disk even this row may not fit; the job stays as it is and goes on with the next start.
    log.error('the end of a job could not be recorded', { jobId, code: error.code, cause });
  }
}
