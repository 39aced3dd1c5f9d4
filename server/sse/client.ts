import { HEARTBEAT, HELLO, removedFrame } from './frame.ts';
import type { History } from './history.ts';
import type { Removal } from '@stageflow/engine/ledger';
import type { Batch, Entry } from './recent.ts';

/** Most bytes that wait for one client; a reader who stays further behind is ended and comes again by position. */
export const BUFFER_BYTES = 64 * 1024;
/** Heartbeats within which a reader who fell behind must have caught up. */
const BEATS_TO_CATCH_UP = 2;
/** Removals that a client may have to be told of at once; whoever missed more is better served by a snapshot. */
export const MOST_REMOVALS = 500;
/** Pieces in which something larger than the buffer is handed out as fast as it is read. */
const PIECE_BYTES = 16 * 1024;

/** What one stream is to carry. */
export interface Subscription {
  readonly tokenId: string;
  /** Whose jobs; null for those of everybody. */
  readonly tenant: string | null;
  /** Only these jobs; null for all. */
  readonly jobs: ReadonlySet<string> | null;
  /** Position after which it begins. */
  readonly from: number;
  /** Jobs removed since it was here last. */
  readonly removed: readonly Removal[];
  /** The job whose end is the stream's, or null. */
  readonly endsWith: string | null;
}

/** One open stream as the hub sees it. */
export interface Client {
  readonly subscription: Subscription;
  readonly body: ReadableStream<Uint8Array>;
  /** New events, those that are for this client; one that still catches up reads them by itself. */
  deliver(batch: Batch): void;
  /** A job was removed; told as soon as there is room. */
  remove(removal: Removal): void;
  /** Something about a job that is no event of the ledger; told as soon as there is room. */
  note(about: Pick<Entry, 'tenant' | 'jobId'>, bytes: Uint8Array): void;
  /** A heartbeat; a reader that read nothing since the last one is cut off, one that does not catch up is ended. */
  beat(): void;
  /** Ends the stream with a last frame once everything before it is handed out. */
  finish(last: (position: number) => Uint8Array): void;
  /** Ends the stream; what waits may still be read, until the next heartbeat. */
  close(): void;
}

const stoodStill = () => new Error('the reader of a live stream stood still');

/**
 * Opens a stream; `opening` is the frame that goes before all others, if any. It catches up from the history as fast as it is read, then is given new events by the hub; never do more than
 * `BUFFER_BYTES` wait for it. `onGone` is called once, when nothing of it is held any more.
 */
