/** What is known about updates. */
export interface UpdateState {
  /** A version that is downloaded and waits; null for none. */
  readonly ready: string | null;
  /** When it was last asked for a newer version, in milliseconds since the epoch; null for never. */
  readonly asked: number | null;
}

/** What is to be done now. */
export type UpdateStep = 'ask' | 'nothing';

const BETWEEN_MS = 6 * 3_600_000;

/** Whether to ask for a newer version, which also downloads it: never while a scan runs, whose figures a download would spoil. Pure. */
export function updateStep(state: UpdateState, now: number, running: number, isWanted: boolean): UpdateStep {
  if (!isWanted || running > 0 || state.ready !== null) return 'nothing';
  return state.asked === null || now - state.asked >= BETWEEN_MS ? 'ask' : 'nothing';
}

/** The version that a person may restart into now; null while a scan runs, paused ones included, and when there is none. Pure. */
export const offeredUpdate = (state: UpdateState, open: number): string | null => (open === 0 ? state.ready : null);
