import { setTimeout as pause } from 'node:timers/promises';

/** Waits before the engine's store is asked again, in milliseconds: a minute in all, as the engine itself waits with a report. */
const DELAYS = [250, 750, 2000, 7000, 20_000, 30_000] as const;

/** Asks again while `away` says of the answer that the store behind the engine is away; the last answer is given as it is. */
export async function whileStoreIsAway<T>(ask: () => Promise<T>, away: (answer: T) => boolean): Promise<T> {
  for (const delay of DELAYS) {
    const answer = await ask();
    if (!away(answer)) return answer;
    await pause(delay);
  }
  return ask();
}
