import { MAX_EVENT_BYTES, STREAM_NAMES, type StreamName, subjectsOf } from '../event/index.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A stream as data; durations in milliseconds, sizes in bytes. */
export interface StreamSpec {
  readonly name: string;
  readonly subjects: readonly string[];
  /** How long a message is kept. */
  readonly maxAge: number;
  readonly maxBytes: number;
  readonly maxMessageBytes: number;
  /** How long the server remembers message ids. */
  readonly duplicateWindow: number;
}

/** The contract's streams: exactly the catalog's subjects; by limits, since two durables read every subject. */
export const STREAMS: readonly (StreamSpec & { readonly name: StreamName })[] = STREAM_NAMES.map((name) => ({
  name,
  subjects: subjectsOf(name),
  maxAge: 7 * DAY,
  maxBytes: 2 ** 30,
  maxMessageBytes: MAX_EVENT_BYTES,
  duplicateWindow: DAY,
}));

/** How long and how much each stream of the contract keeps; what a reader has yet to see is published again from the ledger. */
export interface StreamRetention {
  readonly days: number;
  readonly bytes: number;
}

/** The contract's streams under another retention. */
export function streamsKept({ days, bytes }: StreamRetention): typeof STREAMS {
  // A server refuses to remember ids for longer than messages.
  return STREAMS.map((stream) => ({
    ...stream,
    maxAge: days * DAY,
    maxBytes: bytes,
    duplicateWindow: Math.min(stream.duplicateWindow, days * DAY),
  }));
}

/** Where messages go that nobody could read; one subject a durable. Its messages carry the raw text and two headers more. */
export const DEAD_LETTERS: StreamSpec = {
  name: 'dead-letters',
  subjects: ['dead-letters.*'],
  maxAge: 30 * DAY,
  maxBytes: 2 ** 28,
  maxMessageBytes: 2 * MAX_EVENT_BYTES,
  duplicateWindow: DAY,
};

/** KV buckets: who owns a job, how often a message was tried, which engine bears a node's name. */
export const BUCKETS = { records: 'job-records', tries: 'delivery-tries', nodes: 'nodes' } as const;

/** What every durable is declared with; durations in milliseconds. */
export const CONSUMER = {
  /** Time after which an unacked message comes again; the loop says `working` every third of it. */
  ackWait: MINUTE,
  /** No limit by the server: after it a message would stay unread without a word. The loop counts and sets aside by itself. */
  maxDeliver: -1,
  /** Most messages handed out and not yet acked. */
  maxAckPending: 64,
} as const;

/** Deliveries after which a message is poison. */
export const MAX_TRIES = 5;

/** Milliseconds before the second, third, … delivery of a message whose reader failed. */
export const RETRY_DELAYS: readonly number[] = [1_000, 4_000, 10_000, 20_000];
