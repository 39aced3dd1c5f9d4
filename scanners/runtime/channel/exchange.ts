import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Sends one request. When the head of the answer comes, `take` is called at once with the stream whose body is still to be read: Node
 * throws unread data away as soon as the other side has finished, so nobody may wait in between. `open` leaves the stream writable.
 */
export function exchange<T>(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body: Uint8Array | 'none' | 'open',
  take: (status: number, stream: ClientHttp2Stream) => T | Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers, { endStream: body === 'none', ...(signal ? { signal } : {}) });
    // After the answer has begun these change nothing: an early answer to an upload ends the upload, and what counts is the answer.
    stream.on('error', reject);
    stream.once('close', () => reject(new Error(`the engine closed the stream without an answer (${stream.rstCode})`)));
    stream.once('response', (head) => resolve(take(Number(head[':status']), stream)));
    if (body instanceof Uint8Array) stream.end(body);
  });
}

/** Reads the whole body of an answer; rejects when it was cut short. To be given to `exchange` as `take`. */
export function wholeAnswer(status: number, stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => {
      if (stream.rstCode === 0) resolve({ status, body: Buffer.concat(chunks) });
      else reject(new Error(`the engine cut an answer short (${stream.rstCode})`));
    });
    stream.once('close', () => reject(new Error('the engine cut an answer short')));
    stream.on('error', reject);
  });
}

/** The body as JSON, or null when there is none or it is not JSON. */
export function jsonOf({ body }: Answer): unknown {
  try {
    return body.length === 0 ? null : JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
