import { StageflowError } from '@stageflow/engine/kernel';
import type { Answered, Asked, Part } from './frames.ts';
import type { Port } from './port.ts';
import { type Receiving, receiveBody } from './receive-body.ts';
import { type Sending, sendBody } from './send-body.ts';

/** The app in the engine's process, as main calls it. */
export interface Bridge {
  /** Sends a request; only its path counts, not its host. Rejects with `engine_away` when the other end goes before it has answered, and with the signal's reason. */
  fetch(request: Request): Promise<Response>;
  /** Requests and bodies that are under way. */
  readonly open: number;
  /** Ends what is under way and lets the channel go. */
  close(): void;
}

interface Under {
  readonly resolve: (response: Response) => void;
  readonly reject: (reason: unknown) => void;
  /** Until the answer is there. */
  awaited: boolean;
  sending: Sending | null;
  receiving: Receiving | null;
  /** Stops listening to the request's signal. */
  readonly release: () => void;
}

/** Statuses whose answers have no body, which `Response` insists on. */
const BODILESS = new Set([204, 205, 304]);

/** Opens the asking end of a channel. */
export function openBridge(port: Port): Bridge {
  const under = new Map<number, Under>();
  let last = 0;
  let gone = false;
  const post = (message: Asked | Part) => {
    if (!gone) port.post(message);
  };
  /** Forgets what has neither an answer to come nor a body on its way. */
  const settle = (id: number) => {
    const one = under.get(id);
    if (one === undefined || one.awaited || one.sending !== null || one.receiving !== null) return;
    under.delete(id);
    one.release();
  };
  const drop = (id: number, reason: unknown) => {
    const one = under.get(id);
    if (one === undefined) return;
    under.delete(id);
    one.release();
    one.sending?.stop('it is not wanted any more');
    one.receiving?.fail(reason instanceof Error ? reason : new StageflowError('engine_away'));
    one.reject(reason);
  };

  const answered = (frame: Extract<Answered, { kind: 'answer' }>, one: Under) => {
    one.awaited = false;
    const headers = new Headers(frame.headers.map(([name, value]): [string, string] => [name, value]));
    if (!frame.hasBody || BODILESS.has(frame.status)) {
      one.resolve(new Response(null, { status: frame.status, headers }));
      settle(frame.id);
      return;
    }
    one.receiving = receiveBody(frame.id, post, () => {
      // Whoever leaves an answer leaves the request with it.
      post({ kind: 'stop', id: frame.id });
      one.receiving = null;
      one.sending?.stop('its answer is not wanted any more');
      settle(frame.id);
    });
    one.resolve(new Response(one.receiving.stream, { status: frame.status, headers }));
  };
  const unlisten = port.listen((message) => {
    const frame = message as Answered | Part;
    const one = under.get(frame.id);
    if (one === undefined) return;
    switch (frame.kind) {
      case 'answer':
        return answered(frame, one);
      case 'none':
        return drop(frame.id, new StageflowError('engine_away'));
      case 'more':
        return one.sending?.more(frame.bytes);
      case 'enough':
        return one.sending?.stop('the rest is not wanted');
      default:
        if (one.receiving?.take(frame) !== true) return;
        one.receiving = null;
        settle(frame.id);
    }
  });
  const end = () => {
    if (gone) return;
    gone = true;
    unlisten();
    unwait();
    for (const id of under.keys()) drop(id, new StageflowError('engine_away'));
  };
  const unwait = port.onEnd(end);

  return {
    fetch: (request) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(new StageflowError('engine_away'));
        const { signal, body } = request;
        if (signal.aborted) return reject(signal.reason);
        last += 1;
        const id = last;
        const abort = () => {
          post({ kind: 'stop', id });
          drop(id, signal.reason);
        };
        signal.addEventListener('abort', abort, { once: true });
        const one: Under = {
          resolve,
          reject,
          awaited: true,
          sending: null,
          receiving: null,
          release: () => signal.removeEventListener('abort', abort),
        };
        under.set(id, one);
        const { pathname, search } = new URL(request.url);
        post({
          kind: 'ask',
          id,
          method: request.method,
          path: pathname + search,
          headers: [...request.headers],
          hasBody: body !== null,
        });
        if (body === null) return;
        one.sending = sendBody(body, id, post, () => {
          one.sending = null;
          settle(id);
        });
      }),
    get open() {
      return under.size;
    },
    close: end,
  };
}
