import { type ConsumerMessages, jetstream, type JsMsg, jetstreamManager } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type Clock, type Log, StageflowError } from '../kernel/index.ts';
import { durablesOf, type StageflowEvent } from '../event/index.ts';
import { natsBucket } from './bucket.ts';
import { type ConsumeParts, createConsumeLoop, type Incoming } from './consume.ts';
import { readDeadLetters, storeDeadLetter } from './dead-letter.ts';
import { createJobRecords } from './job-record.ts';
import { keepReading } from './keep-reading.ts';
import { type Heart, threadHeart } from './heart.ts';
import { claimNode, type NodeLease } from './node-lease.ts';
import type { Bus, DurableSpec } from './port.ts';
import { PUBLISH_TIMEOUT, publishEvent } from './publish.ts';
import { assertAuthenticated, assertSafeUrl, isReduced } from './server-rules.ts';
import {
  BUCKETS,
  CONSUMER,
  DEAD_LETTERS,
  RETRY_DELAYS,
  type StreamRetention,
  STREAMS,
  streamsKept,
} from './streams.ts';
import { declareDurable, declareStream } from './topology.ts';

/** What a bus is connected with. */
export interface JetStreamBusOptions {
  /** `nats://127.0.0.1:<port>`. */
  readonly url: string;
  readonly token: string;
  /** This engine's node name; see `durablesOf`. */
  readonly node: string;
  /** One per data folder; see `claimNode`. */
  readonly engineId: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Told after a message that failed five times is set aside. */
  onPoison(event: StageflowEvent): Promise<void>;
  /** Told when streams were missing and have been made, at first or after a loss: what is unfinished must be published again. */
  onStreamsMade?(names: readonly string[]): void;
  /** Told when the connection is closed for good though nobody asked for it: the engine must end. */
  onLost?(reason: string): void;
  /** What streams keep; as the contract says unless told otherwise. */
  readonly streams?: StreamRetention;
  /** Milliseconds; tests shorten it. */
  readonly ackWait?: number;
  /** Milliseconds; tests shorten them. */
  readonly retryDelays?: readonly number[];
}

/** Beats without a word of the engine, in times of ack_wait, until it counts as gone. */
const PATIENCE = 10;

function incoming(message: JsMsg, ackTimeout: number): Incoming {
  return {
    subject: message.subject,
    data: message.data,
    id: message.headers?.get('Nats-Msg-Id') || String(message.seq),
    deliveryCount: message.info.deliveryCount,
    // Every message has one; the client's types leave it out.
    reply: (message as unknown as { readonly reply?: string }).reply ?? '',
    working: () => message.working(),
    nak: (milliseconds) => message.nak(milliseconds),
    ackAck: () => message.ackAck({ timeout: ackTimeout }),
    // Without a reason: 2.9 takes `term` with one for nothing and delivers again.
    term: () => message.term(),
  };
}

