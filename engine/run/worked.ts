import type { StageflowEvent } from '../event/index.ts';

/** Longest time between two events of one attempt that counts as work, in milliseconds: more is a clock that jumped or a machine that slept. */
const LONGEST_GAP = 600_000;

/**
 * How long a job has been worked on in all its attempts, in milliseconds, as its events tell. What is not counted: the wait before the
 * first attempt's first event, the time between attempts (crash, pause, stop), and jumps of the clock.
 */
export function workedFor(history: readonly StageflowEvent[]): number {
  let sum = 0;
  let before: StageflowEvent | null = null;
  for (const event of history) {
    if (event.type === 'jobs.events.created') continue;
    if (before?.attempt === event.attempt) sum += Math.min(Math.max(0, event.time - before.time), LONGEST_GAP);
    before = event;
  }
  return sum;
}
