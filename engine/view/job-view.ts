import type { EventData, JobSpec, JobState } from '../event/index.ts';

/** Raised whenever the shape below changes: a stored view of another version is folded anew. */
export const VIEW_VERSION = 3;

type CellData = EventData<'scan.events.cell.completed'>;

/** A code of the error table with its sentence, as events carry it. */
export type ViewFailure = NonNullable<CellData['failure']>;

/** Findings by severity; reviews apart. */
export type ViewCounts = CellData['counts'];

/** How one module ended on one page. */
export interface CellView {
  readonly scanner: string;
  readonly outcome: CellData['outcome'];
  readonly counts: ViewCounts;
  readonly failure: ViewFailure | null;
  /** How long it took. */
  readonly milliseconds: number;
  /** Job whose finished cell was taken over, or null. */
  readonly adoptedFrom: string | null;
}

/** One page, with its row of the matrix. */
export interface PageView {
  readonly pageId: string;
  readonly url: string;
  /** Clicks from the entry. */
  readonly depth: number;
  /** Order among pages of one depth. */
  readonly place: number;
  readonly via: EventData<'scan.events.page.discovered'>['via'];
  /** `waiting` until its visit, `open` until its last cell, then how it ended. */
  readonly status: 'waiting' | 'open' | EventData<'scan.events.page.completed'>['status'];
  readonly failure: ViewFailure | null;
  readonly title: string | null;
  readonly httpStatus: number | null;
  readonly finalUrl: string | null;
  readonly duplicateOf: string | null;
  /** True when modules that look at one page per template look at this one. */
  readonly representative: boolean;
  /** Requests of this page that the guard refused. */
  readonly blocked: number;
  /** Ended cells, in order of module name. */
  readonly cells: readonly CellView[];
}

/** What a person is told of the order they gave. */
export interface SpecView {
  readonly kind: JobSpec['source']['kind'];
  /** The archive's name, or the first address and how many more. */
  readonly source: string;
  readonly modules: readonly string[];
  readonly device: JobSpec['device'];
  readonly maxPages: number;
  readonly maxDepth: number;
  readonly sample: JobSpec['pages']['sample'];
  readonly isolation: JobSpec['isolation'];
  readonly siteUrl: string | null;
  readonly label: string | null;
  readonly parent: string | null;
}

type StoredObject = EventData<'jobs.events.completed'>['report'];

/** All a window, a browser or a terminal needs to show a job. Folded from its events by `reduce`; never written otherwise. */
export interface JobView {
  readonly version: number;
  readonly jobId: string;
  /** Where the recorded events lead; nothing leaves DONE or FAILED. */
  readonly state: JobState;
  readonly attempt: number;
  /** Seq of the newest event in here; older ones are repetitions. */
  readonly seq: number;
  readonly spec: SpecView;
  /** In the order of the crawl: depth, then place. */
  readonly pages: readonly PageView[];
  /** Ended cells that look at the site as a whole, in order of module name. */
  readonly siteCells: readonly CellView[];
  /**
   * What was found. Until the job is DONE, the sum of what modules said, where one fault may be told many times; from then on the causes that
   * the report counts.
   */
  readonly totals: ViewCounts;
  /** Cells are `known` once their page is; a page that ends early takes its missing cells along. */
  readonly progress: {
    /** Pages that have ended, however they did. */
    readonly pagesDone: number;
    /** Those of them that were looked at, as the report counts them: neither left out, nor failed, nor blocked. */
    readonly pagesScanned: number;
    readonly pagesKnown: number;
    readonly cellsDone: number;
    readonly cellsKnown: number;
  };
  /** Milliseconds since the epoch, as all times here. */
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  readonly failure: ViewFailure | null;
  readonly verdict: EventData<'jobs.events.completed'>['verdict'] | null;
  readonly report: StoredObject | null;
  readonly html: StoredObject | null;
  /** Pages seen and left out, by reason. */
  readonly skipped: EventData<'scan.events.completed'>['skipped'];
  /** What the archive turned out to be; null for URL jobs and until it is unpacked. */
  readonly site: {
    readonly files: number;
    readonly bytes: number;
    readonly hosting: readonly string[];
    readonly notes: readonly string[];
  } | null;
}
