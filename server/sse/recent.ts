import type { StageflowEvent } from '@stageflow/engine/event';
import { frame } from './frame.ts';

/** One event as it goes to all who may see it: encoded once. */
export interface Entry {
  readonly position: number;
  readonly jobId: string;
  /** Whose job it is; null when it is nobody's, which only an admin sees. */
  readonly tenant: string | null;
  readonly type: StageflowEvent['type'];
  readonly bytes: Uint8Array;
}

/** An event of the ledger as an entry. */
export function entryOf(
  { position, event }: { readonly position: number; readonly event: StageflowEvent },
  tenant: string | null,
): Entry {
  const bytes = frame(position, event.type, JSON.stringify(event));
  return { position, jobId: event.jobId, tenant, type: event.type, bytes };
}

/** Events that are handed out together. */
export interface Batch {
  readonly entries: readonly Entry[];
  /** All of them on the wire. */
  readonly bytes: Uint8Array;
}

/** Events as a batch. */
export function batchOf(entries: readonly Entry[]): Batch {
  const [only] = entries;
  return {
    entries,
    bytes: entries.length === 1 && only ? only.bytes : Buffer.concat(entries.map(({ bytes }) => bytes)),
  };
}

/** The newest events, kept in memory so that a thousand clients who come again at once cost no reading of the ledger. */
export interface Recent {
  /** Adds the next event; the oldest ones make room. */
  add(entry: Entry): void;
  /** Up to `limit` events after a position, or null when the first of them is not here. */
  after(position: number, limit: number): readonly Entry[] | null;
}

/** Keeps at most `most` events of at most `mostBytes` together. */
export function createRecent(most: number, mostBytes: number): Recent {
  const entries: Entry[] = [];
  let bytes = 0;
  /** First index whose position is greater. */
  const indexAfter = (position: number): number => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((entries[middle]?.position ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    add: (entry) => {
      entries.push(entry);
      bytes += entry.bytes.byteLength;
      while (entries.length > most || bytes > mostBytes) bytes -= entries.shift()?.bytes.byteLength ?? 0;
    },
    after: (position, limit) => {
      const first = entries[0];
      if (first === undefined || first.position > position + 1) return null;
      const from = indexAfter(position);
      return entries.slice(from, from + limit);
    },
  };
}
