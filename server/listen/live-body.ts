import type { ServerResponse } from 'node:http';

/**
 * Writes a live stream to its connection as it is read, without another stream in between: an event for a thousand clients is a thousand
 * writes, and an idle client should hold little. `onBroken` is told once when the source breaks, and must end the connection.
 */
export function writeLive(response: Response, outgoing: ServerResponse, onBroken: (error: unknown) => void): void {
  outgoing.setHeaders(response.headers);
  outgoing.writeHead(response.status);
  outgoing.flushHeaders();
  if (response.body === null) {
    outgoing.end();
    return;
  }
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  outgoing.once('close', () => void reader.cancel().catch(() => {}));
  const flow = ({ done, value }: Awaited<ReturnType<typeof reader.read>>) => {
    if (done) outgoing.end();
    else if (outgoing.write(value)) next();
    else outgoing.once('drain', next);
  };
  const next = () => void reader.read().then(flow, onBroken);
  next();
}

/** True for an answer that goes on for as long as its reader stays. */
export function isLive(response: Response): boolean {
  return response.headers.get('content-type') === 'text/event-stream';
}
