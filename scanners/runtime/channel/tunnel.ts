import http2 from 'node:http2';
import { Duplex } from 'node:stream';

/** What became of a `CONNECT`: a byte stream to the other side, or why the engine would not open one. */
export type TunnelAnswer =
  | { readonly ok: true; readonly socket: Duplex }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly reason: string };

/**
 * An HTTP/2 stream dressed as a socket. Node ends the reading side of a stream that was reset exactly as one that was finished;
 * here a reset becomes `ECONNRESET`, so that a cut answer is never taken for a whole one.
 */
export class TunnelSocket extends Duplex {
  readonly #stream: http2.Http2Stream;

  constructor(stream: http2.Http2Stream) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause();
    });
    stream.on('end', () => {
      if (stream.rstCode === http2.constants.NGHTTP2_NO_ERROR && !stream.aborted) this.push(null);
      else this.destroy(reset());
    });
    stream.on('error', (error) => this.destroy(error));
    stream.on('close', () => {
      if (!stream.readableEnded || !stream.writableFinished) this.destroy(reset());
    });
    stream.pause();
    // A tunnel nobody looks at any more must not end the process when the channel goes.
    this.on('error', () => undefined);
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#stream.destroyed) done(reset());
    else this.#stream.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) done();
    else this.#stream.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const whole = this.#stream.readableEnded && this.#stream.writableFinished;
    // `close(code)` would first send the regular end of the stream, as if all had been said.
    if (!whole) this.#stream.destroy(error ?? reset());
    done(error);
  }

  /** Sockets have it and some libraries call it; a multiplexed stream has nothing to set. */
  setNoDelay(): this {
    return this;
  }

  /** As `setNoDelay`. */
  setKeepAlive(): this {
    return this;
  }

  /** As `setNoDelay`: idle tunnels are cut by the engine's guard. */
  setTimeout(): this {
    return this;
  }
}

function reset(): Error {
  return Object.assign(new Error('the tunnel was reset'), { code: 'ECONNRESET' });
}
