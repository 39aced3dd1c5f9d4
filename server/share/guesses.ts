import type { Clock } from '@stageflow/engine/kernel';

/** Unknown tokens that one address may try in a minute. */
export const GUESSES_PER_MINUTE = 20;
const WINDOW_MS = 60_000;
/** Addresses remembered at most; those that guessed longest ago are forgotten first. */
const MOST_ADDRESSES = 20_000;

/** Counts tokens that opened nothing. */
export interface GuessLimiter {
  /** Notes a miss: null while the address may go on guessing, else the seconds after which it may again. */
  missed(address: string): number | null;
}

/** At most 20 misses of one address in any minute, exactly; what is refused does not count again. */
export function createGuessLimiter(clock: Clock): GuessLimiter {
  const misses = new Map<string, readonly number[]>();
  return {
    missed(address) {
      const now = clock.now();
      const recent = (misses.get(address) ?? []).filter((at) => at > now - WINDOW_MS && at <= now);
      const allowed = recent.length < GUESSES_PER_MINUTE;
      misses.delete(address);
      misses.set(address, allowed ? [...recent, now] : recent);
      if (misses.size > MOST_ADDRESSES) misses.delete(misses.keys().next().value ?? '');
      return allowed ? null : Math.max(1, Math.ceil(((recent[0] ?? now) + WINDOW_MS - now) / 1000));
    },
  };
}
