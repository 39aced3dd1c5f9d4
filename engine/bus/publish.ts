import type { JetStreamClient } from '@nats-io/jetstream';
import { StageflowError } from '../kernel/index.ts';
import { type StageflowEvent, wireText } from '../event/index.ts';

/** Milliseconds a publish waits for the server's word. After it the message may or may not be stored: publish it again. */
export const PUBLISH_TIMEOUT = 5_000;

/** Publishes an event with its id as message id, so that a repetition is told as `duplicate`. Fails as `nats_failed`. */
export async function publishEvent(
  js: JetStreamClient,
  event: StageflowEvent,
): Promise<{ readonly duplicate: boolean }> {
  try {
    const { duplicate } = await js.publish(event.type, wireText(event), { msgID: event.id, timeout: PUBLISH_TIMEOUT });
    return { duplicate };
  } catch (thrown) {
    throw new StageflowError(
      'nats_failed',
      { reason: thrown instanceof Error ? thrown.message : String(thrown) },
      { cause: thrown },
    );
  }
}
