import { type Clock, type Result, StageflowError } from '../kernel/index.ts';
import {
  checkEvent,
  EVENTS,
  eventId,
  JobSpec,
  type JobState,
  movesOnReceive,
  type StageflowEvent,
  SUBJECTS,
  TERMINAL,
} from '../event/index.ts';
import { asLedgerError, openDatabase } from './database.ts';
import { foldEvent } from './fold.ts';
import { importEvents } from './import.ts';
import type { EventDraft, JobRow, Ledger, Removal } from './port.ts';
import { cellRow, jobRow, pageRow, type StoredCell, type StoredJob, type StoredPage, storedEvent } from './rows.ts';
import { openServiceTables } from './service/tables.ts';
import { prepareStatements } from './statements.ts';
import { openTransactions } from './transactions.ts';

/** The machine's answer as the ledger needs it; `nextState` of `engine/fsm`. */
export type NextState = (state: JobState, event: StageflowEvent) => Result<JobState, unknown>;

/** What a ledger is opened with. */
export interface LedgerOptions {
  /** The file, or ':memory:' for one that ends with the process. */
  readonly path: string;
  readonly clock: Clock;
  readonly nextState: NextState;
}

/** Events that end a job's story for good, and those that the orchestrator receives: one of each a job, so their ids are known. */
const ENDS = JSON.stringify(['jobs.events.completed', 'jobs.events.failed']);
const REMOVALS_KEPT_MS = 90 * 24 * 3600 * 1000;
const RECEIVED = JSON.stringify(SUBJECTS.filter(movesOnReceive));

