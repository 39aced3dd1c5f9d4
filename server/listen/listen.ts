import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Clock, type Log, StageflowError } from '@stageflow/engine/kernel';
import type { App } from '../app.ts';
import type { ServerConfig } from '../config.ts';
import { refusedAtDoor } from '../ops/access-log.ts';
import { withSecurityHeaders } from '../ops/security-headers.ts';
import { problemResponse } from '../problem.ts';
import { requestIdOf } from '../request-id.ts';
import { BODY_PACE, type Pace, pacedBody } from './body-pace.ts';
import { clientAddress } from './client-address.ts';
import { createConnectionCap } from './connection-cap.ts';
import { allowedHosts, judgeFront } from './front-rules.ts';
import { isLive, writeLive } from './live-body.ts';
import { unbreakable } from './response-body.ts';
import { assertSafeBinding } from './safe-binding.ts';
import { answerUnreadable } from './unreadable.ts';

/** Bounds of the TCP transport; times in milliseconds. */
export interface TransportLimits {
  /** Until a request's headers must be complete. */
  readonly headersMs: number;
  readonly headerBytes: number;
  /** Until a request must be complete as a whole; 0 for no such bound. */
  readonly requestMs: number;
  readonly body: Pace;
  /** For how long a client may leave an answer unread. */
  readonly unreadMs: number;
  readonly connectionsPerAddress: number;
  readonly connections: number;
}

/**
 * Requests have no time limit as a whole, where Node has one of 300 s (200 MiB at 5 Mbit/s take 320): the pace of the body is watched instead.
 */
export const TRANSPORT_LIMITS: TransportLimits = {
  headersMs: 20_000,
  headerBytes: 16 * 1024,
  requestMs: 0,
  body: BODY_PACE,
  unreadMs: 30_000,
  connectionsPerAddress: 50,
  connections: 4096,
};

/** A running listener. */
export interface Listener {
  readonly port: number;
  /** Takes no new connections, lets answers end for `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** What the listener serves and how. */
export interface ListenOptions {
  readonly app: App;
  readonly config: Pick<ServerConfig, 'host' | 'port' | 'publicUrl' | 'trustProxy' | 'proxies'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<TransportLimits>;
}

/**
 * Ends idle connections, and those that read nothing of what was sent to them. One whose handler is at work or whose body is on its way
 * stays: those have guards of their own.
 */
function cutUnread(server: Server, unreadMs: number): void {
  const answering = new WeakMap<Socket, number>();
  const count = (socket: Socket, more: number) => answering.set(socket, (answering.get(socket) ?? 0) + more);
  server.timeout = unreadMs;
  server.on('request', ({ socket }: IncomingMessage, outgoing: ServerResponse) => {
    count(socket, 1);
    outgoing.once('close', () => count(socket, -1));
  });
  server.on('timeout', (socket: Socket) => {
    if ((answering.get(socket) ?? 0) === 0 || socket.writableLength > 0) socket.destroy();
    else socket.setTimeout(unreadMs);
  });
}

/** Serves an app over TCP. Refused as `unsafe_listen` where others could reach it without TLS, as `bad_option` when the address is taken. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { app, config, clock, log } = options;
  const limits = { ...TRANSPORT_LIMITS, ...options.limits };
  assertSafeBinding(config);
  let hosts: ReadonlySet<string> = new Set();

  const answer = async (request: Request, incoming: IncomingMessage, outgoing: ServerResponse): Promise<Response> => {
    const address = clientAddress(
      incoming.socket.remoteAddress,
      request.headers.get('x-forwarded-for'),
      config.trustProxy ? config.proxies : [],
    );
    const hostLines = incoming.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host').length;
    const refusal = judgeFront(
      { method: request.method, url: request.url, headers: request.headers, hosts: hostLines },
      hosts,
    );
    if (refusal) {
      const requestId = requestIdOf(request.headers);
      refusedAtDoor(log, { method: request.method, code: refusal.code, address, requestId });
      return withSecurityHeaders(problemResponse(refusal, requestId), config.publicUrl);
    }
    // Asking for a body makes the whole request real, which would cost every live stream some kilobytes for as long as it is open.
    const body = request.method === 'GET' || request.method === 'HEAD' ? null : request.body;
    const paced =
      body === null
        ? request
        : new Request(request.url, {
            method: request.method,
            headers: new Headers([...request.headers]),
            body: pacedBody(body, clock, limits.body),
            signal: request.signal,
            duplex: 'half',
          });
    const response = await app.fetch(paced, { address });
    if (response.body === null) return response;
    const onBroken = (error: unknown) => {
      log.warn('an answer broke off', { reason: error instanceof Error ? error.message : String(error) });
      outgoing.destroy();
    };
    if (!isLive(response)) return new Response(unbreakable(response.body, onBroken), response);
    writeLive(response, outgoing, onBroken);
    return RESPONSE_ALREADY_SENT;
  };

  const serve = getRequestListener(
    (request, env) => answer(request, env.incoming as IncomingMessage, env.outgoing as ServerResponse),
    {
      overrideGlobalObjects: false,
      // Reached by requests whose address is no address; the app answers everything else itself.
      errorHandler: () =>
        problemResponse(new StageflowError('bad_request', { reason: 'its address is malformed' }), '-'),
    },
  );
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      // A proxy keeps its connections for minutes and must not meet a closing one; others are many and give theirs back soon.
      keepAliveTimeout: config.trustProxy ? 150_000 : 5_000,
      connectionsCheckingInterval: Math.min(2_000, limits.headersMs),
      insecureHTTPParser: false,
      noDelay: true,
    },
    (incoming, outgoing) => void serve(incoming, outgoing),
  );
  server.maxConnections = limits.connections;
  const cap = createConnectionCap(limits.connectionsPerAddress);
  server.on('connection', (socket: Socket) => {
    // Behind a proxy all connections come from one address.
    if (!config.trustProxy && !cap.admit(socket)) socket.destroy();
  });
  answerUnreadable(server, limits.headerBytes);
  cutUnread(server, limits.unreadMs);
  server.listen(config.port, config.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(error, config);
  }
  server.on('error', (error) => log.error('the listener failed', { error }));
  const { port } = server.address() as AddressInfo;
  hosts = allowedHosts(config.publicUrl, config.host, port);
  return {
    port,
    async close(graceMs) {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = clock.after(graceMs, () => server.closeAllConnections());
      await closed;
      timer.cancel();
    },
  };
}

function cannotListen(error: unknown, config: { readonly host: string; readonly port: number }): StageflowError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    const reason = code === 'EACCES' ? 'this user may not listen on it' : 'another program listens on it';
    return new StageflowError('bad_option', { option: 'STAGEFLOW_PORT', value: config.port, reason }, { cause: error });
  }
  return new StageflowError(
    'bad_option',
    { option: 'STAGEFLOW_HOST', value: config.host, reason: message },
    { cause: error },
  );
}
