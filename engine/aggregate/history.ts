import { z } from 'zod';
import { StageflowError } from '../kernel/index.ts';
import { CellCounts, CellOutcome, PageStatus, SiteSummary, StoredArtifact } from '../scanner/index.ts';
import type { HistoryEvent } from './input.ts';

const Failure = z.object({ code: z.string(), sentence: z.string() }).nullable();

/** The part of each event that aggregation reads. */
const SHAPES = {
  'extraction.events.ready': z.object({ site: SiteSummary }),
  'scan.events.page.discovered': z.object({
    pageId: z.string(),
    url: z.string(),
    depth: z.number(),
    place: z.number(),
  }),
  'scan.events.page.visited': z.object({
    pageId: z.string(),
    finalUrl: z.string(),
    httpStatus: z.number(),
    title: z.string(),
    template: z.string(),
    duplicateOf: z.string().nullable(),
    representative: z.boolean(),
    blocked: z.array(z.object({ url: z.string(), type: z.string(), reason: z.string() })),
  }),
  'scan.events.cell.completed': z.object({
    pageId: z.string(),
    scanner: z.string(),
    outcome: CellOutcome,
    failure: Failure,
    raw: StoredArtifact.nullable(),
    findings: StoredArtifact.nullable(),
    evidence: z.array(StoredArtifact),
    counts: CellCounts,
    milliseconds: z.number(),
    adoptedFrom: z.string().nullable(),
  }),
  'scan.events.page.completed': z.object({
    pageId: z.string(),
    status: PageStatus,
    failure: Failure,
    evidence: z.array(StoredArtifact),
  }),
  'scan.events.completed': z.object({
    skipped: z.array(z.object({ reason: z.string(), count: z.number(), examples: z.array(z.string()) })),
  }),
} as const;

type Shapes = { [T in keyof typeof SHAPES]: z.infer<(typeof SHAPES)[T]> };

/** A page as its events tell it. */
export interface PageHistory {
  readonly id: string;
  readonly url: string;
  readonly depth: number;
  readonly place: number;
  visited: Shapes['scan.events.page.visited'] | null;
  completed: Shapes['scan.events.page.completed'] | null;
}

/** A finished cell as its event tells it. */
export type CellHistory = Shapes['scan.events.cell.completed'];

/** A job's history, folded. */
export interface History {
  /** Breadth first. */
  readonly pages: readonly PageHistory[];
  /** By `<page>/<scanner>`; a later event of a cell replaces an earlier one. */
  readonly cells: ReadonlyMap<string, CellHistory>;
  readonly skipped: Shapes['scan.events.completed']['skipped'];
  readonly site: SiteSummary | null;
  /** True when the scan said that it ended by itself. */
  readonly ended: boolean;
}

/** The key of a cell in `History.cells`. */
export const cellKey = (pageId: string, scanner: string): string => `${pageId}/${scanner}`;

/** Folds recorded events. Throws `bad_event` for one that does not have its shape: a record that cannot be read is no ground for a report. */
export function readHistory(events: Iterable<HistoryEvent>): History {
  const pages = new Map<string, PageHistory>();
  const cells = new Map<string, CellHistory>();
  let skipped: History['skipped'] = [];
  let site: SiteSummary | null = null;
  let ended = false;
  for (const event of events) {
    switch (event.type) {
      case 'extraction.events.ready':
        site = read('extraction.events.ready', event).site;
        break;
      case 'scan.events.page.discovered': {
        const { pageId, ...page } = read('scan.events.page.discovered', event);
        if (!pages.has(pageId)) pages.set(pageId, { id: pageId, ...page, visited: null, completed: null });
        break;
      }
      case 'scan.events.page.visited': {
        const data = read('scan.events.page.visited', event);
        const page = pages.get(data.pageId);
        if (page) page.visited = data;
        break;
      }
      case 'scan.events.cell.completed': {
        const data = read('scan.events.cell.completed', event);
        cells.set(cellKey(data.pageId, data.scanner), data);
        break;
      }
      case 'scan.events.page.completed': {
        const data = read('scan.events.page.completed', event);
        const page = pages.get(data.pageId);
        if (page) page.completed = data;
        break;
      }
      case 'scan.events.completed':
        skipped = read('scan.events.completed', event).skipped;
        ended = true;
        break;
    }
  }
  const ordered = [...pages.values()].sort(
    (a, b) => a.depth - b.depth || a.place - b.place || (a.url < b.url ? -1 : 1),
  );
  return { pages: ordered, cells, skipped, site, ended };
}

function read<T extends keyof Shapes>(type: T, event: HistoryEvent): Shapes[T] {
  const parsed = SHAPES[type].safeParse(event.data);
  if (!parsed.success) throw new StageflowError('bad_event', { reason: `${type}: ${z.prettifyError(parsed.error)}` });
  return parsed.data as Shapes[T];
}
