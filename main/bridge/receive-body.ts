import { type Part, WINDOW } from './frames.ts';

/** A body on its way in. */
export interface Receiving {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Takes a part that came; true when it was the last one. */
  take(part: Extract<Part, { kind: 'bytes' | 'end' | 'broken' }>): boolean;
  /** The sender is gone. */
  fail(reason: Error): void;
}

/** Bytes below which it is not worth telling the sender that there is room. */
const LEAST_GRANT = WINDOW / 4;

/** The stream of a body that comes in pieces. Room is granted as it is read, so that a slow reader slows the sender; `unwanted` is called once when the reader wants no more of it. */
export function receiveBody(id: number, post: (part: Part) => void, unwanted: () => void): Receiving {
  /** Bytes that the sender may still send. */
  let allowed = WINDOW;
  let over = false;
  let into: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start: (controller) => {
        into = controller;
      },
      pull: (controller) => {
        const room = (controller.desiredSize ?? 0) - allowed;
        if (over || room < LEAST_GRANT) return;
        allowed += room;
        post({ kind: 'more', id, bytes: room });
      },
      cancel: () => {
        if (over) return;
        over = true;
        unwanted();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: WINDOW }),
  );
  const fail = (reason: Error) => {
    if (over) return;
    over = true;
    into?.error(reason);
  };
  return {
    stream,
    take: (part) => {
      if (part.kind === 'bytes') {
        if (over) return false;
        allowed -= part.bytes.byteLength;
        into?.enqueue(part.bytes as Uint8Array<ArrayBuffer>);
        return false;
      }
      if (part.kind === 'broken') fail(new Error(part.reason));
      else if (!over) {
        over = true;
        into?.close();
      }
      return true;
    },
    fail,
  };
}
