import type { Socket } from 'node:net';
import { Client } from 'undici';
import { StageflowError, authorityOf, canonicalHost, exceptionOf } from '../kernel/index.ts';
import type { Egress } from './egress.ts';
import { refuse } from './guard.ts';
import type { Refusal } from './guard.ts';
import { spokenTls } from './spoken-tls.ts';

/** How a guarded request is made. */
export interface GuardedRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Redirects to follow; each hop is judged like the first. Default 5. */
  readonly redirects?: number;
  /** Bytes of the answer that are read; a longer one is cut there. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds for the whole request. Default 30,000. */
  readonly timeoutMs?: number;
  /** False takes any certificate; only where nothing secret is sent and nothing in the answer is trusted. */
  readonly verify?: boolean;
}

/** The answer of the last hop. */
export interface GuardedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
  /** Address that answered. */
  readonly url: string;
}

/** Raised inside the connector so that the guard's own words reach the caller. */
class RefusedError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

/** A connection to an origin, judged by the guard, with TLS on it where the scheme says so. */
async function connected(egress: Egress, url: URL, verify: boolean, signal: AbortSignal): Promise<Socket> {
  const secure = url.protocol === 'https:';
  const authority = authorityOf(canonicalHost(url.hostname), url.port === '' ? (secure ? 443 : 80) : Number(url.port));
  const answer = await egress.dial(authority.text);
  if (!answer.ok) throw new RefusedError(answer);
  // undici asks no more of a socket than a duplex stream gives.
  if (!secure) return answer.socket as Socket;
  return spokenTls(answer.socket, authority, signal, { verify });
}

async function bounded(body: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (most === 0) return new Uint8Array();
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, most - size));
    size += chunk.length;
    if (size >= most) break;
  }
  return Buffer.concat(chunks);
}

/** The failure of a request as a coded error: what the guard said, or that the host does not answer. */
function failure(error: unknown, host: string): StageflowError {
  const refused = error instanceof RefusedError ? error.refusal : null;
  const options = { cause: error };
  if (refused?.code === 'host_unresolvable') return new StageflowError('host_unresolvable', { host }, options);
  if (refused?.code === 'egress_limit') return new StageflowError('egress_limit', { limit: refused.reason }, options);
  if (refused?.code === 'egress_denied')
    return new StageflowError('egress_denied', { target: host, reason: refused.reason }, options);
  const { code, message } = error as { code?: unknown; message?: unknown };
  const reason = refused?.reason ?? (typeof message === 'string' && message !== '' ? message : String(code));
  return new StageflowError('host_unreachable', { host, reason }, options);
}

/** Makes one request on a connection of its own, so that no connection outlives its judgement. */
async function hop(egress: Egress, url: URL, options: GuardedRequest, signal: AbortSignal): Promise<GuardedResponse> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw denied(`the scheme ${url.protocol} is not allowed`);
  if (url.username !== '' || url.password !== '') throw denied('the address holds a user name or password');
  const socket = await connected(egress, url, options.verify ?? true, signal);
  // A connector that answers at once would leave the client waiting for ever: it expects the answer in a later turn.
  const client = new Client(url.origin, { connect: (_target, done) => queueMicrotask(() => done(null, socket)) });
  try {
    const { method = 'GET', headers = {}, body = null } = options;
    const answer = await client.request({ path: url.pathname + url.search, method, headers, body, signal });
    const bytes = await bounded(answer.body, options.maxBytes ?? 2 ** 20);
    return { status: answer.statusCode, headers: answer.headers, body: bytes, url: url.href };
  } finally {
    await client.destroy();
  }
}

/** The next address of a redirect, or null when the answer is none. */
function redirectOf({ status, headers, url }: GuardedResponse): URL | null {
  const location = headers['location'];
  if (![301, 302, 303, 307, 308].includes(status) || typeof location !== 'string') return null;
  if (!URL.canParse(location, url)) throw denied('a redirect leads to something that is not an address');
  return new URL(location, url);
}

/** Makes a request through a guard. Every hop's scheme, host and addresses are judged. Fails with a coded error; any HTTP status is an answer. */
export async function guardedFetch(
  egress: Egress,
  address: string,
  options: GuardedRequest = {},
): Promise<GuardedResponse> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const most = options.redirects ?? 5;
  let current = options;
  let url = new URL(address);
  try {
    for (let followed = 0; ; followed++) {
      const answer = await hop(egress, url, current, signal);
      const next = most === 0 ? null : redirectOf(answer);
      if (next === null) return answer;
      if (followed >= most) throw denied('there are too many redirects');
      // What was meant for one origin (a token, a signature) is not handed to another.
      if (next.origin !== url.origin) current = { ...current, headers: {} };
      if (answer.status < 307 && current.method === 'POST') {
        const { body: _, ...rest } = current;
        current = { ...rest, method: 'GET' };
      }
      url = next;
    }
  } catch (error) {
    throw failure(error, url.host === '' ? url.protocol : url.host);
  }
}

function denied(reason: string): RefusedError {
  return new RefusedError(refuse(403, reason));
}

/**
 * Asks once whether anything answers at an address that was submitted. Fails with `host_unresolvable`, `host_unreachable`, or
 * `private_address` when the name leads to an address that is not scanned.
 */
export async function probe(egress: Egress, url: string, timeoutMs = 15_000): Promise<void> {
  try {
    await guardedFetch(egress, url, { redirects: 0, maxBytes: 0, timeoutMs, verify: false });
  } catch (error) {
    const refusal = error instanceof StageflowError && error.cause instanceof RefusedError ? error.cause.refusal : null;
    if (refusal?.address === undefined) throw error;
    const { protocol, hostname, port } = new URL(url);
    const host = authorityOf(
      canonicalHost(hostname),
      port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    ).text;
    const { address, kind, words } = refusal.address;
    const details = { url, address, kind: words, exception: exceptionOf(kind, host) };
    throw new StageflowError('private_address', details, { cause: error });
  }
}
