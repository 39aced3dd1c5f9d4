import type { ConsumerMessages } from '@nats-io/jetstream';
import { asStageflowError, type Clock, type Log } from '../kernel/index.ts';

/** What the loop sees of the client's pull. */
export type Pull = Pick<ConsumerMessages, 'status' | 'closed' | 'stop'>;

/** What the loop needs. */
export interface ReadingParts {
  /** Makes what is missing of streams and durables. May fail: the server tells of a lost durable before its stream is quite gone. */
  declare(): Promise<void>;
  /** Begins to pull from the durable. */
  open(): Promise<Pull>;
  /** Aborts when nobody wants to read any more. */
  readonly ended: AbortSignal;
  /** True when the connection is closed for good. */
  lost(): boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two tries to begin again. */
const PAUSE = 500;

/** The client goes on pulling from a durable that is gone; this ends such a pull, so that the durable is made again. */
async function endWhenGone(pull: Pull): Promise<void> {
  for await (const status of pull.status()) {
    const gone =
      status.type === 'consumer_not_found' || status.type === 'consumer_deleted' || status.type === 'stream_not_found';
    if (gone || (status.type === 'heartbeats_missed' && status.count > 1)) pull.stop();
  }
}

/** Reads on until it is ended: when a pull ends unasked, what is missing is declared and a new pull begun, as often as it takes. */
export async function keepReading(
  first: Pull,
  { declare, open, ended, lost, clock, log }: ReadingParts,
): Promise<void> {
  let pull: Pull | null = first;
  while (!ended.aborted) {
    try {
      if (pull === null) {
        await declare();
        pull = await open();
      }
      void endWhenGone(pull);
      await pull.closed();
      if (ended.aborted) return;
      log.warn('reading starts again');
      pull = null;
    } catch (thrown) {
      pull = null;
      if (ended.aborted || lost()) return;
      log.warn('reading could not start', { reason: asStageflowError(thrown).message });
      await clock.sleep(PAUSE, ended).catch(() => {});
    }
  }
}
