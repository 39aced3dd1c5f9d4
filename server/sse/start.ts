import type { Engine } from '@stageflow/engine';
import { StageflowError } from '@stageflow/engine/kernel';
import { problemOf } from '../problem.ts';
import type { StreamHub } from './hub.ts';
import type { SnapshotText } from './snapshot.ts';

/** Where a client wants to begin: anew, after a position, or after one that cannot be gone on from. */
export type Start =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'resume'; readonly position: number }
  | { readonly kind: 'gone'; readonly asked: string };

/** Reads what a client says it had last: the header that browsers send when they come again, else the address. */
export function startOf(header: string | undefined, query: string | undefined, hub: StreamHub): Start {
  const asked = header || query || '';
  if (asked === '') return { kind: 'fresh' };
  const position = /^\d{1,15}$/.test(asked) ? Number(asked) : null;
  return position !== null && hub.covers(position)
    ? { kind: 'resume', position }
    : { kind: 'gone', asked: asked.slice(0, 20) };
}

/** The answer to a position that cannot be gone on from: the problem, and the snapshot to take instead. */
export function goneResponse(asked: string, requestId: string, snapshot: SnapshotText): Response {
  const problem = JSON.stringify(problemOf(new StageflowError('stream_gone', { position: asked }), requestId));
  return new Response(`${problem.slice(0, -1)},"snapshot":${snapshot.json}}`, {
    status: 410,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}

/** Headers that keep every proxy on the way from holding an event back. */
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

/** A stream as an answer. */
export function streamResponse(body: ReadableStream<Uint8Array> | null): Response {
  return new Response(body, { status: 200, headers: HEADERS });
}

/** True when a job's last words are stored and nothing of it comes after a position: there is nothing to stream any more. */
export async function isOver(engine: Engine, jobId: string, position: number): Promise<boolean> {
  if (!engine.ledger.ended(jobId) || engine.ledger.eventsFrom(position, 1, jobId).length > 0) return false;
  // Resolved already when nothing of the job is at work; otherwise the stream waits for it.
  return Promise.race([
    engine.ended(jobId).then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setImmediate(resolve, false)),
  ]);
}
