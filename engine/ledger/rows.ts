import {
  checkEvent,
  EVENTS,
  type EventOf,
  type EventType,
  type JobSpec,
  type JobState,
  type StageflowEvent,
} from '../event/index.ts';
import type { CellRow, JobRow, PageRow } from './port.ts';

/** A row of `jobs` as SQLite gives it. */
export interface StoredJob {
  readonly id: string;
  readonly state: JobState;
  readonly attempt: number;
  readonly spec: string;
  readonly parent: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly seq: number;
  readonly failure_code: string | null;
  readonly handled_seq: number;
  readonly imported: number;
}

/** A row of `pages` with the text of its events. */
export interface StoredPage {
  readonly page_id: string;
  readonly url: string;
  readonly depth: number;
  readonly place: number;
  readonly visited: string | null;
  readonly completed: string | null;
}

/** A row of `cells` with the text of its event. */
export interface StoredCell {
  readonly page_id: string;
  readonly scanner: string;
  readonly json: string;
}

/** A recorded event: it was checked when it was recorded, so only one of an older version passes the schemas again. */
export function storedEvent(json: string): StageflowEvent {
  const event = JSON.parse(json) as StageflowEvent;
  return EVENTS[event.type as EventType]?.version === event.version ? event : checkEvent(event);
}

/** A job for those outside. */
export function jobRow(row: StoredJob): JobRow {
  return {
    id: row.id,
    state: row.state,
    attempt: row.attempt,
    spec: JSON.parse(row.spec) as JobSpec,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    seq: row.seq,
    failureCode: row.failure_code,
    parent: row.parent,
    handledSeq: row.handled_seq,
    imported: row.imported === 1,
  };
}

/** A page for those outside. */
export function pageRow(row: StoredPage): PageRow {
  return {
    pageId: row.page_id,
    url: row.url,
    depth: row.depth,
    place: row.place,
    visited: row.visited === null ? null : (storedEvent(row.visited) as EventOf<'scan.events.page.visited'>),
    completed: row.completed === null ? null : (storedEvent(row.completed) as EventOf<'scan.events.page.completed'>),
  };
}

/** A cell for those outside. */
export function cellRow(row: StoredCell): CellRow {
  return {
    pageId: row.page_id,
    scanner: row.scanner,
    event: storedEvent(row.json) as EventOf<'scan.events.cell.completed'>,
  };
}
