import { Worker } from 'node:worker_threads';
import type { Clock, Log, Timer } from '../kernel/index.ts';

/** A message in work, as far as a heartbeat needs it. */
export interface Beating {
  /** Where its acknowledgements go; '' where they go nowhere but through `working`. */
  readonly reply: string;
  working(): void;
}

/** Says `working` for messages in work, so that the server does not give them again. */
export interface Heart {
  /** Begins; returns how to end. */
  begin(message: Beating): () => void;
  close(): Promise<void>;
}

/** A heart on the engine's own thread: it stands still while that thread is busy. */
export function clockHeart(clock: Clock, everyMs: number): Heart {
  const timers = new Set<{ timer: Timer }>();
  return {
    begin(message) {
      const held = { timer: clock.after(everyMs, beat) };
      function beat() {
        message.working();
        held.timer = clock.after(everyMs, beat);
      }
      timers.add(held);
      return () => {
        held.timer.cancel();
        timers.delete(held);
      };
    },
    close: async () => {
      for (const { timer } of timers) timer.cancel();
      timers.clear();
    },
  };
}

/** What the thread is started with. */
export interface HeartSettings {
  readonly url: string;
  readonly token: string;
  readonly name: string;
  readonly everyMs: number;
  /** Milliseconds without a word from the engine after which it counts as gone, and its messages are given to others. */
  readonly patienceMs: number;
}

/** What the engine tells the thread. */
export type HeartWord =
  | { readonly kind: 'begin'; readonly id: number; readonly reply: string }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'alive' };

/**
 * A heart on a thread and a connection of its own: it beats on while the engine's thread is busy with something long, and stops by itself when
 * nothing was heard from there for `patienceMs`. Should the thread fail, the engine's own beats.
 */
export function threadHeart(settings: HeartSettings, clock: Clock, log: Log): Heart {
  const own = clockHeart(clock, settings.everyMs);
  const inWork = new Map<number, { readonly message: Beating; rest: () => void }>();
  let worker: Worker | null = null;
  let failed = false;
  let next = 0;
  let alive: Timer | null = null;

  const say = (word: HeartWord) => worker?.postMessage(word);
  const giveUp = (reason: string) => {
    if (failed) return;
    failed = true;
    log.warn('messages are kept in hand by the engine itself: the thread for it ended', { reason });
    worker = null;
    for (const one of inWork.values()) one.rest = own.begin(one.message);
  };
  const start = () => {
    if (worker !== null || failed) return;
    worker = new Worker(new URL('./heart-thread.ts', import.meta.url), { workerData: settings });
    // It alone must not keep a process from ending.
    worker.unref();
    worker.on('error', (error) => giveUp(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => giveUp('it ended'));
  };
  const beat = () => {
    say({ kind: 'alive' });
    alive = inWork.size > 0 ? clock.after(settings.everyMs, beat) : null;
  };
  return {
    begin(message) {
      if (message.reply === '') return own.begin(message);
      const id = next++;
      start();
      const one = { message, rest: failed ? own.begin(message) : () => {} };
      inWork.set(id, one);
      say({ kind: 'begin', id, reply: message.reply });
      if (alive === null) beat();
      return () => {
        if (!inWork.delete(id)) return;
        one.rest();
        say({ kind: 'end', id });
      };
    },
    async close() {
      failed = true;
      alive?.cancel();
      await Promise.all([own.close(), worker?.terminate()]);
    },
  };
}
