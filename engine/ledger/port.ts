import type { KeyedAnswer, ServiceTables } from './service/port.ts';
import type { EventData, EventType, JobSpec, JobState, StageflowEvent } from '../event/index.ts';

/** A fact to be recorded; the ledger adds `seq`, `time` and the envelope. */
export interface EventDraft<T extends EventType = EventType> {
  readonly type: T;
  /** Distinguishes events of one type in a job: a page id, `page/scanner`; '' when there is one per job. Part of the deterministic id. */
  readonly key: string;
  readonly data: EventData<T>;
  readonly cause: string | null;
}

/** A job as the ledger keeps it. */
export interface JobRow {
  readonly id: string;
  readonly state: JobState;
  readonly attempt: number;
  readonly spec: JobSpec;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Seq of the newest event. */
  readonly seq: number;
  /** Error code of a FAILED job. */
  readonly failureCode: string | null;
  readonly parent: string | null;
  /** Seq of the last event whose orchestrator commands were carried out. */
  readonly handledSeq: number;
  /** True when it ran elsewhere and came here ended, from a bundle. */
  readonly imported: boolean;
}

/** A cell that is finished: its event row exists. */
export interface CellRow {
  readonly pageId: string;
  readonly scanner: string;
  readonly event: StageflowEvent & { type: 'scan.events.cell.completed' };
}

/** A page that was discovered, and how it ended if it has. */
export interface PageRow {
  readonly pageId: string;
  readonly url: string;
  readonly depth: number;
  readonly place: number;
  /** What its one navigation gave, or null while it was not visited. */
  readonly visited: (StageflowEvent & { type: 'scan.events.page.visited' }) | null;
  readonly completed: (StageflowEvent & { type: 'scan.events.page.completed' }) | null;
}

/** That a job was removed. */
export interface Removal {
  readonly jobId: string;
  /** Whose it was, or null for nobody's. */
  readonly tenant: string | null;
  /** The ledger's newest position at that moment. */
  readonly position: number;
}

/**
 * The record of what happened (SQLite, WAL, synchronous=FULL). Every method is one transaction and on disk when it returns, but for those that
 * say otherwise. Refusals are `fenced` (an older attempt), `illegal_transition`, `job_not_found`; a full disk is `disk_full`.
 */
