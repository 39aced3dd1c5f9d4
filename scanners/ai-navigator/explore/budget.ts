import type { NavigatorRaw } from '../raw.ts';

/** Raised when a cap is reached; what was seen until then stands. */
export class Spent extends Error {
  readonly cap: 'steps' | 'states' | 'seconds';
  constructor(cap: Spent['cap']) {
    super(`the cap on ${cap} is reached`);
    this.cap = cap;
  }
}

/** Hard caps of one run. */
export interface Budget {
  readonly caps: NavigatorRaw['caps'];
  /** Counts one real input, or throws `Spent`. */
  step(): void;
  state(): void;
  /** Throws when the time is over or the cell was ended. */
  check(): void;
}

/** Caps for one page; `now` is in milliseconds. */
export function createBudget(caps: Budget['caps'], signal: AbortSignal, now: () => number): Budget {
  const until = now() + caps.seconds * 1000;
  let steps = 0;
  let states = 0;
  const check = () => {
    signal.throwIfAborted();
    if (now() >= until) throw new Spent('seconds');
  };
  return {
    caps,
    check,
    step: () => {
      check();
      if (steps >= caps.steps) throw new Spent('steps');
      steps += 1;
    },
    state: () => {
      if (states >= caps.states) throw new Spent('states');
      states += 1;
    },
  };
}
