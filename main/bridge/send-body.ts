import { type Part, PIECE, WINDOW } from './frames.ts';

/** A body on its way out. */
export interface Sending {
  /** The receiver takes so many bytes more. */
  more(bytes: number): void;
  /** The rest is not wanted, or the channel is gone: the source is cancelled. */
  stop(reason: string): void;
}

/** Sends a stream in pieces, never more ahead of the receiver than its window; `done` is called once, whatever the end. */
export function sendBody(
  body: ReadableStream<Uint8Array>,
  id: number,
  post: (part: Part) => void,
  done: () => void,
): Sending {
  const reader = body.getReader();
  let credit = WINDOW;
  let stopped = false;
  let wake: (() => void) | null = null;

  const room = async () => {
    while (credit === 0 && !stopped) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const pump = async () => {
    for (;;) {
      const { done: last, value } = await reader.read();
      if (stopped) return;
      if (last) {
        post({ kind: 'end', id });
        return;
      }
      for (let at = 0; at < value.byteLength; ) {
        await room();
        if (stopped) return;
        const until = Math.min(at + PIECE, at + credit, value.byteLength);
        // A copy of its own: a clone of a view would carry the whole buffer behind it.
        post({ kind: 'bytes', id, bytes: new Uint8Array(value.subarray(at, until)) });
        credit -= until - at;
        at = until;
      }
    }
  };
  pump()
    .catch((error: unknown) => {
      if (!stopped) post({ kind: 'broken', id, reason: error instanceof Error ? error.message : String(error) });
    })
    .finally(done);
  return {
    more: (bytes) => {
      credit += bytes;
      wake?.();
      wake = null;
    },
    stop: (reason) => {
      if (stopped) return;
      stopped = true;
      wake?.();
      wake = null;
      reader.cancel(reason).catch(() => {});
    },
  };
}
