const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds before the second, third, ... eighth try. */
const DELAYS = [5 * SECOND, MINUTE, 10 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR] as const;

/** What a try gave: an HTTP status, or a reason when there was no answer. */
export interface TryResult {
  readonly status: number | null;
  readonly reason: string | null;
}

/** True when the receiver took the message. Redirects are not followed, so they are no success. */
export function delivered({ status }: TryResult): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** When to try again after `attempts` tries; null when it is over: taken, told to go away (410), or tried often enough. Pure. */
export function nextTry(result: TryResult, attempts: number, now: number): number | null {
  if (delivered(result) || result.status === 410) return null;
  const delay = DELAYS[attempts - 1];
  return delay === undefined ? null : now + delay;
}
