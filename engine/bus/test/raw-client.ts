import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsServer } from '../nats-server.ts';
import { durablesOf } from '../../event/index.ts';

/** Streams of ours that are not the contract's: dead letters and KV. */
const OTHERS = /^(dead-letters|KV_.*)$/;

/** A client of the server that knows nothing of our bus: what it sees is what the server has. */
export async function rawClient(server: Pick<NatsServer, 'url' | 'token'>) {
  const connection = await connect({ servers: server.url, token: server.token });
  const jsm = await jetstreamManager(connection);
  const js = jetstream(connection);
  return {
    publish: async (subject: string, id: string, data: string) => void (await js.publish(subject, data, { msgID: id })),
    /** The contract's streams and every consumer of any stream, as the JetStream API lists them. */
    async topology() {
      const found: string[] = [];
      for await (const stream of jsm.streams.list()) found.push(stream.config.name);
      const durables: string[] = [];
      for (const stream of found) for await (const consumer of jsm.consumers.list(stream)) durables.push(consumer.name);
      return { streams: found.filter((name) => !OTHERS.test(name)), durables };
    },
    /** Subjects and settings of one stream. */
    stream: async (name: string) => (await jsm.streams.info(name)).config,
    /** Messages of one durable that are handed out or still to come. */
    async pending(durable: string) {
      const spec = durablesOf('main').find((row) => row.durable === durable);
      const info = await jsm.consumers.info(spec?.stream ?? '', durable);
      return info.num_pending + info.num_ack_pending;
    },
    removeStream: async (name: string) => void (await jsm.streams.delete(name)),
    close: () => connection.close(),
  };
}
