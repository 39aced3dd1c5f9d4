import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** How long a socket may take to write out what it was given after its tunnel has ended well, in milliseconds. */
const FLUSH = 10_000;

/**
 * Joins a `CONNECT` stream and a dialled socket. Each side's end is passed on alone (half-close); a failure of one side resets the
 * other, so that neither takes a cut stream for a finished one.
 */
export function joinTunnel(stream: ServerHttp2Stream, socket: Duplex): void {
  // `close(code)` would first send the regular end of the stream, which the other side takes for a whole answer; `destroy` only resets.
  const reset = () => stream.destroy(new Error('the dialled connection was cut'));
  let up = false;
  let down = false;
  stream.on('data', (chunk: Buffer) => {
    if (!socket.write(chunk)) stream.pause();
  });
  socket.on('drain', () => stream.resume());
  stream.on('end', () => {
    if (stream.rstCode !== 0 || stream.aborted) return;
    up = true;
    socket.end();
  });
  socket.on('data', (chunk: Buffer) => {
    if (!stream.destroyed && !stream.write(chunk)) socket.pause();
  });
  stream.on('drain', () => socket.resume());
  socket.on('end', () => {
    down = true;
    if (!stream.destroyed) stream.end();
  });
  socket.on('error', reset);
  socket.on('close', () => {
    if (!down || !socket.writableFinished) reset();
  });
  stream.on('error', () => socket.destroy());
  stream.on('close', () => {
    if (!up || !down || stream.rstCode !== 0) {
      socket.destroy();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), FLUSH);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  });
}
