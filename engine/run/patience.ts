import type { StageflowError } from '../kernel/index.ts';

/** How a pod died, and what came of it. */
export interface Death {
  readonly error: StageflowError;
  /** The attempt finished a cell before. */
  readonly progress: boolean;
  /** There was a page in hand that may have caused it. */
  readonly blamed: boolean;
}

/** Pauses before the next pod after deaths in a row that the machine is to blame for, in milliseconds: what kills containers now may be over in a minute. */
const PAUSES = [1000, 2000, 4000, 8000, 15_000, 30_000, 30_000];
/** Deaths in a row after which a job gives up, whatever they were. */
const MOST = PAUSES.length + 1;

/**
 * Decides after each death of a pod whether another one is tried: the answer is how long to wait for it, in milliseconds, or null to
 * give up. Only deaths in a row count; an attempt that finished a cell shows that the job can go on. What the table allows one retry gets
 * one where there is no page to blame; what it wants delayed is the machine's doing and gets several, with growing pauses.
 */
export function createPatience(): (death: Death) => number | null {
  let inRow = 0;
  let retried = false;
  return ({ error, progress, blamed }) => {
    if (progress) {
      inRow = 0;
      retried = false;
    }
    inRow += 1;
    const { retry } = error.row;
    if (retry === 'never' || error.code === 'disk_full' || inRow >= MOST) return null;
    if (retry === 'backoff') return PAUSES[inRow - 1] ?? null;
    if (blamed) return 0;
    if (retried) return null;
    retried = true;
    return 0;
  };
}
