/** Wakes everyone who waits for something to change; a waiter re-checks its own condition. */
export interface Signal {
  /** Wakes all who wait now, or, given what it is about, those who wait for that and those who wait for anything. */
  notify(about?: string): void;
  /** Resolves at the next notify (about `about` or everything, when it is given), or after `ms`, or when `signal` aborts; never rejects. */
  wait(ms: number, signal?: AbortSignal, about?: string): Promise<void>;
}

/** A signal whose timeouts run on the given clock. */
export function createSignal(clock: { after(ms: number, run: () => void): { cancel(): void } }): Signal {
  const waiters = new Map<() => void, string | undefined>();
  return {
    notify: (about) => {
      // Whoever begins to wait while the others are woken waits for the next one.
      for (const [wake, wanted] of [...waiters]) if (about === undefined || (wanted ?? about) === about) wake();
    },
    wait: (ms, signal, about) =>
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
        waiters.set(wake, about);
        signal?.addEventListener('abort', wake, { once: true });
      }),
  };
}
