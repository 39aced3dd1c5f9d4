import http2 from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { StageflowError, asStageflowError, silentLog } from '../../kernel/index.ts';
import type { Log } from '../../kernel/index.ts';
import { ENGINE_TLS } from '../../scanner/index.ts';
import type { ChannelHandlers } from '../runtime.ts';
import { answerJson } from './answer.ts';
import { CHANNEL_LIMITS } from './limits.ts';
import { Refusal } from './refusal.ts';
import { routeOf } from './routes.ts';
import type { ArtifactBudget } from './routes.ts';
import { joinTunnel } from './tunnel.ts';

/** Why the engine wants a container ended. */
export type ChannelEnd = { readonly kind: 'fenced' } | { readonly kind: 'violation'; readonly reason: string };

/** What a channel needs. */
export interface ChannelOptions {
  readonly handlers: ChannelHandlers;
  /** Shared by the containers of one job. */
  readonly budget: ArtifactBudget;
  /** Called at most once; the caller then ends the container. */
  readonly end: (reason: ChannelEnd) => void;
  readonly log?: Log;
  /** How long `POST /next` is held, in milliseconds. */
  readonly pollMs?: number;
}

/** The engine's end of one container's channel. */
export interface Channel {
  /** Milliseconds since the epoch of the last request or body chunk. */
  lastSeen(): number;
  /** Resolves when the session is gone, or when the container has said that it will ask no more. */
  readonly closed: Promise<void>;
  /** Cuts the session. */
  destroy(): void;
}

/** Serves HTTP/2 to a container over its stdio. */
export function serveChannel(stdio: Duplex, options: ChannelOptions): Channel {
  const log = options.log ?? silentLog;
  const state = { seen: Date.now(), tunnels: 0, requests: 0, violations: 0, ended: false };
  const session = http2.performServerHandshake(stdio, {
    maxSessionMemory: 256,
    maxSendHeaderBlockLength: CHANNEL_LIMITS.headerBytes,
    maxHeaderListPairs: 32,
    settings: {
      initialWindowSize: CHANNEL_LIMITS.streamWindow,
      maxConcurrentStreams: CHANNEL_LIMITS.tunnels + CHANNEL_LIMITS.requests + 16,
      maxHeaderListSize: CHANNEL_LIMITS.headerBytes,
      enablePush: false,
    },
  } as Parameters<typeof http2.performServerHandshake>[1]) as ServerHttp2Session;
  session.setLocalWindowSize(CHANNEL_LIMITS.sessionWindow);

  const destroy = () => {
    if (stdio.writable && stdio.writableLength === 0) {
      session.destroy();
      return;
    }
    // Node's session writes a goodbye, and breaks the whole process when a write of its own still hangs in a pipe that nobody reads
    // any more, or in one that is gone. That write ends with the stream, so the stream goes first.
    stdio.destroy();
    setImmediate(() => session.destroy());
  };
  const end = (reason: ChannelEnd) => {
    if (state.ended) return;
    state.ended = true;
    options.end(reason);
  };
  const breached = (reason: string) => {
    state.violations += 1;
    log.warn('a container broke the protocol', { reason, violations: state.violations });
    if (state.violations >= CHANNEL_LIMITS.violations) end({ kind: 'violation', reason });
  };
  const refuse = (stream: ServerHttp2Stream, thrown: unknown) => {
    const refusal = refusalOf(thrown);
    if (refusal.violation) breached(refusal.message);
    if (refusal.status >= 500) log.error('a request of a container failed', { error: thrown });
    answerJson(stream, refusal.status, { code: refusal.code, reason: refusal.message });
    if (refusal.code === 'fenced') end({ kind: 'fenced' });
  };
  const openTunnel = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    if (state.tunnels >= CHANNEL_LIMITS.tunnels) throw new Refusal(429, 'egress_limit', 'too many connections at once');
    state.tunnels += 1;
    stream.once('close', () => (state.tunnels -= 1));
    const answer = await options.handlers.dial(String(headers[':authority'] ?? ''), headers[ENGINE_TLS] !== undefined);
    if (!answer.ok) throw new Refusal(answer.status, answer.code, answer.reason);
    if (stream.destroyed || stream.closed) {
      answer.socket.destroy();
      return;
    }
    joinTunnel(stream, answer.socket);
    stream.respond({ ':status': 200 });
  };
  const serve = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    if (headers[':method'] === 'CONNECT') {
      await openTunnel(stream, headers);
      return;
    }
    if (state.requests >= CHANNEL_LIMITS.requests)
      throw new Refusal(429, 'bad_result', 'too many requests at once', true);
    state.requests += 1;
    stream.once('close', () => (state.requests -= 1));
    stream.setTimeout(CHANNEL_LIMITS.stalledBody, () => stream.close(http2.constants.NGHTTP2_CANCEL));
    const route = routeOf(String(headers[':method']), String(headers[':path']));
    if (route === null) throw new Refusal(404, 'bad_result', 'there is nothing here', true);
    await route({
      stream,
      headers,
      handlers: options.handlers,
      budget: options.budget,
      pollMs: options.pollMs ?? CHANNEL_LIMITS.poll,
      seen: () => (state.seen = Date.now()),
    });
  };

  session.on('stream', (stream, headers) => {
    state.seen = Date.now();
    // A reset stream is the container's business; whoever reads it sees that it was cut.
    stream.on('error', () => undefined);
    serve(stream, headers).catch((thrown: unknown) => refuse(stream, thrown));
  });
  session.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code?.startsWith('ERR_HTTP2')) end({ kind: 'violation', reason: 'bytes that are not HTTP/2' });
    destroy();
  });
  stdio.on('error', () => destroy());
  const closed = new Promise<void>((resolve) => {
    session.once('close', resolve);
    session.once('goaway', () => resolve());
  });
  return { lastSeen: () => state.seen, closed, destroy };
}

function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  // A store that wraps what its source threw still means the source's refusal.
  if (thrown instanceof Error && thrown.cause instanceof Refusal) return thrown.cause;
  const error = asStageflowError(thrown);
  const told = thrown instanceof StageflowError ? error.message : 'the engine could not answer';
  return new Refusal(error.row.http < 400 ? 500 : error.row.http, error.code, told);
}
