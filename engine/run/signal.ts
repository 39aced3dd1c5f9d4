/** Wakes everyone who waits for something to change; a waiter re-checks its own condition. */
export interface Signal {
  /** Wakes all who wait now. */
  notify(): void;
  /** Resolves at the next notify, or after `ms`, or when `signal` aborts; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A signal whose timeouts run on the given clock. */
export function createSignal(clock: { after(ms: number, run: () => void): { cancel(): void } }): Signal {
  let waiters = new Set<() => void>();
  return {
    notify: () => {
      const woken = waiters;
      waiters = new Set();
      for (const wake of woken) wake();
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) {
          resolve();
          return;
        }
        const wake = () => {
          timer.cancel();
          waiters.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = clock.after(ms, wake);
        waiters.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
      }),
  };
}
