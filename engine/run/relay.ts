import type { Bus } from '../bus/port.ts';
import type { Clock, Log } from '../kernel/index.ts';
import type { Ledger } from '../ledger/port.ts';
import { createSignal } from './signal.ts';

const BATCH = 64;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;

/**
 * Publishes the ledger's outbox, for ever, with growing delays while the queue does not answer. A batch is under way at once, sent in order;
 * what failed of it is sent again and may then come after later events, which is no worse than what a queue does by itself.
 */
export interface Relay {
  /** Resolves when the outbox is empty, or after `ms`. */
  drained(ms: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts the relay; every commit of the ledger wakes it. */
export function startRelay(ports: { ledger: Ledger; bus: Bus; clock: Clock; log: Log }): Relay {
  const { ledger, bus, clock, log } = ports;
  const wake = createSignal(clock);
  const idle = createSignal(clock);
  const stopping = new AbortController();
  const unlisten = ledger.onCommit(() => wake.notify());
  let empty = false;

  const run = async () => {
    let delay = FIRST_DELAY_MS;
    while (!stopping.signal.aborted) {
      try {
        const batch = ledger.outbox(BATCH);
        if (batch.length === 0) {
          empty = true;
          idle.notify();
          await wake.wait(1000, stopping.signal);
          continue;
        }
        empty = false;
        await send(batch);
        delay = FIRST_DELAY_MS;
      } catch (error) {
        log.warn('the queue did not take an event; trying again', { error, delay });
        await clock.sleep(delay, stopping.signal).catch(() => {});
        delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      }
    }
  };
  /** Publishes a batch; what the queue took is marked, and one that it did not take fails the batch. */
  const send = async (batch: ReturnType<Ledger['outbox']>) => {
    const answers = await Promise.allSettled(batch.map((event) => bus.publish(event)));
    const sent = batch.filter((_, at) => answers[at]?.status === 'fulfilled').map(({ id }) => id);
    // A crash before this line publishes the batch again under the same message ids: the stream drops the copies.
    if (sent.length > 0) ledger.markPublished(sent);
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  };
  const running = run();
  return {
    drained: async (ms) => {
      const until = clock.now() + ms;
      while (!(empty && ledger.outbox(1).length === 0)) {
        const left = until - clock.now();
        if (left <= 0) return false;
        await idle.wait(left);
      }
      return true;
    },
    stop: async () => {
      unlisten();
      stopping.abort();
      wake.notify();
      await running;
    },
  };
}
