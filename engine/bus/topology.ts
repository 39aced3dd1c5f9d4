import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  JetStreamApiCodes,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { DurableSpec } from './port.ts';
import { CONSUMER, type StreamSpec } from './streams.ts';

function streamConfig(spec: StreamSpec) {
  return {
    subjects: [...spec.subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    // `nanos` takes milliseconds.
    max_age: nanos(spec.maxAge),
    max_bytes: spec.maxBytes,
    max_msg_size: spec.maxMessageBytes,
    duplicate_window: nanos(spec.duplicateWindow),
  };
}

/** Declares a stream; true when it was not there. An existing one takes the present settings. */
export async function declareStream(jsm: JetStreamManager, spec: StreamSpec): Promise<boolean> {
  try {
    await jsm.streams.info(spec.name);
  } catch (thrown) {
    if (!(thrown instanceof JetStreamApiError) || thrown.code !== JetStreamApiCodes.StreamNotFound) throw thrown;
    await jsm.streams.add({ name: spec.name, ...streamConfig(spec) });
    return true;
  }
  await jsm.streams.update(spec.name, streamConfig(spec));
  return false;
}

/** Declares a durable of the contract; an existing one keeps its place in the stream. */
export async function declareDurable(jsm: JetStreamManager, spec: DurableSpec, ackWait: number): Promise<void> {
  const settings = {
    filter_subject: spec.subject,
    ack_wait: nanos(ackWait),
    max_deliver: CONSUMER.maxDeliver,
    max_ack_pending: CONSUMER.maxAckPending,
  };
  try {
    await jsm.consumers.info(spec.stream, spec.durable);
  } catch (thrown) {
    if (!(thrown instanceof JetStreamApiError) || thrown.code !== JetStreamApiCodes.ConsumerNotFound) throw thrown;
    await jsm.consumers.add(spec.stream, {
      durable_name: spec.durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ...settings,
    });
    return;
  }
  await jsm.consumers.update(spec.stream, spec.durable, settings);
}
