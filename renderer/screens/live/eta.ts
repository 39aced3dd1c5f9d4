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

/** A range in words: `2 to 5 min left`, `up to 2 min left`, and in steps of ten seconds where it is short. */
export function etaWords(eta: NonNullable<Eta>): string {
  const [unit, of] = eta.high < 100_000 ? (['s', 10_000] as const) : (['min', 60_000] as const);
  const size = unit === 's' ? 10 : 1;
  const [low, high] = [Math.round(eta.low / of) * size, Math.max(1, Math.round(eta.high / of)) * size];
  if (low === 0) return `up to ${high} ${unit} left`;
  return low === high ? `about ${high} ${unit} left` : `${low} to ${high} ${unit} left`;
}
