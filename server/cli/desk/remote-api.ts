import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Clock, StageflowError, systemClock } from '@stageflow/engine/kernel';
import { answerTo } from '../../local/dial.ts';
import type { Remote } from '../remotes.ts';
import type { Answer, Api } from './api.ts';

/** How long a server may take to be reached, and to say or take anything at all. */
const CONNECT_MS = 15_000;
const IDLE_MS = 300_000;
/** Times that a request waits for its turn when the server says that there are too many. */
const MOST_WAITS = 10;
const LONGEST_WAIT_S = 60;

/** The API of another machine, with its token. Redirects are not followed: they would carry the token to wherever they lead. */
export function remoteApi({ url, token }: Remote, clock: Clock = systemClock): Api {
  const lost = (thrown: unknown) => {
    const { code, message } = thrown as NodeJS.ErrnoException;
    return new StageflowError('remote_unreachable', { url, reason: message || code || 'no answer' }, { cause: thrown });
  };
  const once: Api = async (method, path, body, { headers, stream, idleMs = IDLE_MS } = {}) => {
    const target = new URL(path, url);
    const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    guardTimes(request, idleMs);
    try {
      const answer = await answerTo(request, stream ?? (body === undefined ? undefined : JSON.stringify(body)));
      return { ...answer, body: told(answer.body, lost) };
    } catch (thrown) {
      throw thrown instanceof StageflowError ? thrown : lost(thrown);
    }
  };
  return async (method, path, body, more) => {
    for (let waits = 0; ; waits += 1) {
      const answer = await once(method, path, body, more);
      const seconds = Number(answer.headers['retry-after']);
      // A stream cannot be sent twice.
      const again = answer.status === 429 && waits < MOST_WAITS && more?.stream === undefined;
      if (!again || !(seconds <= LONGEST_WAIT_S)) return answer;
      await drain(answer);
      await clock.sleep(seconds * 1000);
    }
  };
}

/** Ends a request that reaches nobody, or on which nothing moves any more. */
function guardTimes(request: ClientRequest, idleMs: number): void {
  const unreached = setTimeout(() => request.destroy(new Error('no connection within 15 s')), CONNECT_MS);
  const reached = () => clearTimeout(unreached);
  request.once('close', reached);
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', reached);
    else reached();
  });
  request.setTimeout(idleMs, () => request.destroy(new Error(`nothing came for ${Math.round(idleMs / 1000)} s`)));
}

/** A body whose breaking off is told as a coded error. */
async function* told(body: AsyncIterable<Uint8Array>, lost: (thrown: unknown) => StageflowError) {
  try {
    yield* body;
  } catch (thrown) {
    throw lost(thrown);
  }
}

async function drain({ body }: Answer): Promise<void> {
  for await (const chunk of body) void chunk;
}
