import { StageflowError } from '@stageflow/engine/kernel';

/** One at a time of what would take too much memory or time together. */
export interface Turns {
  /** Waits for its turn, then works. One too many of `who` is refused (`rate_limited`) at once. */
  take<T>(who: string, work: () => Promise<T>): Promise<T>;
}

/** When somebody who has too much waiting may come again. */
const AGAIN_SECONDS = 10;

/** Gives turns round robin between those who wait; `most` works of each may wait. */
export function createTurns(most: number): Turns {
  // In order of whose turn is next.
  const waiting = new Map<string, (() => void)[]>();
  let busy = false;
  const next = () => {
    const [first] = waiting;
    if (first === undefined) {
      busy = false;
      return;
    }
    const [who, [begin, ...rest]] = first;
    waiting.delete(who);
    if (rest.length > 0) waiting.set(who, rest);
    begin?.();
  };
  return {
    take: async (who, work) => {
      if (busy) {
        const queue = waiting.get(who) ?? [];
        if (queue.length >= most) throw new StageflowError('rate_limited', { seconds: AGAIN_SECONDS });
        await new Promise<void>((begin) => waiting.set(who, [...queue, begin]));
      }
      busy = true;
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}
