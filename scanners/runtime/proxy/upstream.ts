import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import { callbackify } from 'node:util';
import { StageflowError } from '@stageflow/engine/kernel';
import type { Refusal } from './refusals.ts';

/** Opens a stream to `host:port`, or says why not. */
export type OpenTunnel = (
  authority: string,
) => Promise<
  | { readonly ok: true; readonly stream: Duplex }
  | { readonly ok: false; readonly status: number; readonly refusal: Refusal }
>;

/** Thrown inside Node's HTTP client when the engine refused the connection. */
export class TunnelRefused extends StageflowError {
  readonly refusal: Refusal;
  readonly status: number;

  constructor(authority: string, status: number, refusal: Refusal) {
    super('egress_denied', { target: authority, reason: refusal.reason });
    this.refusal = refusal;
    this.status = status;
  }
}

const NO_OP = function (this: unknown) {
  return this;
};

/** Node's keep-alive agent calls these on its sockets; a stream of the channel has no such knobs. */
function likeSocket(stream: Duplex): Duplex {
  // A tunnel whose other side has ended still takes bytes, and nobody answers them: kept for the next request, that one would hang.
  stream.allowHalfOpen = false;
  for (const name of ['setKeepAlive', 'setNoDelay', 'ref', 'unref']) {
    if (!(name in stream)) Object.defineProperty(stream, name, { value: NO_OP });
  }
  return stream;
}

/** An HTTP agent whose connections are tunnels of the channel, kept alive for a few seconds between requests. */
export class TunnelAgent extends Agent {
  readonly #open: OpenTunnel;
  readonly #dial = callbackify((authority: string) => this.#connect(authority));

  constructor(open: OpenTunnel) {
    super({ keepAlive: true, maxSockets: 8, maxFreeSockets: 4, timeout: 20_000 });
    this.#open = open;
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const authority = `${options.host}:${options.port}`;
    this.#dial(authority, (error, stream) => callback?.(error, stream as Duplex));
    return undefined;
  }

  async #connect(authority: string): Promise<Duplex> {
    const answer = await this.#open(authority);
    if (!answer.ok) throw new TunnelRefused(authority, answer.status, answer.refusal);
    return likeSocket(answer.stream);
  }
}
