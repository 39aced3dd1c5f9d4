import type { Clock } from '../kernel/index.ts';

/** Raised when a step of a dial took too long. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** Runs `work` with a signal that aborts after `ms`; rejects then even when `work` ignores the signal. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  reason: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {});
  const timer = clock.after(ms, () => {
    const error = new DeadlineError(reason);
    late.reject(error);
    controller.abort(error);
  });
  try {
    return await Promise.race([work(controller.signal), late.promise]);
  } finally {
    timer.cancel();
  }
}