async function dial({ url, token, node }: JetStreamBusOptions): Promise<NatsConnection> {
  assertSafeUrl(url);
  let connection: NatsConnection;
  try {
    connection = await connect({
      servers: url,
      token,
      name: `stageflow-${node}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 100,
      pingInterval: 10_000,
      // A stack captured for each request costs more than all else that a publish costs here.
      noAsyncTraces: true,
    });
  } catch (thrown) {
    throw new StageflowError(
      'nats_failed',
      { reason: thrown instanceof Error ? thrown.message : String(thrown) },
      { cause: thrown },
    );
  }
  try {
    assertAuthenticated(url, connection.info);
  } catch (thrown) {
    await connection.close();
    throw thrown;
  }
  return connection;
}

/** How long one pull waits at the server, and how often the server says meanwhile that it lives; milliseconds. */
const PULL_EXPIRES = 10_000;
const PULL_HEARTBEAT = 2_000;

/** More than a page of memory or a block of a disk: less could still fit into what a full disk gave out before. */
const CANARY_BYTES = 8 * 1024;

/** Connects to a running server. `prepare` must come before anything is published or read. */
export async function connectJetStreamBus(options: JetStreamBusOptions): Promise<Bus> {
  const { node, clock, log, ackWait = CONSUMER.ackWait } = options;
  const connection = await dial(options);
  const js = jetstream(connection, { timeout: PUBLISH_TIMEOUT });
  const jsm = await jetstreamManager(connection, { timeout: PUBLISH_TIMEOUT });
  const kvm = new Kvm(js);
  const buckets = new Map<string, KV>();
  const readers = new Set<{ stop(): Promise<void> }>();
  let lease: NodeLease | null = null;
  let closing = false;

  void connection.closed().then((reason) => {
    if (!closing) options.onLost?.(reason instanceof Error ? reason.message : 'the connection was closed');
  });

  const bucket = (name: string) =>
    natsBucket(() => {
      const kv = buckets.get(name);
      if (kv === undefined) throw new StageflowError('nats_failed', { reason: `the bucket ${name} is not prepared` });
      return kv;
    });
  const declareAll = async () => {
    const made: string[] = [];
    try {
      for (const spec of options.streams ? streamsKept(options.streams) : STREAMS)
        if (await declareStream(jsm, spec)) made.push(spec.name);
      await declareStream(jsm, DEAD_LETTERS);
      for (const name of [BUCKETS.records, BUCKETS.nodes]) buckets.set(name, await kvm.create(name, { history: 1 }));
      buckets.set(BUCKETS.tries, await kvm.create(BUCKETS.tries, { history: 1, ttl: DEAD_LETTERS.maxAge }));
      for (const durable of durablesOf(node)) await declareDurable(jsm, durable, ackWait);
    } finally {
      // Told even when a later step failed: the next try finds these streams and would not tell of them.
      if (made.length > 0) options.onStreamsMade?.(made);
    }
  };
  let declaring: Promise<void> | null = null;
  /** Readers that lose the same stream wait for one declaration. */
  const declare = () =>
    (declaring ??= declareAll().finally(() => {
      declaring = null;
    }));
  const tries = bucket(BUCKETS.tries);
  const heart: Heart = threadHeart(
    {
      url: options.url,
      token: options.token,
      name: `stageflow-${node}-heart`,
      everyMs: ackWait / 3,
      patienceMs: ackWait * PATIENCE,
    },
    clock,
    log,
  );
  const parts: ConsumeParts = {
    log,
    heart,
    retryDelays: options.retryDelays ?? RETRY_DELAYS,
    tries: {
      get: async (key) => Number((await tries.get(key))?.value ?? 0),
      set: (key, count) => tries.put(key, String(count)),
    },
    setAside: (letter) => storeDeadLetter(js, letter, PUBLISH_TIMEOUT),
    onPoison: options.onPoison,
  };

  const consume = async (spec: DurableSpec, read: Parameters<Bus['consume']>[1], concurrency = 1) => {
    const loop = createConsumeLoop(spec, read, concurrency, parts);
    const ending = new AbortController();
    let pull: ConsumerMessages | null = null;

    const open = async () => {
      const consumer = await js.consumers.get(spec.stream, spec.durable);
      pull = await consumer.consume({
        max_messages: Math.max(concurrency, 1),
        // A durable that is deleted between two pulls is not announced: only missing heartbeats tell, so they must come often.
        expires: PULL_EXPIRES,
        idle_heartbeat: PULL_HEARTBEAT,
        callback: (message) => loop.push(incoming(message, PUBLISH_TIMEOUT)),
      });
      return pull;
    };
    const following = keepReading(await open(), {
      declare,
      open,
      ended: ending.signal,
      lost: () => connection.isClosed(),
      clock,
      log: log.child({ durable: spec.durable }),
    });
    const reader = {
      async stop() {
        readers.delete(reader);
        ending.abort();
        await pull?.close();
        await Promise.all([following, loop.stop()]);
      },
    };
    readers.add(reader);
    return reader;
  };

  return {
    async prepare() {
      try {
        await declare();
      } catch (thrown) {
        if (thrown instanceof StageflowError) throw thrown;
        throw new StageflowError(
          'nats_failed',
          { reason: thrown instanceof Error ? thrown.message : String(thrown) },
          { cause: thrown },
        );
      }
      lease ??= await claimNode(bucket(BUCKETS.nodes), { node, engineId: options.engineId, clock, log });
    },
    publish: (event) => publishEvent(js, event),
    consume,
    records: createJobRecords(bucket(BUCKETS.records)),
    deadLetters: () => readDeadLetters(jsm),
    facts: {
      kind: 'jetstream',
      server: connection.info?.version ?? 'unknown',
      reducedDurability: isReduced(connection.info?.version ?? '0.0.0'),
    },
    async healthy() {
      // A write is the only evidence: a server with a full disk calls itself healthy.
      if (connection.isClosed()) return false;
      const write = tries.put('canary', String(clock.now()).padEnd(CANARY_BYTES)).then(
        () => true,
        () => false,
      );
      const patience = new AbortController();
      const late = clock.sleep(2_000, patience.signal).then(
        () => false,
        () => false,
      );
      const answer = await Promise.race([write, late]);
      patience.abort();
      return answer;
    },
    async close() {
      closing = true;
      await Promise.all([...readers].map((reader) => reader.stop()));
      await heart.close();
      await lease
        ?.release()
        .catch((thrown: unknown) => log.warn('the node name was not released', { reason: String(thrown) }));
      await connection.close();
    },
  };
}
