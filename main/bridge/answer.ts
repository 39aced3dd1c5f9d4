import type { Answered, Asked, Part } from './frames.ts';
import type { Port } from './port.ts';
import { type Receiving, receiveBody } from './receive-body.ts';
import { type Sending, sendBody } from './send-body.ts';

/** The answering end of a channel. */
export interface Answering {
  /** Requests and bodies that are under way. */
  readonly open: number;
  /** Breaks off what is under way and lets the channel go. */
  close(): void;
}

interface Under {
  readonly stopping: AbortController;
  sending: Sending | null;
  receiving: Receiving | null;
  answered: boolean;
}

/** Answers what comes through a port with an app. A request that nobody waits for any more is aborted, and the body of its answer is cancelled. */
export function answerThrough(port: Port, fetch: (request: Request) => Promise<Response>): Answering {
  const under = new Map<number, Under>();
  let gone = false;
  const post = (message: Answered | Part) => {
    if (!gone) port.post(message);
  };
  const settle = (id: number) => {
    const one = under.get(id);
    if (one?.answered !== true || one.sending !== null) return;
    under.delete(id);
    // Answered without having been read to its end, as a refusal is: the rest need not come.
    if (one.receiving !== null) post({ kind: 'enough', id });
    one.receiving?.fail(new Error('it was answered already'));
  };
  const stop = (id: number, reason: Error) => {
    const one = under.get(id);
    if (one === undefined) return;
    under.delete(id);
    one.stopping.abort(reason);
    one.receiving?.fail(reason);
    one.sending?.stop(reason.message);
  };

  const answer = async (frame: Extract<Asked, { kind: 'ask' }>) => {
    const { id, method, path, headers, hasBody } = frame;
    const one: Under = { stopping: new AbortController(), sending: null, receiving: null, answered: false };
    under.set(id, one);
    if (hasBody) {
      one.receiving = receiveBody(id, post, () => {
        one.receiving = null;
        post({ kind: 'enough', id });
      });
    }
    try {
      const response = await fetch(
        new Request(new URL(path, BASE), {
          method,
          headers: headers.map(([name, value]): [string, string] => [name, value]),
          signal: one.stopping.signal,
          ...(one.receiving === null ? {} : { body: one.receiving.stream, duplex: 'half' as const }),
        }),
      );
      const { body, status } = response;
      // It was stopped meanwhile: whatever feeds the body has to end.
      if (!under.has(id)) return await body?.cancel();
      one.answered = true;
      post({ kind: 'answer', id, status, headers: [...response.headers], hasBody: body !== null });
      if (body !== null) {
        one.sending = sendBody(body, id, post, () => {
          one.sending = null;
          settle(id);
        });
      }
      settle(id);
    } catch (error) {
      if (!under.has(id)) return;
      post({ kind: 'none', id, reason: error instanceof Error ? error.message : String(error) });
      stop(id, new Error('it was not answered'));
    }
  };
  const unlisten = port.listen((message) => {
    const frame = message as Asked | Part;
    if (frame.kind === 'ask') return void answer(frame);
    if (frame.kind === 'stop') return stop(frame.id, new Error('the asking side went away'));
    const one = under.get(frame.id);
    if (one === undefined) return;
    switch (frame.kind) {
      case 'more':
        return one.sending?.more(frame.bytes);
      case 'enough':
        return one.sending?.stop('the rest is not wanted');
      default:
        if (one.receiving?.take(frame) === true) one.receiving = null;
    }
  });
  const end = () => {
    if (gone) return;
    gone = true;
    unlisten();
    unwait();
    for (const id of under.keys()) stop(id, new Error('the channel has ended'));
  };
  const unwait = port.onEnd(end);
  return {
    get open() {
      return under.size;
    },
    close: end,
  };
}

/** There is no host behind a channel; a `Request` wants one all the same. */
const BASE = 'http://localhost';
