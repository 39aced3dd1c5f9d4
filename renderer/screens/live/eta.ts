import type { JobView } from '@stageflow/engine/view';

/** How long it may still take, in milliseconds; null while nobody can know. */
export type Eta = { readonly low: number; readonly high: number } | null;

/** Cells after which a guess is worth saying. */
const ENOUGH = 5;

/**
 * From the pace so far: the cells that are known and not done, at the time that one has taken. The range is wide at the start, where more pages may
 * still be found, and closes as the work is done.
 */
export function etaOf(view: Pick<JobView, 'state' | 'progress' | 'startedAt'>, now: number): Eta {
  const { cellsDone, cellsKnown } = view.progress;
  if (view.state !== 'SCANNING' || cellsDone < ENOUGH || cellsKnown <= cellsDone) return null;
  const left = ((now - view.startedAt) / cellsDone) * (cellsKnown - cellsDone);
  const open = 1 - cellsDone / cellsKnown;
  return { low: left * (1 - open / 2), high: left * (1 + open) + 10_000 };
}

/** A range in words: `2 to 5 min`, `up to 2 min`, `under 1 min`. */
export function etaWords(eta: NonNullable<Eta>): string {
  const minutes = (ms: number) => Math.round(ms / 60_000);
  const [low, high] = [minutes(eta.low), Math.max(1, minutes(eta.high))];
  if (eta.high < 60_000) return 'under 1 min left';
  if (low === 0) return `up to ${high} min left`;
  return low === high ? `about ${high} min left` : `${low} to ${high} min left`;
}
