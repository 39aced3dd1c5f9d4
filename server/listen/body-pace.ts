import { type Clock, StageflowError, type Timer } from '@stageflow/engine/kernel';

/** How slow a body may come: fewer than `bytesPerSecond` over `windowMs` of waiting is too slow, and so is not one byte in `silentMs`. */
export interface Pace {
  readonly bytesPerSecond: number;
  readonly windowMs: number;
  readonly silentMs: number;
}

/** Slow enough for 200 MiB over a line of 5 Mbit/s, fast enough that a sender of single bytes does not stay for hours. */
export const BODY_PACE: Pace = { bytesPerSecond: 64 * 1024, windowMs: 60_000, silentMs: 25_000 };

/**
 * A body that fails with `request_timeout` once its sender is too slow. Only the time spent waiting for the sender counts: while nobody
 * reads (a slow store), the sender is held back by us and is not to blame.
 */
export function pacedBody(
  body: ReadableStream<Uint8Array>,
  clock: Clock,
  pace: Pace = BODY_PACE,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const enough = (pace.bytesPerSecond * pace.windowMs) / 1000;
  let waited = 0;
  let bytes = 0;
  const nextChunk = () => {
    const late = Promise.withResolvers<never>();
    late.promise.catch(() => {});
    const begun = clock.now();
    const timer: Timer = clock.after(Math.max(1, Math.min(pace.silentMs, pace.windowMs - waited)), () =>
      late.reject(new StageflowError('request_timeout')),
    );
    return Promise.race([reader.read(), late.promise]).finally(() => {
      timer.cancel();
      waited += clock.now() - begun;
    });
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await nextChunk();
          if (done) {
            controller.close();
            return;
          }
          bytes += value.byteLength;
          // A window ends when its bytes are in (the sender kept up) or, in `nextChunk`, when its time is over without them.
          if (bytes >= enough) {
            bytes = 0;
            waited = 0;
          }
          controller.enqueue(value);
        } catch (error) {
          const ended = new StageflowError('bad_request', { reason: 'its body broke off' }, { cause: error });
          controller.error(error instanceof StageflowError ? error : ended);
          reader.cancel(error).catch(() => {});
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
