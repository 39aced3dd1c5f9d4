import { type ClientRequest, request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Base of the addresses that only the socket of the data folder has. */
export const OWNER_BASE = '/local/v1';

/** A request as a client of ours makes it. */
export interface LocalRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** The answer: its status and its body, not yet read. Breaking off the body closes the connection. */
export interface LocalAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Makes one request over a unix socket. Rejects as Node does (`ENOENT`, `ECONNREFUSED`, `ECONNRESET`) when nobody answers. */
export function dialLocal(socketPath: string, wanted: LocalRequest): Promise<LocalAnswer> {
  const { method, path, headers = {}, body, signal } = wanted;
  return answerTo(
    httpRequest({
      socketPath,
      method,
      path,
      headers: { host: 'localhost', ...headers },
      agent: false,
      ...(signal ? { signal } : {}),
    }),
    body,
  );
}

/** Sends a request's body and gives its answer. */
export function answerTo(request: ClientRequest, body: LocalRequest['body']): Promise<LocalAnswer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (answer) =>
      resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: answer }),
    );
    if (body === undefined || typeof body === 'string') request.end(body);
    // A refusal may come before the whole body is sent; the answer tells more than the broken pipe.
    else pipeline(Readable.from(body), request).catch(reject);
  });
}
