import type { Clock } from '../../engine/kernel/index.ts';

/** A clock whose hours pass as fast as there is nothing left to do. */
export interface VirtualClock extends Clock {
  /** Lets time pass, timer by timer, until `done` holds; false when it does not within `milliseconds` of its time. */
  runUntil(done: () => boolean, milliseconds: number): Promise<boolean>;
}

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Work that is ready runs before time passes: one turn of the real event loop empties all promises. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A clock for simulation: the same timers in the same order on every run. */
export function createVirtualClock(start = 1_000_000): VirtualClock {
  let now = start;
  let orders = 0;
  const alarms = new Set<Alarm>();

  const after = (milliseconds: number, run: () => void) => {
    orders += 1;
    const alarm = { at: now + Math.max(0, milliseconds), order: orders, run };
    alarms.add(alarm);
    return { cancel: () => void alarms.delete(alarm) };
  };
  const next = (): Alarm | null => {
    let first: Alarm | null = null;
    for (const alarm of alarms) {
      if (first === null || alarm.at < first.at || (alarm.at === first.at && alarm.order < first.order)) first = alarm;
    }
    return first;
  };

  return {
    now: () => now,
    after,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const timer = after(milliseconds, resolve);
        const stop = () => {
          timer.cancel();
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', stop, { once: true });
      }),
    async runUntil(done, milliseconds) {
      const end = now + milliseconds;
      await turn();
      while (!done()) {
        const alarm = next();
        if (alarm === null || alarm.at > end) return false;
        alarms.delete(alarm);
        now = alarm.at;
        alarm.run();
        await turn();
      }
      return true;
    },
  };
}
