import { asStageflowError, type Log, sha256Hex, StageflowError } from '../kernel/index.ts';
import { parseEvent, type StageflowEvent } from '../event/index.ts';
import type { Heart } from './heart.ts';
import type { Delivery, DurableSpec } from './port.ts';
import { MAX_TRIES } from './streams.ts';

/** One delivered message, whichever broker it came from. The verbs are JetStream's. */
export interface Incoming {
  readonly subject: string;
  readonly data: Uint8Array;
  /** The publisher's message id, or the stream's sequence where there is none. */
  readonly id: string;
  readonly deliveryCount: number;
  /** Where its acknowledgements go; '' where there is no such place. */
  readonly reply: string;
  working(): void;
  /** Asks for another delivery after `milliseconds`. */
  nak(milliseconds: number): void;
  /** Resolves when the server knows; false or a rejection means it may come again. */
  ackAck(): Promise<boolean>;
  /** Never again. Only after the dead letter is stored. */
  term(): void;
}

/** A message set aside. */
export interface DeadLetter {
  readonly durable: string;
  readonly subject: string;
  readonly id: string;
  readonly reason: string;
  readonly data: Uint8Array;
}

/** How often a message was tried, kept where neither our crash nor the server's forgets it. */
interface Tries {
  get(key: string): Promise<number>;
  set(key: string, tries: number): Promise<void>;
}

/** What the loop needs beside messages. */
export interface ConsumeParts {
  readonly log: Log;
  /** Keeps messages in hand while they are in work or in line. */
  readonly heart: Heart;
  readonly tries: Tries;
  /** Milliseconds before each further delivery; the last one repeats. */
  readonly retryDelays: readonly number[];
  /** Stores the copy; resolves only when it is stored. */
  setAside(letter: DeadLetter): Promise<void>;
  /** Told after the copy of a message that failed five times is stored: the job becomes FAILED(poison). */
  onPoison(event: StageflowEvent): Promise<void>;
}

/** The loop over one durable's messages. */
export interface ConsumeLoop {
  /** Takes a delivered message; its heartbeat begins at once, its reading when one of `concurrency` places is free. */
  push(message: Incoming): void;
  /** Hands back what was not begun and waits for what was. */
  stop(): Promise<void>;
  /** Ends every heartbeat at once and begins nothing more, as a killed process does. */
  drop(): void;
}

type Reader = (event: StageflowEvent, delivery: Delivery) => Promise<void>;

/** The one loop behind every durable: parse, count, read, ack; nak with growing delay; dead letter, then term. */
export function createConsumeLoop(
  spec: DurableSpec,
  read: Reader,
  concurrency: number,
  parts: ConsumeParts,
): ConsumeLoop {
  const { heart, tries, retryDelays } = parts;
  const log = parts.log.child({ durable: spec.durable });
  const waiting: { message: Incoming; rest: () => void }[] = [];
  const running = new Set<Promise<void>>();
  const hearts = new Set<() => void>();
  let stopped = false;

  const delayAfter = (count: number) => retryDelays[Math.min(count, retryDelays.length) - 1] ?? 0;

  const settle = async (message: Incoming) => {
    if (!(await message.ackAck())) log.warn('an ack was not confirmed; the message may come again', { id: message.id });
  };
  const setAside = async (message: Incoming, reason: string) => {
    const { subject, id, data } = message;
    await parts.setAside({ durable: spec.durable, subject, id, reason, data });
    log.error('a message was set aside', { id, subject, reason });
  };
  const poison = async (message: Incoming, event: StageflowEvent, reason: string) => {
    await setAside(message, `poison: ${reason}`);
    await parts.onPoison(event);
    message.term();
  };

  const handle = async (message: Incoming) => {
    let event: StageflowEvent;
    try {
      event = parseEvent(message.data);
      if (event.type !== spec.subject)
        throw new StageflowError('bad_event', { reason: `it came on ${message.subject}` });
    } catch (thrown) {
      await setAside(message, asStageflowError(thrown).message);
      message.term();
      return;
    }

    const key = sha256Hex(`${spec.durable} ${event.id}`).slice(0, 32);
    let tried: number | null = null;
    // Only a repeated delivery costs a write before reading: the count must outlive a reader that ends the process. The
    // server's own count says no more than that there was one before: acks get lost, and a message that was read well
    // ten times must not become poison.
    if (message.deliveryCount > 1) {
      tried = Math.max((await tries.get(key)) + 1, 2);
      await tries.set(key, tried);
      if (tried > MAX_TRIES) {
        await poison(message, event, `it came more than ${MAX_TRIES} times without being read to its end`);
        return;
      }
    }
    try {
      await read(event, { deliveryCount: message.deliveryCount, working: () => message.working() });
    } catch (thrown) {
      const error = asStageflowError(thrown);
      if (error.row.retry === 'never' && error.code !== 'internal') {
        await setAside(message, error.message);
        message.term();
        return;
      }
      if (tried === null) {
        tried = (await tries.get(key)) + 1;
        await tries.set(key, tried);
      }
      log.warn('a message could not be read', { id: event.id, tried, reason: error.message });
      if (tried >= MAX_TRIES) await poison(message, event, error.message);
      else message.nak(delayAfter(tried));
      return;
    }
    if (tried !== null) await tries.set(key, 0);
    await settle(message);
  };

  const heartbeat = (message: Incoming): (() => void) => {
    const end = heart.begin(message);
    const rest = () => {
      end();
      hearts.delete(rest);
    };
    hearts.add(rest);
    return rest;
  };

  const begin = () => {
    for (let free = concurrency - running.size; free > 0; free -= 1) {
      // `stop` empties the line, so nothing is begun after it.
      const next = waiting.shift();
      if (next === undefined) return;
      const work = handle(next.message)
        .catch((thrown: unknown) => {
          // Neither acked nor refused: the server gives it again after ack_wait.
          log.warn('a message was left for redelivery', {
            id: next.message.id,
            reason: asStageflowError(thrown).message,
          });
        })
        .finally(() => {
          next.rest();
          running.delete(work);
          begin();
        });
      running.add(work);
    }
  };

  return {
    push(message) {
      if (stopped) {
        message.nak(0);
        return;
      }
      waiting.push({ message, rest: heartbeat(message) });
      begin();
    },
    async stop() {
      stopped = true;
      for (const { message, rest } of waiting.splice(0)) {
        rest();
        message.nak(0);
      }
      await Promise.all(running);
    },
    drop() {
      stopped = true;
      waiting.length = 0;
      for (const rest of hearts) rest();
    },
  };
}
