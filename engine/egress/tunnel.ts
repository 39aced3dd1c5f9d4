import { Duplex } from 'node:stream';
import type { Clock } from '../kernel/index.ts';
import { FLIGHT_BYTES, type FlightVerdict } from './flight.ts';

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
 * first bytes have been judged; `judge` says how far each verdict goes. Bytes are counted and passed on with back-pressure both ways.
 */
export class Tunnel extends Duplex {
  readonly #upstream: Duplex;
  readonly #judge: (bytes: Uint8Array) => FlightVerdict;
  readonly #events: TunnelEvents;
  readonly #clock: Clock;
  readonly #idleMs: number;
  /** Bytes that wait for their verdict; null when all may pass. */
  #held: Buffer | null = Buffer.alloc(0);
  #passed = false;
  #lastByte: number;
  #ended = false;
  #answered = false;
  #timer: { cancel(): void };

  constructor(
    upstream: Duplex,
    judge: (bytes: Uint8Array) => FlightVerdict,
    events: TunnelEvents,
    clock: Clock,
    idleMs: number,
  ) {
    super({ allowHalfOpen: true, emitClose: true });
    this.#upstream = upstream;
    this.#judge = judge;
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
    if (this.#passed) this.#upstream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#held === null) {
      this.#forward(chunk, done);
      return;
    }
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const passed = this.#look(bytes);
    if (passed === null || passed === 0) done();
    else this.#forward(bytes.subarray(0, passed), done);
  }

  /** How many of the bytes may go on; what is behind them is held. Null when the tunnel was cut for them. */
  #look(bytes: Buffer): number | null {
    let passed = 0;
    for (;;) {
      const verdict = this.#judge(bytes.subarray(passed, passed + FLIGHT_BYTES));
      if (verdict.state === 'deny') {
        this.cut('denied', verdict.reason);
        return null;
      }
      if (verdict.state === 'more') {
        this.#held = bytes.subarray(passed);
        return passed;
      }
      if (!this.#passed) {
        this.#passed = true;
        this.#events.onProtocol(verdict.protocol);
        this.#upstream.resume();
      }
      if (verdict.bytes === null) {
        this.#held = null;
        return bytes.length;
      }
      passed += verdict.bytes;
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
    if (this.#passed) this.#upstream.end();
    else this.#upstream.destroy();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#finish({ kind: 'closed' });
    this.#upstream.destroy();
    done(error);
  }
}
