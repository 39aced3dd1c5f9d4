import type { StageflowEvent } from '@stageflow/engine/event';
import type { JobSummary as SummaryView, JobView } from '@stageflow/engine/view';
import { addressOf } from './call.ts';
import { createFrameReader, type Frame } from './frames.ts';
import { noAnswer, type Problem, problemOf } from './problem.ts';

/** Everything up to a position: where a reader starts, or starts again. */
export interface Snapshot {
  readonly position: number;
  readonly views: readonly JobView[];
  readonly jobs: readonly SummaryView[];
}

/** How the connection is. */
export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'reconnecting'; readonly tries: number }
  /** The job is over and all of it is here. */
  | { readonly state: 'ended' }
  /** It will not come back by itself. */
  | { readonly state: 'refused'; readonly problem: Problem };

/** Who is told. */
export interface Listener {
  /** Replaces what is known. */
  onSnapshot(snapshot: Snapshot): void;
  /** Comes after what is known, in order, without a gap. */
  onEvents(events: readonly StageflowEvent[]): void;
  /** A job was paused, or goes on. */
  onStanding(jobId: string, paused: boolean): void;
  /** A job is gone with everything that was kept of it. */
  onRemoved(jobId: string): void;
  onLink(link: Link): void;
}

const FIRST_WAIT_MS = 1000;
const MOST_WAIT_MS = 15_000;
/** The server sends a comment every 15 s; a stream that is silent for longer than two of them is dead. */
const SILENCE_MS = 40_000;
/** A window that nobody sees gives its connection back after a while: a browser has six for a server, whatever the number of its windows. */
const UNSEEN_MS = 300_000;

/** Statuses after which asking again changes nothing. */
const FINAL = new Set([401, 403, 404]);

/**
 * Follows jobs (all of the account's for an empty list) until it is stopped: a lost connection is taken up again after the last event that came,
 * and where that is too old, from a snapshot. Returns how to stop.
 */
export function follow(path: { readonly job: string } | { readonly all: true }, listener: Listener): () => void {
  const stopping = new AbortController();
  void run(
    'job' in path ? `/api/v1/jobs/${encodeURIComponent(path.job)}/stream` : '/api/v1/stream',
    listener,
    stopping.signal,
  );
  return () => stopping.abort();
}

async function run(address: string, listener: Listener, stop: AbortSignal): Promise<void> {
  let position: number | null = null;
  let tries = 0;
  listener.onLink({ state: 'connecting' });
  while (!stop.aborted) {
    await seen(stop);
    const turn = new AbortController();
    const end = () => turn.abort();
    stop.addEventListener('abort', end, { once: true });
    const unwatch = whenUnseen(end);
    try {
      const response: Response = await fetch(addressOf(address), {
        signal: turn.signal,
        headers: { accept: 'text/event-stream', ...(position === null ? {} : { 'last-event-id': String(position) }) },
      });
      if (response.status === 204) {
        listener.onLink({ state: 'ended' });
        return;
      }
      if (response.status === 410) {
        const { snapshot } = (await response.json()) as { snapshot: Snapshot };
        position = snapshot.position;
        listener.onSnapshot(snapshot);
        continue;
      }
      if (FINAL.has(response.status)) {
        listener.onLink({ state: 'refused', problem: await problemOf(response) });
        return;
      }
      if (!response.ok || response.body === null) throw response.ok ? noAnswer() : await problemOf(response);
      tries = 0;
      listener.onLink({ state: 'live' });
      for await (const frames of framesOf(response.body, end)) {
        position = newest(frames) ?? position;
        if (tell(frames, listener)) {
          listener.onLink({ state: 'ended' });
          return;
        }
      }
    } catch {
      // Whatever broke it, it is asked for again; people are told that the connection is lost.
      if (stop.aborted) return;
    } finally {
      stop.removeEventListener('abort', end);
      unwatch();
      turn.abort();
    }
    if (stop.aborted) return;
    if (document.hidden) continue;
    tries += 1;
    listener.onLink({ state: 'reconnecting', tries });
    await pause(Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.75 + Math.random() / 2), stop);
  }
}

/** The newest position that frames name, or null. */
const newest = (frames: readonly Frame[]): number | null => frames.findLast(({ id }) => id !== null)?.id ?? null;

/** Hands frames on in order; true when the stream says that it is at its end. */
function tell(frames: readonly Frame[], listener: Listener): boolean {
  let events: StageflowEvent[] = [];
  const flush = () => {
    if (events.length > 0) listener.onEvents(events);
    events = [];
  };
  for (const frame of frames) {
    if (frame.event === 'end') {
      flush();
      return true;
    }
    if (frame.event === 'snapshot') {
      flush();
      listener.onSnapshot(JSON.parse(frame.data) as Snapshot);
    } else if (frame.event === 'removed') {
      flush();
      listener.onRemoved((JSON.parse(frame.data) as { jobId: string }).jobId);
    } else if (frame.event === 'standing') {
      flush();
      const { jobId, paused } = JSON.parse(frame.data) as { jobId: string; paused: boolean };
      listener.onStanding(jobId, paused);
    } else {
      events.push(JSON.parse(frame.data) as StageflowEvent);
    }
  }
  flush();
  return false;
}

/** Whole frames as they come; a stream that stays silent for too long is given up. */
async function* framesOf(body: ReadableStream<Uint8Array>, giveUp: () => void): AsyncGenerator<readonly Frame[]> {
  const read = createFrameReader();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const timer = setTimeout(giveUp, SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      const frames = read(decoder.decode(value, { stream: true }));
      if (frames.length > 0) yield frames;
    }
  } finally {
    reader.releaseLock();
  }
}

/** Calls back once the window has not been seen for a while. Returns how to stop looking. */
function whenUnseen(giveBack: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const look = () => {
    if (timer !== null) clearTimeout(timer);
    timer = document.hidden ? setTimeout(giveBack, UNSEEN_MS) : null;
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    if (timer !== null) clearTimeout(timer);
  };
}

/** Waits until the window is seen, or until it is to stop. */
function seen(stop: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !stop.aborted) return;
      document.removeEventListener('visibilitychange', look);
      stop.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    stop.addEventListener('abort', look);
  });
}

/** Waits; coming back online or being stopped ends it at once. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
    stop.addEventListener('abort', done);
  });
}
