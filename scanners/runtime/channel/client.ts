import { createHash } from 'node:crypto';
import http2 from 'node:http2';
import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import type { Duplex, Readable } from 'node:stream';
import { asStageflowError, StageflowError } from '@stageflow/engine/kernel';
import {
  Assignment,
  ENGINE_TLS,
  HEARTBEAT_SECONDS,
  MessageAnswer,
  PlanAnswer,
  StoredArtifact,
  WorkItem,
} from '@stageflow/engine/sdk';
import type { ContainerMessage, NextRequest, PlanRequest } from '@stageflow/engine/sdk';
import { exchange, jsonOf, wholeAnswer } from './exchange.ts';
import type { Answer } from './exchange.ts';
import { whileStoreIsAway } from './patience.ts';
import { TunnelSocket } from './tunnel.ts';
import type { TunnelAnswer } from './tunnel.ts';

/** Largest object the engine accepts, in bytes. */
export const ARTIFACT_BYTES = 64 * 2 ** 20;
/** What the engine may send ahead on one stream, in bytes; the container's memory bears it. */
const STREAM_WINDOW = 4 * 2 ** 20;
const SESSION_WINDOW = 64 * 2 ** 20;

/** The engine said no: `status` as in HTTP, `code` of the error table where it gave one. */
export class EngineRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(request: string, status: number, code: string, reason: string) {
    super(`${request}: ${reason} (${code}, ${status})`);
    this.name = 'EngineRefusal';
    this.status = status;
    this.code = code;
  }
}

/** Everything a container can ask of the engine. Every method rejects with `EngineRefusal` when the engine says no; a store that is away is asked again for a minute first. */
export interface EngineChannel {
  /** What this container is to do. */
  assignment(): Promise<Assignment>;
  /** The archive's bytes (extractor); null when the job has none. */
  input(): Promise<Readable | null>;
  /** Hands in a message and gives the engine's answer. */
  send(message: ContainerMessage): Promise<MessageAnswer>;
  /** The next work of a lane; waits as long as it takes. Null: no more work, the worker may end. */
  next(lane: NextRequest['lane'], signal?: AbortSignal): Promise<WorkItem | null>;
  /** Stores an object (at most 64 MiB) under a path that fits `ArtifactPath`. */
  putArtifact(path: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<StoredArtifact>;
  /** An object of this job by its full key, or null. */
  getArtifact(key: string): Promise<Buffer | null>;
  /** The next step towards a goal; null where no model is configured. */
  plan(request: PlanRequest): Promise<PlanAnswer | null>;
  /** A guarded connection to `host:port`; a refusal is an answer, not an exception. With `tls` the engine speaks TLS to the host and is sent plain requests. */
  tunnel(authority: string, tls?: boolean): Promise<TunnelAnswer>;
  /** Says `heartbeat`, now and every few seconds, until the returned function is called. */
  heartbeat(): () => void;
  /** Resolves when the channel is gone. */
  readonly closed: Promise<void>;
  /** Ends the channel in good order, after the answers under way. */
  close(): Promise<void>;
}

/** Speaks HTTP/2 as the asking side over any byte stream. */
export function openEngineChannel(stream: Duplex): EngineChannel {
  const session = http2.connect('http://engine', {
    createConnection: () => stream,
    maxSessionMemory: 512,
    settings: { initialWindowSize: STREAM_WINDOW, maxFrameSize: 2 ** 18, enablePush: false },
  });
  session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW));
  session.on('error', () => session.destroy());
  const closed = new Promise<void>((resolve) => session.once('close', resolve));
  const ask = (method: string, path: string, body: Uint8Array | 'none', more = {}, signal?: AbortSignal) =>
    exchange(session, { ':method': method, ':path': path, ...more }, body, wholeAnswer, signal);
  const channel: EngineChannel = {
    closed,
    assignment: async () => Assignment.parse(expectJson('GET /assignment', await ask('GET', '/assignment', 'none'))),
    input: async () => {
      const answer = await whileStoreIsAway(
        () => openStream(session, { ':method': 'GET', ':path': '/input' }, 'none'),
        (given) => !(given instanceof TunnelSocket) && isAway(given),
      );
      if (answer instanceof TunnelSocket) return answer.end();
      if (answer.status === 404) return null;
      throw refusalOf('GET /input', answer);
    },
    send: async (message) => {
      const answer = await ask('POST', '/messages', json(message), JSON_TYPE);
      return MessageAnswer.parse(expectJson(`POST /messages ${message.type}`, answer));
    },
    next: async (lane, signal) => {
      for (;;) {
        const answer = await ask('POST', '/next', json({ lane }), JSON_TYPE, signal);
        if (answer.status === 410) return null;
        if (answer.status !== 204) return WorkItem.parse(expectJson('POST /next', answer));
      }
    },
    putArtifact: async (path, body) => {
      const bytes = body instanceof Uint8Array ? body : await collect(path, body);
      if (bytes.length > ARTIFACT_BYTES)
        throw new EngineRefusal(`PUT ${path}`, 413, 'bad_result', 'larger than 64 MiB');
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const more = { 'x-content-sha256': sha256, 'content-length': String(bytes.length) };
      const answer = await whileStoreIsAway(() => ask('PUT', `/artifacts/${path}`, bytes, more), isAway);
      return StoredArtifact.parse(expectJson(`PUT ${path}`, answer));
    },
    getArtifact: async (key) => {
      const answer = await whileStoreIsAway(() => ask('GET', `/artifacts/${key}`, 'none'), isAway);
      if (answer.status === 404) return null;
      if (answer.status !== 200) throw refusalOf(`GET ${key}`, answer);
      return answer.body;
    },
    plan: async (request) => {
      const answer = await ask('POST', '/model', json(request), JSON_TYPE);
      return answer.status === 404 ? null : PlanAnswer.parse(expectJson('POST /model', answer));
    },
    tunnel: (authority, tls = false) => openTunnel(session, authority, tls),
    heartbeat: () => {
      // A failing heartbeat needs no handling: the session's end ends the process.
      const beat = () => void channel.send({ type: 'heartbeat' }).catch(() => undefined);
      beat();
      const timer = setInterval(beat, HEARTBEAT_SECONDS * 1000);
      return () => clearInterval(timer);
    },
    close: async () => {
      session.close();
      await closed;
      stream.destroy();
    },
  };
  return channel;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

