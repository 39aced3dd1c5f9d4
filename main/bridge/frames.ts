/**
 * What crosses the channel between main and the engine's process: requests, answers and their bodies, many at once, told apart by the number
 * that the asking side gave. Both sides are ours and of one version.
 */
type Headers = readonly (readonly [string, string])[];

/** From the asking side. */
export type Asked =
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly method: string;
      /** Path with query; there is no host. */
      readonly path: string;
      readonly headers: Headers;
      readonly hasBody: boolean;
    }
  /** Nobody wants the answer any more. */
  | { readonly kind: 'stop'; readonly id: number };

/** From the answering side. */
export type Answered =
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly status: number;
      readonly headers: Headers;
      readonly hasBody: boolean;
    }
  /** There will be no answer; the words are for a log. */
  | { readonly kind: 'none'; readonly id: number; readonly reason: string };

/** Parts of a body: a request's from the asking side, an answer's from the answering side. */
export type Part =
  | { readonly kind: 'bytes'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly id: number }
  /** The body broke off. */
  | { readonly kind: 'broken'; readonly id: number; readonly reason: string }
  /** From the receiving side: so many bytes more may be sent. */
  | { readonly kind: 'more'; readonly id: number; readonly bytes: number }
  /** From the receiving side: the rest of the body is not wanted. */
  | { readonly kind: 'enough'; readonly id: number };

/** Most bytes of one body that are sent and not yet taken. */
export const WINDOW = 512 * 1024;

/** Most bytes in one message. */
export const PIECE = 64 * 1024;
