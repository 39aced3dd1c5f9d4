import type { Clock } from '@stageflow/engine/kernel';

/** Grants or refuses requests by key. */
export interface RateLimiter {
  /** Takes `cost` from the key's allowance: null when it is granted, else the seconds after which it will be. */
  take(key: string, cost: number): number | null;
}

/** Keys remembered at most. Those that asked longest ago are forgotten first, which only ever gives somebody a fresh allowance. */
const MOST_KEYS = 20_000;

/** An allowance of `perMinute` for every key, which fills up again evenly: a burst is fine, a stream beyond it is not. */
export function createRateLimiter(clock: Clock, perMinute: number): RateLimiter {
  const allowances = new Map<string, { left: number; at: number }>();
  return {
    take(key, cost) {
      const now = clock.now();
      const known = allowances.get(key) ?? { left: perMinute, at: now };
      const left = Math.min(perMinute, known.left + (Math.max(0, now - known.at) * perMinute) / 60_000);
      const granted = left >= cost;
      allowances.delete(key);
      allowances.set(key, { left: granted ? left - cost : left, at: now });
      if (allowances.size > MOST_KEYS) allowances.delete(allowances.keys().next().value ?? '');
      return granted ? null : Math.max(1, Math.ceil(((cost - left) * 60) / perMinute));
    },
  };
}
