import { TERMINAL } from '../event/index.ts';
import type { Ledger } from '../ledger/port.ts';
import { canonicalJson, type JobSummary, type JobView, reduce, summaryOf, VIEW_VERSION } from '../view/index.ts';

interface Folded {
  readonly view: JobView;
  /** Seq to which it is folded, and the one to which it is stored. */
  readonly seq: number;
  readonly savedSeq: number;
}

/** Events of a small job between two storings of its view. */
const EVENTS_BETWEEN = 8;

// Views of jobs that run, so that an event costs one step of the fold and not a reading of the whole view.
const running = new WeakMap<Ledger, Map<string, Folded>>();

/** Folds a job's new events into its stored view and returns it; the ledger's events are the only input. Null for an unknown job. */
export function project(ledger: Ledger, jobId: string): JobView | null {
  const views = running.get(ledger) ?? new Map<string, Folded>();
  running.set(ledger, views);
  const known = views.get(jobId) ?? storedView(ledger, jobId);
  const fresh = ledger.events(jobId, known?.seq ?? 0);
  let view = known?.view ?? null;
  for (const event of fresh) view = reduce(view, event);
  if (!view) return null;
  const seq = fresh.at(-1)?.seq ?? known?.seq ?? 0;
  let savedSeq = known?.savedSeq ?? 0;
  const ended = TERMINAL.has(view.state);
  // Storing waits for the disk and costs as much as the site is large, so it is done at first, at the end, and once in a while between; what
  // is stored names its seq and is folded on from there.
  const due = savedSeq === 0 || ended || seq - savedSeq >= Math.max(EVENTS_BETWEEN, view.pages.length / 100);
  if (seq > savedSeq && due) {
    save(ledger, jobId, view);
    savedSeq = seq;
  }
  if (ended) views.delete(jobId);
  else views.set(jobId, { view, seq, savedSeq });
  return view;
}

function save(ledger: Ledger, jobId: string, view: JobView): void {
  const summary = canonicalJson(summaryOf(view));
  ledger.saveView(jobId, { json: canonicalJson(view), summary, seq: view.seq });
}

/** A job's line for lists. It costs as much as the line is long, however large the site is: a whole view is looked at only where it is in memory, or behind. */
export function projectSummary(ledger: Ledger, jobId: string): JobSummary | null {
  const inMemory = running.get(ledger)?.has(jobId) ?? false;
  const stored = inMemory ? null : ledger.viewSummary(jobId);
  if (stored !== null && stored.seq === ledger.job(jobId)?.seq) {
    const summary = JSON.parse(stored.json) as JobSummary;
    if (summary.version === VIEW_VERSION) return summary;
  }
  const view = project(ledger, jobId);
  if (view === null) return null;
  // Views of an earlier release have no line beside them.
  if (!inMemory && ledger.viewSummary(jobId) === null) save(ledger, jobId, view);
  return summaryOf(view);
}

/** How the canonical text of a view of the present shape ends: its version is the last of its keys. */
const OF_THIS_VERSION = `"version":${VIEW_VERSION}}`;

/** A job's view as JSON text. That of a job which is not being worked on is given as it was stored: a large site's is neither read nor written anew. */
export function projectJson(ledger: Ledger, jobId: string): string | null {
  const stored = running.get(ledger)?.has(jobId) ? null : ledger.view(jobId);
  if (stored !== null && stored.seq === ledger.job(jobId)?.seq && stored.json.endsWith(OF_THIS_VERSION))
    return stored.json;
  const view = project(ledger, jobId);
  return view && JSON.stringify(view);
}

/** The view as it was stored; null when there is none, or one of another version's shape, which is folded anew from the first event. */
function storedView(ledger: Ledger, jobId: string): Folded | null {
  const stored = ledger.view(jobId);
  if (!stored) return null;
  const view = JSON.parse(stored.json) as JobView;
  return view.version === VIEW_VERSION ? { view, seq: stored.seq, savedSeq: stored.seq } : null;
}

/** What a rebuilding of the views found. */
export interface Rebuilt {
  readonly jobs: number;
  /** Jobs whose stored view was not what their events tell. */
  readonly drifted: readonly string[];
}

/** Jobs that are looked up at a time. */
const PAGE = 500;

/** Folds every job's view from its first event and stores it, whatever was stored before: the events are the record, a view is only read faster. */
export function rebuildViews(ledger: Ledger): Rebuilt {
  running.delete(ledger);
  const drifted: string[] = [];
  let jobs = 0;
  let before: string | undefined;
  for (;;) {
    const page = ledger.service.owners.jobs({ tenant: null, limit: PAGE, ...(before === undefined ? {} : { before }) });
    for (const jobId of page) {
      const stored = ledger.view(jobId);
      let view: JobView | null = null;
      // A stored view may lag behind the events; it is judged by what they told up to its seq.
      let told = stored?.json;
      for (const event of ledger.events(jobId)) {
        view = reduce(view, event);
        if (event.seq === stored?.seq) told = canonicalJson(view);
      }
      if (told !== stored?.json) drifted.push(jobId);
      if (view) save(ledger, jobId, view);
    }
    jobs += page.length;
    before = page.at(-1);
    if (page.length < PAGE) return { jobs, drifted };
  }
}