async function collect(path: string, body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > ARTIFACT_BYTES) throw new EngineRefusal(`PUT ${path}`, 413, 'bad_result', 'larger than 64 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function expectJson(request: string, answer: Answer): unknown {
  if (answer.status !== 200) throw refusalOf(request, answer);
  return jsonOf(answer);
}

function refusalOf(request: string, answer: Answer): EngineRefusal {
  const { code, reason } = problemOf(answer);
  return new EngineRefusal(request, answer.status, code, reason);
}

/** The engine's store did not do it now: the same may go well in a moment. */
const isAway = (answer: Answer): boolean => answer.status === 503 && problemOf(answer).code === 'store_failed';

/** True for the refusal of an engine whose store stayed away. */
export function isStoreAway(thrown: unknown): thrown is EngineRefusal {
  return thrown instanceof EngineRefusal && thrown.code === 'store_failed';
}

/** What a container could not go on for, as the error table names it: a store that stayed away is no fault of the container. */
export function fatalError(thrown: unknown): StageflowError {
  if (isStoreAway(thrown)) return new StageflowError('store_failed', { reason: thrown.message }, { cause: thrown });
  return asStageflowError(thrown);
}

function problemOf(answer: Answer): { code: string; reason: string } {
  const { code, reason } = (jsonOf(answer) ?? {}) as { code?: unknown; reason?: unknown };
  return { code: String(code ?? 'internal'), reason: String(reason ?? 'the engine gave no reason') };
}

/** A stream that the engine opened, as a socket; anything but 200 as a whole answer. */
function openStream(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body: 'none' | 'open',
): Promise<TunnelSocket | Answer> {
  return exchange<TunnelSocket | Answer>(session, headers, body, (status, stream) => {
    if (status === 200) return new TunnelSocket(stream);
    if (body === 'open') stream.end();
    return wholeAnswer(status, stream);
  });
}

async function openTunnel(session: ClientHttp2Session, authority: string, tls: boolean): Promise<TunnelAnswer> {
  if (!/^[\x21-\x7e]{1,300}$/.test(authority)) {
    return { ok: false, status: 400, code: 'egress_denied', reason: 'the target is not a plain host:port' };
  }
  const more = tls ? { [ENGINE_TLS]: '1' } : {};
  const answer = await openStream(session, { ':method': 'CONNECT', ':authority': authority, ...more }, 'open');
  if (answer instanceof TunnelSocket) return { ok: true, socket: answer };
  return { ok: false, status: answer.status, ...problemOf(answer) };
}
