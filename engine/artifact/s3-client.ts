import http from 'node:http';
import https from 'node:https';
import type { Client } from 'minio';
import type { S3Options } from './s3-settings.ts';

/** Bodies up to this many bytes are sent from memory in one request; longer ones in parts of this size. */
export const PART_BYTES = 8 * 2 ** 20;

/** A transport that gives up on a silent server; the client itself would wait for ever. */
function transportOf(secure: boolean, timeoutMs: number): Pick<typeof http, 'request'> {
  const { request } = secure ? https : http;
  const timed = (options: http.RequestOptions, onResponse?: (response: http.IncomingMessage) => void) => {
    const made = request(options, onResponse);
    made.setTimeout(timeoutMs, () => made.destroy(new Error(`the store was silent for ${timeoutMs / 1000} s`)));
    return made;
  };
  return { request: timed as typeof http.request };
}

/** The client of an S3-compatible store. Nothing is sent yet. Its library takes 30 MiB, so it is loaded only where there is such a store. */
export async function connectS3(options: S3Options): Promise<Client> {
  const { Client } = await import('minio');
  const { protocol, hostname, port } = new URL(options.endpoint);
  const secure = protocol === 'https:';
  return new Client({
    // The address parser keeps the brackets of an IPv6 host, which a socket does not take.
    endPoint: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    useSSL: secure,
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    region: options.region,
    pathStyle: options.pathStyle ?? true,
    transport: transportOf(secure, options.timeoutMs ?? 30_000),
    // Its own retry writes to the console; ours is silent and also knows a broken connection.
    retryOptions: { disableRetry: true },
  });
}

/** Codes for "there is no such object": a HEAD has no body to say it in, so the client makes one of the status. */
const MISSING: ReadonlySet<unknown> = new Set(['NotFound', 'NoSuchKey', 'NoSuchObject']);
/** The server is busy or hung up. The client gives some of these as a sentence without a code. */
const PASSING: ReadonlySet<unknown> = new Set(['SlowDown', 'InternalError', 'ECONNRESET', 'EPIPE']);
const PASSING_STATUS = /Retryable HTTP status: (\d{3})/;

/** The code an S3 error or a system error bears. */
export const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/** True for a refusal that the store itself answered with. By its name: asking for the class would load the library. */
export const isAnswer = (error: unknown): boolean => error instanceof Error && error.name === 'S3Error';

export const isMissing = (error: unknown): boolean => MISSING.has(codeOf(error));

/** Sends a request that may be repeated again, up to twice, after 100 and 400 ms, when the server said that it is busy or hung up. */
export async function patiently<T>(request: () => Promise<T>): Promise<T> {
  for (const pause of [100, 400]) {
    try {
      return await request();
    } catch (error) {
      if (statusOf(error) === null && !PASSING.has(codeOf(error))) throw error;
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  try {
    return await request();
  } catch (error) {
    const status = statusOf(error);
    throw status === null ? error : new Error(`the store answered ${status} three times`, { cause: error });
  }
}

/** The status in the client's own sentence about a busy server, else null. */
function statusOf(error: unknown): string | null {
  return PASSING_STATUS.exec((error as Error | null)?.message ?? '')?.[1] ?? null;
}