/** Opens the record; see `Ledger` for what each method promises. */
export function openLedger({ path, clock, nextState }: LedgerOptions): Ledger {
  const db = openDatabase(path);
  const sql = prepareStatements(db);
  const listeners = new Set<(events: readonly StageflowEvent[]) => void>();
  const removalListeners = new Set<(removal: Removal) => void>();

  const transactions = openTransactions(db, clock, path);
  const write = transactions.now;
  const read = <T>(work: () => T): T => {
    try {
      return work();
    } catch (thrown) {
      throw asLedgerError(thrown, path);
    }
  };
  const tell = <T>(all: ReadonlySet<(told: T) => void>, told: T) => {
    for (const listen of all) {
      try {
        listen(told);
      } catch (thrown) {
        // What is committed stays committed, so the writer must not hear of a listener's failure.
        process.emitWarning(thrown instanceof Error ? thrown : String(thrown));
      }
    }
  };
  const announce = (events: readonly StageflowEvent[]) => {
    if (events.length > 0) tell(listeners, events);
  };

  const need = (jobId: string): StoredJob => {
    const row = sql.job.get(jobId) as StoredJob | undefined;
    if (row === undefined) throw new StageflowError('job_not_found', { jobId });
    return row;
  };
  const moved = (state: JobState, event: StageflowEvent): JobState => {
    const next = nextState(state, event);
    if (!next.ok) throw new StageflowError('illegal_transition', { event: event.type, state });
    return next.value;
  };
  const failureCode = (row: StoredJob, next: JobState, event: StageflowEvent): string | null =>
    next === 'FAILED' && row.state !== 'FAILED' && 'failure' in event.data
      ? (event.data.failure?.code ?? 'internal')
      : row.failure_code;

  /** Records one draft in the open transaction and gives the job as it is after it; null when it was known already. */
  const record = (row: StoredJob, draft: EventDraft): { row: StoredJob; event: StageflowEvent } | null => {
    const id = eventId(row.id, draft.type, draft.key);
    if (sql.hasEvent.get(id) !== undefined) return null;
    const now = clock.now();
    const event = checkEvent({
      id,
      seq: row.seq + 1,
      time: now,
      jobId: row.id,
      attempt: row.attempt,
      cause: draft.cause,
      type: draft.type,
      version: EVENTS[draft.type].version,
      data: draft.data,
    });
    const next = moved(row.state, event);
    const state = movesOnReceive(event.type) ? row.state : next;
    const failure = failureCode(row, state, event);
    const position = sql.insertEvent.run(id, row.id, event.seq, event.type, JSON.stringify(event)).lastInsertRowid;
    sql.insertOutbox.run(position);
    foldEvent(sql, event, position);
    sql.moveJob.run(state, event.seq, now, failure, row.id);
    return { row: { ...row, state, seq: event.seq, updated_at: now, failure_code: failure }, event };
  };

  const appended = (jobId: string, attempt: number, drafts: readonly EventDraft[]) => (): readonly StageflowEvent[] => {
    let row = need(jobId);
    if (attempt < row.attempt) throw new StageflowError('fenced', { jobId });
    const added: StageflowEvent[] = [];
    for (const draft of drafts) {
      const recorded = record(row, draft);
      if (recorded === null) continue;
      row = recorded.row;
      added.push(recorded.event);
    }
    return added;
  };
  const received = (message: StageflowEvent) => (): JobRow => {
    const row = need(message.jobId);
    const stored = sql.eventById.get(message.id) as
      | { position: number; json: string; received_at: number | null }
      | undefined;
    if (stored === undefined) throw new StageflowError('bad_event', { reason: `${message.id} is not in the ledger` });
    if (stored.received_at !== null || !movesOnReceive(message.type)) return jobRow(row);
    // The message may have been shortened to fit; what was recorded decides.
    const event = storedEvent(stored.json);
    const state = moved(row.state, event);
    const now = clock.now();
    sql.moveJob.run(state, row.seq, now, failureCode(row, state, event), row.id);
    sql.markReceived.run(now, stored.position);
    return jobRow(need(row.id));
  };

  const service = openServiceTables(db, clock, { read, write });

  return {
    createJob({ id, spec, parent, owner, answer }) {
      const event = write(() => {
        const known = sql.job.get(id) as StoredJob | undefined;
        if (known) throw new StageflowError('conflict', { jobId: id, state: known.state, action: 'creating it again' });
        const checked = JobSpec.safeParse(spec);
        if (!checked.success)
          throw new StageflowError('bad_event', { reason: checked.error.message }, { cause: checked.error });
        const now = clock.now();
        sql.insertJob.run(id, JSON.stringify(checked.data), parent, now, now);
        const created = record(need(id), { type: 'jobs.events.created', key: '', data: { spec }, cause: null });
        if (created === null)
          throw new StageflowError('conflict', { jobId: id, state: 'PENDING', action: 'creating it' });
        // In the same transaction: a crash leaves no accepted job that nobody may see.
        const tenant = owner ?? (parent === null ? null : service.owners.tenantOf(parent));
        if (tenant !== null) service.owners.set(id, tenant);
        if (answer !== undefined) service.idempotency.answer(answer);
        // From here on the archive is the job's.
        service.intakes.end(id);
        return created.event;
      });
      announce([event]);
      return event;
    },

    importJob({ id, parent, owner, events, answer }) {
      write(() => {
        const now = clock.now();
        if (sql.job.get(id) !== undefined) throw new StageflowError('job_exists', { jobId: id });
        const state = importEvents({ sql, nextState }, { id, parent, events }, now);
        service.owners.set(id, owner);
        const answered = answer?.(state);
        if (answered !== undefined) service.idempotency.answer(answered);
        // From here on its objects are the job's.
        service.intakes.end(id);
      });
    },

    append(jobId, attempt, drafts) {
      const events = write(appended(jobId, attempt, drafts));
      announce(events);
      return events;
    },
    appendTogether: (jobId, attempt, drafts) => transactions.together(appended(jobId, attempt, drafts), announce),
    receive: (message) => write(received(message)),
    receiveTogether: (message) => transactions.together(received(message), () => {}),
    settled: () =>
      transactions.together(
        () => {},
        () => {},
      ),

    raiseAttempt(jobId) {
      return write(() => {
        const row = need(jobId);
        const ended = TERMINAL.has(row.state) && sql.hasOneOf.get(jobId, ENDS) !== undefined;
        if (ended) throw new StageflowError('conflict', { jobId, state: row.state, action: 'another attempt' });
        sql.raiseAttempt.run(clock.now(), jobId);
        return row.attempt + 1;
      });
    },

    job: (jobId) =>
      read(() => {
        const row = sql.job.get(jobId) as StoredJob | undefined;
        return row === undefined ? null : jobRow(row);
      }),
    jobs: ({ states, limit = 1000 } = {}) =>
      read(() => {
        const rows = states ? sql.jobsIn.all(JSON.stringify(states), limit) : sql.jobs.all(limit);
        return (rows as StoredJob[]).map(jobRow);
      }),
    endedBefore: (time, limit, after) =>
      read(() => {
        const from = { afterTime: after?.updatedAt ?? Number.MIN_SAFE_INTEGER, afterId: after?.id ?? '' };
        return (sql.endedBefore.all({ time, limit, ...from }) as StoredJob[]).map(jobRow);
      }),
    counts: () => read(() => sql.counts.all() as { state: JobState; count: number; oldest: number }[]),
    // SQLite takes a negative limit for none.
    events: (jobId, afterSeq = 0, limit = -1) =>
      read(() => (sql.events.all(jobId, afterSeq, limit) as string[]).map(storedEvent)),
    pages: (jobId) => read(() => (sql.pages.all(jobId) as StoredPage[]).map(pageRow)),
    cells: (jobId) => read(() => (sql.cells.all(jobId) as StoredCell[]).map(cellRow)),

    eventsFrom: (position, limit, jobId) =>
      read(() => {
        const rows =
          jobId === undefined ? sql.eventsFrom.all(position, limit) : sql.jobEventsFrom.all(jobId, position, limit);
        return (rows as { position: number; json: string }[]).map((row) => ({
          position: row.position,
          event: storedEvent(row.json),
        }));
      }),
    positions: () =>
      read(() => ({
        oldest: (sql.oldestPosition.get() as number | null) ?? 0,
        newest: (sql.newestPosition.get() as number | undefined) ?? 0,
      })),
    deleteJob(jobId) {
      const removal = write(() => {
        const { state } = need(jobId);
        if (!TERMINAL.has(state)) throw new StageflowError('conflict', { jobId, state, action: 'its removal' });
        const now = clock.now();
        sql.noteRemoval.run({ jobId, now });
        sql.forgetRemovals.run(now - REMOVALS_KEPT_MS);
        const tenant = service.owners.tenantOf(jobId);
        sql.deleteDeliveries.run(jobId);
        sql.deleteJob.run(jobId);
        return { jobId, tenant, position: sql.newestPosition.get() as number };
      });
      tell(removalListeners, removal);
    },
    removals: (position, limit) => read(() => sql.removalsFrom.all(position, limit) as Removal[]),
    onRemoval(listen) {
      removalListeners.add(listen);
      return () => void removalListeners.delete(listen);
    },
    service,

    outbox: (limit) => read(() => (sql.outbox.all(limit) as string[]).map(storedEvent)),
    markPublished(ids) {
      transactions.along(() => {
        for (const id of ids) sql.deleteOutbox.run(id);
      });
    },
    requeue(ids) {
      write(() => {
        for (const id of ids) sql.requeue.run(id);
      });
    },
    unreceived: (jobId) =>
      read(() =>
        (sql.unreceived.all(jobId, RECEIVED) as { json: string; queued: number }[]).map(({ json, queued }) => ({
          event: storedEvent(json),
          queued: queued === 1,
        })),
      ),
    ended: (jobId) => read(() => sql.hasOneOf.get(jobId, ENDS) !== undefined),
    open: () => read(() => (sql.openJobs.all(ENDS) as StoredJob[]).map(jobRow)),
    republish: (jobId) => write(() => sql.refillOutbox.run(need(jobId).id).changes),
    markHandled(jobId, seq) {
      transactions.along(() => sql.markHandled.run(seq, need(jobId).id));
    },

    onCommit(listen) {
      listeners.add(listen);
      return () => void listeners.delete(listen);
    },

    view: (jobId) => read(() => (sql.view.get(jobId) as { json: string; seq: number } | undefined) ?? null),
    viewSummary: (jobId) =>
      read(() => (sql.viewSummary.get(jobId) as { json: string; seq: number } | undefined) ?? null),
    saveView(jobId, { json, summary, seq }) {
      transactions.along(() => sql.saveView.run(need(jobId).id, json, summary, seq));
    },
    setting: (name) => read(() => (sql.setting.get(name) as string | undefined) ?? null),
    setSetting(name, value) {
      write(() => (value === null ? sql.deleteSetting.run(name) : sql.setSetting.run(name, value)));
    },
    close: () => {
      transactions.close();
      db.close();
    },
  };
}
