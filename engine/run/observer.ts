/**
 * Counts for how many looks a thing has stayed as it was. Time is judged by the number of looks and not by a clock, so a clock that
 * jumps, or a machine that slept, makes nothing look old.
 */
export interface Observer {
  /** How many looks ago `key` first had this mark: 0 the first time. */
  unchanged(key: string, mark: string): number;
  /** Ends a round of looks: what was not looked at in it is forgotten. */
  endRound(): void;
}

/** One that has seen nothing. */
export function createObserver(): Observer {
  let before = new Map<string, { readonly mark: string; readonly looks: number }>();
  let now: typeof before = new Map();
  return {
    unchanged: (key, mark) => {
      const last = before.get(key);
      const looks = last?.mark === mark ? last.looks + 1 : 0;
      now.set(key, { mark, looks });
      return looks;
    },
    endRound: () => {
      before = now;
      now = new Map();
    },
  };
}
