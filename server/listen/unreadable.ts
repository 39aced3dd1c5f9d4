import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { StageflowError } from '@stageflow/engine/kernel';
import { problemOf } from '../problem.ts';

/** What is said of a request that Node could not read: the status of its own answer, and the error that explains it. */
function judge(code: string | undefined, headerBytes: number): { status: number; error: StageflowError } {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const limit = `${Math.floor(headerBytes / 1024)} KiB of address and headers`;
    return { status: 431, error: new StageflowError('too_large', { limit }) };
  }
  const late = code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const reason = late ? 'it did not come in time' : 'it is not HTTP';
  return { status: late ? 408 : 400, error: new StageflowError('bad_request', { reason }) };
}

/**
 * Answers requests that never become one (an address or headers beyond the bound, no HTTP, too slow) as every other failure is answered. Node's own
 * answers have no body. A connection on which an answer has begun is cut instead: nothing may be written into that one.
 */
export function answerUnreadable(server: Server, headerBytes: number): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on('request', ({ socket }, outgoing) => {
    answers.set(socket, outgoing);
    outgoing.once('close', () => answers.delete(socket));
  });
  server.on('clientError', (failure: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    if (!socket.writable || failure.code === 'ECONNRESET' || answers.get(socket)?.headersSent === true) {
      socket.destroy();
      return;
    }
    const { status, error } = judge(failure.code, headerBytes);
    const body = JSON.stringify({ ...problemOf(error, '-'), status });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  });
}
