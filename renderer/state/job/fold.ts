import type { StageflowEvent } from '@stageflow/engine/event';
import { type JobView, reduce } from '@stageflow/engine/view';

/** Milliseconds of folding before the browser gets its turn. */
const SLICE_MS = 8;
/** Shortest time between two pictures: more often would be flicker, not news. */
const PICTURE_MS = 100;

/** What the fold runs on; the browser's own unless a test says otherwise. */
export interface Surroundings {
  now(): number;
  later(run: () => void, ms: number): void;
}

const BROWSER: Surroundings = {
  now: () => performance.now(),
  later: (run, ms) => void setTimeout(run, ms),
};

/** Folds events into a view little by little, so that a burst of thousands never holds the window up. */
export interface Fold {
  /** Starts from here and forgets what was waiting. */
  start(view: JobView | null): void;
  /** Adds events that come after everything before. */
  add(events: readonly StageflowEvent[]): void;
  stop(): void;
}

/** Makes a fold that tells every new picture, with the events since the last one. */
export function createFold(
  onPicture: (view: JobView | null, events: readonly StageflowEvent[]) => void,
  surroundings: Surroundings = BROWSER,
): Fold {
  let view: JobView | null = null;
  let waiting: StageflowEvent[] = [];
  let next = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  let planned = false;
  let stopped = false;

  const plan = (ms: number) => {
    if (planned || stopped) return;
    planned = true;
    surroundings.later(() => {
      planned = false;
      if (!stopped) work();
    }, ms);
  };
  const work = () => {
    const until = surroundings.now() + SLICE_MS;
    while (next < waiting.length && surroundings.now() < until) {
      const event = waiting[next];
      if (event) view = reduce(view, event);
      next += 1;
    }
    const rest = shownAt + PICTURE_MS - surroundings.now();
    if (next < waiting.length) plan(0);
    else if (rest > 0) plan(rest);
    else {
      const fresh = waiting;
      waiting = [];
      next = 0;
      shownAt = surroundings.now();
      onPicture(view, fresh);
    }
  };
  return {
    start(from) {
      view = from;
      waiting = [];
      next = 0;
      shownAt = surroundings.now();
      onPicture(view, []);
    },
    add(events) {
      waiting.push(...events);
      plan(0);
    },
    stop() {
      stopped = true;
    },
  };
}
