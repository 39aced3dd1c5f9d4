/** One end of a channel between two processes, whatever carries it: structured clones, in order, each once. */
export interface Port {
  /** Hands a message over; after the channel's end it is dropped. */
  post(message: unknown): void;
  /** Calls `receive` for every message from now on. Returns how to stop. */
  listen(receive: (message: unknown) => void): () => void;
  /** Calls `ended` once when the other end is gone. Returns how to stop waiting for that. */
  onEnd(ended: () => void): () => void;
}
