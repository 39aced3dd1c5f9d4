import type { EventData, EventOf, JobSpec, StageflowEvent } from '../event/index.ts';
// Not through the index: a browser folds views too, and the rest of event needs Node or brings the schemas along.
import { TERMINAL } from '../event/state-names.ts';
import {
  type CellView,
  type JobView,
  type PageView,
  type SpecView,
  VIEW_VERSION,
  type ViewCounts,
} from './job-view.ts';

const NO_COUNTS: ViewCounts = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
const SITE = '_site';

function sum(a: ViewCounts, b: ViewCounts): ViewCounts {
  return {
    critical: a.critical + b.critical,
    serious: a.serious + b.serious,
    moderate: a.moderate + b.moderate,
    minor: a.minor + b.minor,
    info: a.info + b.info,
    review: a.review + b.review,
  };
}

function specView(spec: JobSpec): SpecView {
  const { source } = spec;
  const more = source.kind === 'urls' && source.urls.length > 1 ? ` and ${source.urls.length - 1} more` : '';
  return {
    kind: source.kind,
    source: source.kind === 'zip' ? source.filename : `${source.urls[0] ?? ''}${more}`,
    modules: spec.modules.map((module) => module.id),
    device: spec.device,
    maxPages: spec.pages.max,
    maxDepth: spec.pages.depth,
    sample: spec.pages.sample,
    isolation: spec.isolation,
    siteUrl: spec.siteUrl,
    label: spec.label,
    parent: spec.parent,
  };
}

function born(event: EventOf<'jobs.events.created'>): JobView {
  return {
    version: VIEW_VERSION,
    jobId: event.jobId,
    state: 'PENDING',
    attempt: event.attempt,
    seq: event.seq,
    spec: specView(event.data.spec),
    pages: [],
    siteCells: [],
    totals: NO_COUNTS,
    progress: { pagesDone: 0, pagesScanned: 0, pagesKnown: 0, cellsDone: 0, cellsKnown: 0 },
    startedAt: event.time,
    updatedAt: event.time,
    endedAt: null,
    failure: null,
    verdict: null,
    report: null,
    html: null,
    skipped: [],
    site: null,
  };
}

/** Crawl order; the id breaks ties so that every fold gives the same list. */
function before(a: PageView, b: PageView): boolean {
  if (a.depth !== b.depth) return a.depth < b.depth;
  return a.place === b.place ? a.pageId < b.pageId : a.place < b.place;
}

function withPage(view: JobView, data: EventData<'scan.events.page.discovered'>): JobView {
  if (view.pages.some((page) => page.pageId === data.pageId)) return view;
  const page: PageView = {
    pageId: data.pageId,
    url: data.url,
    depth: data.depth,
    place: data.place,
    via: data.via,
    status: 'waiting',
    failure: null,
    title: null,
    httpStatus: null,
    finalUrl: null,
    duplicateOf: null,
    representative: false,
    blocked: 0,
    cells: [],
  };
  const at = view.pages.findLastIndex((other) => before(other, page)) + 1;
  const { progress } = view;
  return {
    ...view,
    pages: view.pages.toSpliced(at, 0, page),
    progress: {
      ...progress,
      pagesKnown: progress.pagesKnown + 1,
      cellsKnown: progress.cellsKnown + view.spec.modules.length,
    },
  };
}

function changePage(view: JobView, pageId: string, change: (page: PageView) => PageView): JobView {
  const at = view.pages.findIndex((page) => page.pageId === pageId);
  const page = view.pages[at];
  if (page === undefined) return view;
  return { ...view, pages: view.pages.with(at, change(page)) };
}

