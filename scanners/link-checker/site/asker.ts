import type { GuardedAnswer, GuardedFailure, GuardedFetch } from '@stageflow/engine/sdk';

/** Time as the asker needs it; tests hand in their own. */
export interface AskerClock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** How hard the asker may work. */
export interface AskerLimits {
  /** Requests under way at once, over all hosts. */
  readonly total: number;
  /** Requests under way at once at the own host, and at any other. */
  readonly own: number;
  readonly foreign: number;
  /** Milliseconds between two starts at one foreign host. */
  readonly gap: number;
  /** Milliseconds from the start after which nothing more is asked. */
  readonly budget: number;
  /** Longest Retry-After that is waited for, in milliseconds. */
  readonly patience: number;
  /** How often a request is repeated after 429 or 503. */
  readonly retries: number;
}

export const LIMITS: AskerLimits = {
  total: 12,
  own: 6,
  foreign: 2,
  gap: 200,
  budget: 240_000,
  patience: 20_000,
  retries: 2,
};

/** Given in place of an answer when time is up. */
export interface OutOfTime {
  readonly url: string;
  readonly failure: 'budget';
  readonly reason: string;
}

export type Ask = (url: string, method: 'GET' | 'HEAD') => Promise<GuardedAnswer | GuardedFailure | OutOfTime>;

interface Host {
  running: number;
  /** Moment before which nothing may start. */
  notBefore: number;
  readonly waiting: (() => void)[];
}

/** Milliseconds that a Retry-After header asks for; null when there is none that can be read. `wall` is the time of day. */
export function retryAfter(value: string | undefined, wall: number): number | null {
  if (value === undefined) return null;
  if (/^\d+$/.test(value.trim())) return Number(value.trim()) * 1000;
  const date = Date.parse(value);
  return Number.isFinite(date) ? Math.max(0, date - wall) : null;
}

/** A fetch that is polite to every host: few at once, paced, backing off when told to, and done when the budget is. */
export function createAsker(
  fetch: GuardedFetch,
  ownOrigin: string,
  clock: AskerClock,
  signal: AbortSignal,
  limits: AskerLimits = LIMITS,
): Ask {
  const started = clock.now();
  const hosts = new Map<string, Host>();
  const queue: (() => void)[] = [];
  let running = 0;
  const over = () => signal.aborted || clock.now() - started >= limits.budget;
  const outOfTime = (url: string): OutOfTime => ({ url, failure: 'budget', reason: 'no time was left to ask' });

  const hostOf = (origin: string): Host => {
    const known = hosts.get(origin) ?? { running: 0, notBefore: 0, waiting: [] };
    hosts.set(origin, known);
    return known;
  };
  const enter = async (host: Host, most: number) => {
    while (host.running >= most) await new Promise<void>((resolve) => host.waiting.push(resolve));
    host.running++;
    while (running >= limits.total) await new Promise<void>((resolve) => queue.push(resolve));
    running++;
  };
  const leave = (host: Host) => {
    running--;
    host.running--;
    queue.shift()?.();
    host.waiting.shift()?.();
  };

  return async (url, method) => {
    const { origin } = new URL(url);
    const own = origin === ownOrigin;
    const host = hostOf(origin);
    await enter(host, own ? limits.own : limits.foreign);
    try {
      for (let attempt = 0; ; attempt++) {
        while (!over() && clock.now() < host.notBefore) {
          await clock.sleep(Math.min(host.notBefore - clock.now(), limits.budget), signal);
        }
        if (over()) return outOfTime(url);
        if (!own) host.notBefore = Math.max(host.notBefore, clock.now() + limits.gap);
        const answer = await fetch(url, { method });
        if ('failure' in answer || (answer.status !== 429 && answer.status !== 503) || attempt >= limits.retries)
          return answer;
        const wanted = retryAfter(answer.headers.find(([name]) => name === 'retry-after')?.[1], Date.now());
        const pause = wanted ?? 1000 * 2 ** attempt;
        if (pause > limits.patience) return answer;
        host.notBefore = Math.max(host.notBefore, clock.now() + pause);
      }
    } finally {
      leave(host);
    }
  };
}