export interface Ledger {
  /**
   * Stores a new job in PENDING with its first event and outbox row, and whose it is: `owner`, else whoever owns the parent, else nobody (the
   * command line of this machine). With `answer` the request that made it is answered in the same transaction: repeated after a crash it makes no
   * second job.
   */
  createJob(job: {
    id: string;
    spec: JobSpec;
    parent: string | null;
    owner?: string;
    answer?: KeyedAnswer | undefined;
  }): StageflowEvent;
  /**
   * Stores a job of another ledger that has ended, with its whole history in order of `seq`. Nothing of it goes to the outbox or to listeners. An id
   * that exists is `job_exists`; a history that the state machine does not allow, or that does not end, is `bundle_refused`. With `answer` the
   * request that brought it is answered in the same transaction, told the state in which it ended.
   */
  importJob(job: {
    readonly id: string;
    readonly parent: string | null;
    readonly owner: string;
    readonly events: readonly StageflowEvent[];
    readonly answer?: ((state: JobState) => KeyedAnswer | undefined) | undefined;
  }): void;
  /**
   * Event rows with seq, the state that `decide` gives, outbox rows: all or nothing. An id that exists already is left out
   * (the answer holds only the new events). `attempt` older than the job's is `fenced`.
   */
  append(jobId: string, attempt: number, drafts: readonly EventDraft[]): readonly StageflowEvent[];
  /**
   * As `append`, with all that is recorded in this turn of the event loop in one transaction (group commit). Nothing is seen before it is on
   * disk; then the promise resolves. The order of the calls is kept, also towards later methods of the other kind.
   */
  appendTogether(jobId: string, attempt: number, drafts: readonly EventDraft[]): Promise<readonly StageflowEvent[]>;
  /** Moves the state as `decide` says for an event that the orchestrator received; a repeated or late one changes nothing. Returns the job as it is now. */
  receive(event: StageflowEvent): JobRow;
  /** As `receive`, in the group of `appendTogether`. */
  receiveTogether(event: StageflowEvent): Promise<JobRow>;
  /** Raises the attempt by one (fencing all older ones) and returns it. Refused (`conflict`) for jobs that have ended. */
  raiseAttempt(jobId: string): number;
  job(jobId: string): JobRow | null;
  /** Newest first. */
  jobs(filter?: { readonly states?: readonly JobState[]; readonly limit?: number }): readonly JobRow[];
  /** Jobs that ended before a time, the one that ended first coming first; with `after` those behind it in this order. */
  endedBefore(time: number, limit: number, after?: JobRow): readonly JobRow[];
  /** How many jobs are in each state that any job is in, and when the oldest of them was made. */
  counts(): readonly { readonly state: JobState; readonly count: number; readonly oldest: number }[];
  /** A job's history from `afterSeq` (0 for all), in order; at most `limit` events when it is given. */
  events(jobId: string, afterSeq?: number, limit?: number): readonly StageflowEvent[];
  pages(jobId: string): readonly PageRow[];
  cells(jobId: string): readonly CellRow[];
  /**
   * Events of all jobs (or of one) after a position of the whole ledger, in order: what live streams resume from. Positions only grow, are never
   * given twice, and are not the job's `seq`.
   */
  eventsFrom(
    position: number,
    limit: number,
    jobId?: string,
  ): readonly { readonly position: number; readonly event: StageflowEvent }[];
  /** The oldest position that is still there and the newest one ever given; both 0 in a new ledger. */
  positions(): { readonly oldest: number; readonly newest: number };
  /** Removes an ended job with its events, view, owner and shares; that it was there is remembered for 90 days. Refused (`conflict`) while it runs. */
  deleteJob(jobId: string): void;
  /** Jobs that were removed when this position, or a later one, was the newest, the last ones first: what whoever was there before has to be told. */
  removals(position: number, limit: number): readonly Removal[];
  /** Called after a job was removed. Returns how to stop. */
  onRemoval(listen: (removal: Removal) => void): () => void;
  /** What the server keeps beside jobs. */
  readonly service: ServiceTables;
  /** Oldest unpublished events. */
  outbox(limit: number): readonly StageflowEvent[];
  /** Seen at once, on disk with the next transaction or a moment later: after a crash before that they are published again, under the same ids. */
  markPublished(ids: readonly string[]): void;
  /** Marks every event of unfinished jobs as unpublished again (the stream was lost). */
  republish(jobId: string): number;
  /** Puts recorded events into the outbox again (their messages were lost); an id that waits there already is left alone. */
  requeue(ids: readonly string[]): void;
  /** Events of a job that the orchestrator has still to receive, in order; `queued` while they wait in the outbox. */
  unreceived(jobId: string): readonly { readonly event: StageflowEvent; readonly queued: boolean }[];
  /**
   * Notes that the commands of all events up to `seq` were carried out. Seen at once, on disk with the next transaction or a moment later: after a
   * crash before that they are begun again and find their outcome recorded.
   */
  markHandled(jobId: string, seq: number): void;
  /** True once the job's last word, `jobs.events.completed` or `jobs.events.failed`, is recorded. */
  ended(jobId: string): boolean;
  /** Jobs whose last word is not recorded, oldest first: those that run or wait, and those that FAILED without having said so. */
  open(): readonly JobRow[];
  /** Called after each commit with the new events, in order. Returns how to stop. */
  onCommit(listen: (events: readonly StageflowEvent[]) => void): () => void;
  /** The status projection's stored row for a job, as canonical JSON, and the seq it was folded to. */
  view(jobId: string): { readonly json: string; readonly seq: number } | null;
  /** The line of a list that was stored with the view; null when there is none. */
  viewSummary(jobId: string): { readonly json: string; readonly seq: number } | null;
  /** Stores both. Seen at once, on disk with the next transaction or a moment later; `settled` waits for that. */
  saveView(jobId: string, view: { readonly json: string; readonly summary: string; readonly seq: number }): void;
  /** Resolves when everything that was written before is on disk. */
  settled(): Promise<void>;
  /** Small facts of this data folder (`engineId`, last nats pid). */
  setting(name: string): string | null;
  setSetting(name: string, value: string | null): void;
  close(): void;
}