function withCell(view: JobView, data: EventData<'scan.events.cell.completed'>): JobView {
  const { pageId, scanner, outcome, counts, failure, milliseconds, adoptedFrom } = data;
  const cell: CellView = { scanner, outcome, counts, failure, milliseconds, adoptedFrom };
  const known = pageId === SITE ? view.siteCells : view.pages.find((page) => page.pageId === pageId)?.cells;
  if (known === undefined || known.some((other) => other.scanner === scanner)) return view;
  const cells = [...known, cell].sort((a, b) => (a.scanner < b.scanner ? -1 : 1));
  const { progress } = view;
  // Cells of a page were counted when it was discovered; those of the site are known only when they end.
  const added = pageId === SITE ? 1 : 0;
  const next = {
    ...view,
    // The report has counted causes; what comes late is not in it.
    totals: view.state === 'DONE' ? view.totals : sum(view.totals, counts),
    progress: { ...progress, cellsDone: progress.cellsDone + 1, cellsKnown: progress.cellsKnown + added },
  };
  return pageId === SITE ? { ...next, siteCells: cells } : changePage(next, pageId, (page) => ({ ...page, cells }));
}

function endPage(view: JobView, data: EventData<'scan.events.page.completed'>): JobView {
  const page = view.pages.find((other) => other.pageId === data.pageId);
  if (page === undefined || (page.status !== 'waiting' && page.status !== 'open')) return view;
  const missing = Math.max(0, view.spec.modules.length - page.cells.length);
  const { progress } = view;
  const next = {
    ...view,
    progress: {
      ...progress,
      pagesDone: progress.pagesDone + 1,
      pagesScanned: progress.pagesScanned + (data.status === 'scanned' ? 1 : 0),
      cellsKnown: progress.cellsKnown - missing,
    },
  };
  return changePage(next, data.pageId, (open) => ({ ...open, status: data.status, failure: data.failure }));
}

function fold(view: JobView, event: StageflowEvent): JobView {
  const open = !TERMINAL.has(view.state);
  switch (event.type) {
    case 'jobs.events.created':
      return view;
    case 'extraction.events.ready': {
      const { files, bytes, hosting, notes } = event.data.site;
      return { ...view, state: open ? 'READY_TO_SCAN' : view.state, site: { files, bytes, hosting, notes } };
    }
    case 'scan.events.page.discovered':
      return withPage(open ? { ...view, state: 'SCANNING' } : view, event.data);
    case 'scan.events.page.visited': {
      const { finalUrl, httpStatus, title, duplicateOf, representative, blocked } = event.data;
      return changePage(view, event.data.pageId, (page) => ({
        ...page,
        status: page.status === 'waiting' ? 'open' : page.status,
        finalUrl,
        httpStatus,
        title,
        duplicateOf,
        representative,
        blocked: blocked.length,
      }));
    }
    case 'scan.events.cell.completed':
      return withCell(view, event.data);
    case 'scan.events.page.completed':
      return endPage(view, event.data);
    case 'scan.events.completed':
      return { ...view, state: open ? 'COMPLETING' : view.state, skipped: event.data.skipped };
    case 'extraction.events.failed':
    case 'scan.events.failed':
      return open && view.state !== 'COMPLETING' ? { ...view, state: 'FAILED', failure: event.data.failure } : view;
    case 'jobs.events.completed': {
      if (!open) return view;
      const { report, html, verdict, counts } = event.data;
      return { ...view, state: 'DONE', endedAt: event.time, report, html, verdict, totals: counts };
    }
    case 'jobs.events.failed': {
      if (view.state === 'DONE' || view.endedAt !== null) return view;
      const { failure, report } = event.data;
      return { ...view, state: 'FAILED', endedAt: event.time, failure: view.failure ?? failure, report };
    }
  }
}

/**
 * Folds one event into the view; pure, and the same view for the same history whoever folds it. Events come in order
 * of `seq`: one that is in the view already changes nothing, a late one joins without changing the state.
 * Null until the job's first event.
 */
export function reduce(view: JobView | null, event: StageflowEvent): JobView | null {
  if (view === null) return event.type === 'jobs.events.created' ? born(event) : null;
  if (event.jobId !== view.jobId || event.seq <= view.seq) return view;
  const next = fold(view, event);
  return { ...next, seq: event.seq, attempt: Math.max(next.attempt, event.attempt), updatedAt: event.time };
}

/** Folds a history, or what came after `view`. */
export function reduceAll(view: JobView | null, events: Iterable<StageflowEvent>): JobView | null {
  let folded = view;
  for (const event of events) folded = reduce(folded, event);
  return folded;
}