export function openClient(
  subscription: Subscription,
  opening: Uint8Array | null,
  history: History,
  onGone: () => void,
): Client {
  const { tenant, jobs } = subscription;
  let stage: 'catching up' | 'live' | 'closing' | 'gone' = 'catching up';
  let cursor = subscription.from;
  /** What is handed out piece by piece before the history goes on. */
  let large = opening;
  let last: ((position: number) => Uint8Array) | null = null;
  let queued = 0;
  /** Bytes that had been read at the last heartbeat. */
  let readBefore = -1;
  let busy = false;
  /** Heartbeats since it fell behind what happens; null while it keeps up, or catches up from where it began. */
  let late: number | null = null;
  let controller!: ReadableStreamDefaultController<Uint8Array>;

  const waiting = () => BUFFER_BYTES - (controller.desiredSize ?? BUFFER_BYTES);
  const fits = (bytes: Uint8Array) => waiting() + bytes.byteLength <= BUFFER_BYTES;
  const put = (bytes: Uint8Array) => {
    queued += bytes.byteLength;
    controller.enqueue(bytes);
  };
  const wanted = (entry: Pick<Entry, 'tenant' | 'jobId'>) =>
    (tenant === null || entry.tenant === tenant) && (jobs === null || jobs.has(entry.jobId));
  /** Frames without a position that wait for room. */
  const notes = subscription.removed.filter(wanted).map(({ jobId }) => removedFrame(jobId));
  /** Hands out notes; false when some have to wait until more is read. */
  const putNotes = (): boolean => {
    for (let next = notes[0]; next !== undefined; next = notes[0]) {
      if (!fits(next)) return false;
      put(next);
      notes.shift();
    }
    return true;
  };
  const gone = () => {
    if (stage === 'gone') return;
    stage = 'gone';
    large = null;
    onGone();
  };
  const closeWhenRead = () => {
    if (waiting() > 0) return;
    controller.close();
    gone();
  };
  const close = () => {
    if (stage === 'closing' || stage === 'gone') return;
    stage = 'closing';
    large = null;
    closeWhenRead();
  };
  const cut = () => {
    controller.error(stoodStill());
    gone();
  };
  const goLive = () => {
    stage = 'live';
    late = null;
    if (last === null) return;
    const end = last(cursor);
    if (fits(end)) {
      put(end);
      close();
    } else stage = 'catching up';
  };

  /** Hands out what fits of the large frame and then of one page of history; true when there may be more to do at once. */
  const step = (): boolean => {
    while (large !== null) {
      const room = BUFFER_BYTES - waiting();
      if (room <= 0) return false;
      const piece = large.subarray(0, Math.min(room, PIECE_BYTES));
      large = piece.byteLength === large.byteLength ? null : large.subarray(piece.byteLength);
      put(piece);
    }
    if (!putNotes()) return false;
    const page = history.after(cursor);
    if (page === null) {
      // Some of it was removed meanwhile: whoever comes again is told so.
      close();
      return false;
    }
    if (page.length === 0) {
      goLive();
      return false;
    }
    for (const entry of page) {
      if (wanted(entry)) {
        if (!fits(entry.bytes)) {
          if (waiting() > 0) return false;
          large = entry.bytes;
          cursor = entry.position;
          return true;
        }
        put(entry.bytes);
      }
      cursor = entry.position;
    }
    return true;
  };

  /** Catches up page by page, letting others have their turn between two pages. */
  const catchUp = async () => {
    if (busy) return;
    busy = true;
    try {
      while (stage === 'catching up' && step()) await new Promise<void>((resolve) => setImmediate(resolve));
    } catch (error) {
      // The ledger cannot be read: the client comes again, and is told why if that stays so.
      controller.error(error);
      gone();
    } finally {
      busy = false;
    }
  };

  /** A burst, or a slow reader: it goes on from the history as fast as it reads, for a while. */
  const fallBehind = () => {
    stage = 'catching up';
    late = 0;
    void catchUp();
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start: (own) => {
        controller = own;
        put(HELLO);
      },
      pull: () => {
        if (stage === 'closing') closeWhenRead();
        return stage === 'catching up' ? catchUp() : undefined;
      },
      cancel: gone,
    },
    { highWaterMark: BUFFER_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
  );

  const note = (about: Pick<Entry, 'tenant' | 'jobId'>, bytes: Uint8Array) => {
    if (stage === 'closing' || stage === 'gone' || !wanted(about)) return;
    notes.push(bytes);
    if (notes.length > 2 * MOST_REMOVALS) close();
    else if (stage === 'live' && !putNotes()) fallBehind();
  };

  return {
    subscription,
    body,
    deliver: (batch) => {
      if (stage !== 'live') return;
      const fresh = batch.entries.filter((entry) => entry.position > cursor && wanted(entry));
      // Mostly a client wants all: then the whole batch is one write, of bytes that all clients share.
      const chunks = fresh.length === batch.entries.length ? [batch.bytes] : fresh.map((entry) => entry.bytes);
      if (waiting() + chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0) > BUFFER_BYTES) {
        fallBehind();
        return;
      }
      for (const chunk of chunks) put(chunk);
      cursor = Math.max(cursor, batch.entries.at(-1)?.position ?? 0);
    },
    remove: (removal) => note(removal, removedFrame(removal.jobId)),
    note,
    beat: () => {
      if (stage === 'gone') return;
      const read = queued - waiting();
      if (late !== null) late += 1;
      if (stage === 'closing' || (waiting() > 0 && read === readBefore)) cut();
      else if (late !== null && late >= BEATS_TO_CATCH_UP) close();
      else if (stage === 'live' && waiting() === 0) put(HEARTBEAT);
      readBefore = read;
    },
    finish: (frame) => {
      last ??= frame;
      if (stage === 'live') goLive();
    },
    close,
  };
}
