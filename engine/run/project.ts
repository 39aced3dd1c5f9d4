import { TERMINAL } from '../event/index.ts';
import type { Ledger } from '../ledger/port.ts';
import { canonicalJson, type JobView, reduce, VIEW_VERSION } from '../view/index.ts';

interface Folded {
  readonly view: JobView;
  /** Seq to which it is folded, and the one to which it is stored. */
  readonly seq: number;
  readonly savedSeq: number;
}

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
  // Storing costs as much as the site is large, so a large one is stored once in a while; what is stored names its seq and is folded on from there.
  if (seq > savedSeq && (ended || seq - savedSeq > view.pages.length / 100)) {
    ledger.saveView(jobId, canonicalJson(view), seq);
    savedSeq = seq;
  }
  if (ended) views.delete(jobId);
  else views.set(jobId, { view, seq, savedSeq });
  return view;
}

/** The view as it was stored; null when there is none, or one of another version's shape, which is folded anew from the first event. */
function storedView(ledger: Ledger, jobId: string): Folded | null {
  const stored = ledger.view(jobId);
  if (!stored) return null;
  const view = JSON.parse(stored.json) as JobView;
  return view.version === VIEW_VERSION ? { view, seq: stored.seq, savedSeq: stored.seq } : null;
}
