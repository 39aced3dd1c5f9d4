const encoder = new TextEncoder();

/** What every stream begins with: proxies and browsers know at once that it is alive; a lost one is asked for again after two seconds. */
export const HELLO: Uint8Array = encoder.encode(': stageflow\nretry: 2000\n\n');

/** Keeps proxies from taking a silent stream for a dead one. */
export const HEARTBEAT: Uint8Array = encoder.encode(': beat\n\n');

/** That a job was removed. It bears no position: it is none of the ledger's events, and a client that reads it is no further than before. */
export function removedFrame(jobId: string): Uint8Array {
  return encoder.encode(`event: removed\ndata: ${JSON.stringify({ jobId })}\n\n`);
}

/** That a person has paused a job, or let it go on. No event either, and without a position: whoever begins a stream asks how its job stands. */
export function standingFrame(jobId: string, paused: boolean): Uint8Array {
  return encoder.encode(`event: standing\ndata: ${JSON.stringify({ jobId, paused })}\n\n`);
}

/** One event on the wire. `data` is JSON, which has no line breaks; a client that comes again names `position`. */
export function frame(position: number, event: string, data: string): Uint8Array {
  return encoder.encode(`id: ${position}\nevent: ${event}\ndata: ${data}\n\n`);
}
