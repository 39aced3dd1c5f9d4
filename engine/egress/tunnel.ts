import { Duplex } from 'node:stream';
import type { Clock } from '../kernel/index.ts';
import { FLIGHT_BYTES, judgeFirstFlight } from './first-flight.ts';
import type { Target } from './guard.ts';

/** How a tunnel ended: well, cut by the guard, or broken by the network. */
export type TunnelEnd = { readonly kind: 'closed' } | { readonly kind: 'denied' | 'failed'; readonly reason: string };

/** What a tunnel tells its owner. */
export interface TunnelEvents {
  /** Called once when the first bytes passed. */
  onProtocol(protocol: 'tls' | 'http'): void;
  /** Called for each chunk before it is passed on; a text is the reason to cut the tunnel. */
  onBytes(direction: 'bytesUp' | 'bytesDown', bytes: number): string | null;
  /** Called exactly once. */
  onEnd(end: TunnelEnd): void;
}

/**
 * Joins a client with an established upstream connection. Not a byte reaches the upstream, and none comes back, before the client's
 * first flight has been judged; from then on bytes are counted and passed on with back-pressure both ways.
 */
export class Tunnel extends Duplex {
  readonly #upstream: Duplex;
  readonly #target: Target;
  readonly #events: TunnelEvents;
  readonly #clock: Clock;
  readonly #idleMs: number;
  #flight: Buffer[] | null = [];
  #lastByte: number;
  #ended = false;
  #answered = false;
  #timer: { cancel(): void };

  constructor(upstream: Duplex, target: Target, events: TunnelEvents, clock: Clock, idleMs: number) {
    super({ allowHalfOpen: true, emitClose: true });
    this.#upstream = upstream;
    this.#target = target;
    this.#events = events;
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#lastByte = clock.now();
    this.#timer = clock.after(idleMs, () => this.#checkIdle());
    upstream.pause();
    upstream.on('data', (chunk: Buffer) => this.#fromUpstream(chunk));
    upstream.on('end', () => this.push(null));
    upstream.on('error', (error) => this.cut('failed', error.message));
    upstream.on('close', () => {
      // What the upstream said last is still to be read; the idle limit holds until then.
      if (this.readableEnded) this.destroy();
      else this.once('end', () => this.destroy()).push(null);
    });
  }

  /** Ends the tunnel now, both ways. */
  cut(kind: 'denied' | 'failed', reason: string): void {
    this.#finish({ kind, reason });
    this.#break(kind, reason);
  }

  #break(kind: 'denied' | 'failed', reason: string): void {
    this.destroy(Object.assign(new Error(reason), { code: kind === 'denied' ? 'egress_denied' : 'egress' }));
  }

  #finish(end: TunnelEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.cancel();
    this.#events.onEnd(end);
  }

  #checkIdle(): void {
    const quiet = this.#clock.now() - this.#lastByte;
    if (quiet < this.#idleMs) {
      this.#timer = this.#clock.after(this.#idleMs - quiet, () => this.#checkIdle());
      return;
    }
    const reason = `no byte for ${Math.round(this.#idleMs / 1000)} s`;
    // A browser keeps connections open for later use: one that has answered did not fail by falling silent.
    this.#finish(this.#answered ? { kind: 'closed' } : { kind: 'failed', reason });
    this.#break('failed', reason);
  }

  /** Counts bytes; false when the owner cut the tunnel for them. */
  #allow(direction: 'bytesUp' | 'bytesDown', bytes: number): boolean {
    this.#lastByte = this.#clock.now();
    const reason = this.#events.onBytes(direction, bytes);
    if (reason === null) return true;
    this.cut('denied', reason);
    return false;
  }

  #fromUpstream(chunk: Buffer): void {
    if (!this.#allow('bytesDown', chunk.length)) return;
    this.#answered = true;
    if (!this.push(chunk)) this.#upstream.pause();
  }

  override _read(): void {
    if (this.#flight === null) this.#upstream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#flight === null) {
      this.#forward(chunk, done);
      return;
    }
    this.#flight.push(chunk);
    const bytes = this.#flight.length === 1 ? chunk : Buffer.concat(this.#flight);
    const verdict = judgeFirstFlight(bytes.subarray(0, FLIGHT_BYTES), this.#target);
    if (verdict.state === 'more') {
      this.#flight = [bytes];
      done();
    } else if (verdict.state === 'deny') {
      this.#flight = [];
      done();
      this.cut('denied', verdict.reason);
    } else {
      this.#flight = null;
      this.#events.onProtocol(verdict.protocol);
      this.#forward(bytes, done);
      this.#upstream.resume();
    }
  }

  #forward(chunk: Buffer, done: (error?: Error | null) => void): void {
    if (!this.#allow('bytesUp', chunk.length)) {
      done();
      return;
    }
    // A write that fails also raises the upstream's error event, which ends this tunnel with its reason.
    this.#upstream.write(chunk, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#flight === null) this.#upstream.end();
    else this.#upstream.destroy();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#finish({ kind: 'closed' });
    this.#upstream.destroy();
    done(error);
  }
}
