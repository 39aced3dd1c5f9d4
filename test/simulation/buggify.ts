/** Named points at which a simulation may go wrong, and how often each did. */
export interface Buggify {
  /** True with the given chance; counted under the name when it is. */
  hit(name: string, chance: number): boolean;
  /** Counts a fault that was chosen otherwise. */
  count(name: string): void;
}

/** Points that draw from `random` and count into `hits`. */
export function createBuggify(random: () => number, hits: Map<string, number>): Buggify {
  const count = (name: string) => void hits.set(name, (hits.get(name) ?? 0) + 1);
  return {
    count,
    hit: (name, chance) => {
      if (random() >= chance) return false;
      count(name);
      return true;
    },
  };
}
