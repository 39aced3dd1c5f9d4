import { type Clock, type Log, StageflowError } from '../kernel/index.ts';
import { durablesOf, type StageflowEvent, wireText } from '../event/index.ts';
import type { Bucket } from './bucket.ts';
import { type ConsumeLoop, type ConsumeParts, createConsumeLoop } from './consume.ts';
import { createJobRecords } from './job-record.ts';
import type { MemoryBroker } from './memory-broker.ts';
import { clockHeart } from './heart.ts';
import { claimNode, type NodeLease } from './node-lease.ts';
import type { Bus } from './port.ts';
import { BUCKETS, CONSUMER, RETRY_DELAYS } from './streams.ts';

/** What a client of a memory broker is made with; see `JetStreamBusOptions`. */
export interface MemoryBusOptions {
  readonly node: string;
  readonly engineId: string;
  readonly clock: Clock;
  readonly log: Log;
  onPoison(event: StageflowEvent): Promise<void>;
  onStreamsMade?(names: readonly string[]): void;
  readonly ackWait?: number;
  readonly retryDelays?: readonly number[];
}

/** Milliseconds until a client sees that a stream is gone. */
const LOSS_SEEN_AFTER = 500;

/** A bus whose engine can be killed. */
export interface MemoryBus extends Bus {
  /** As kill -9 of the engine: nothing it says from now on reaches the broker, what it held comes again after ack_wait. */
  kill(): void;
}

/** One engine's connection to a broker in memory: the same loop, records and lease as in production. */
export function createMemoryBus(broker: MemoryBroker, options: MemoryBusOptions): MemoryBus {
  const { node, engineId, clock, log, ackWait = CONSUMER.ackWait } = options;
  const readers = new Set<{ stop(): Promise<void> }>();
  const loops = new Set<{ readonly loop: ConsumeLoop; readonly detach: () => void }>();
  let lease: NodeLease | null = null;
  let killed = false;

  const reach = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (killed) throw new StageflowError('nats_failed', { reason: 'this engine was killed' });
    return ask();
  };
  const reachable = (name: string): Bucket => {
    const bucket = broker.bucket(name);
    return {
      get: (key) => reach(() => bucket.get(key)),
      create: (key, value) => reach(() => bucket.create(key, value)),
      update: (key, value, revision) => reach(() => bucket.update(key, value, revision)),
      put: (key, value) => reach(() => bucket.put(key, value)),
      remove: (key, revision) => reach(() => bucket.remove(key, revision)),
      keys: () => reach(() => bucket.keys()),
    };
  };
  const tries = reachable(BUCKETS.tries);

  const parts: ConsumeParts = {
    log,
    // A broker on the engine's own thread stands still with it: no other thread has to beat.
    heart: clockHeart(clock, ackWait / 3),
    retryDelays: options.retryDelays ?? RETRY_DELAYS,
    tries: {
      get: async (key) => Number((await tries.get(key))?.value ?? 0),
      set: (key, count) => tries.put(key, String(count)),
    },
    setAside: (letter) => reach(async () => broker.setAside(letter)),
    onPoison: options.onPoison,
  };

  const declare = () => {
    const made = broker.declareStreams();
    for (const durable of durablesOf(node)) broker.declareDurable(durable);
    if (made.length > 0) options.onStreamsMade?.(made);
  };
  const forget = broker.onLoss(() => void clock.after(LOSS_SEEN_AFTER, declare));

  return {
    async prepare() {
      declare();
      lease ??= await claimNode(reachable(BUCKETS.nodes), { node, engineId, clock, log });
    },
    publish: (event) =>
      reach(async () => ({ duplicate: !(await broker.publish(event.type, event.id, wireText(event))) })),
    async consume(spec, read, concurrency = 1) {
      const loop = createConsumeLoop(spec, read, concurrency, parts);
      const isAlive = () => !killed;
      const detach = broker.attach(spec, { ackWait, isAlive, deliver: (message) => loop.push(message) });
      const running = { loop, detach };
      loops.add(running);
      const reader = {
        async stop() {
          readers.delete(reader);
          loops.delete(running);
          detach();
          await loop.stop();
        },
      };
      readers.add(reader);
      return reader;
    },
    records: createJobRecords(reachable(BUCKETS.records)),
    deadLetters: async () =>
      broker.letters.map(({ subject, reason, data }) => ({ subject, reason, data: new TextDecoder().decode(data) })),
    facts: { kind: 'memory', server: 'memory', reducedDurability: false },
    healthy: async () => !killed && !broker.isDown(),
    async close() {
      forget();
      await Promise.all([...readers].map((reader) => reader.stop()));
      if (!broker.isDown()) await lease?.release();
    },
    kill() {
      killed = true;
      forget();
      lease?.abandon();
      for (const { loop, detach } of loops) {
        detach();
        loop.drop();
      }
      readers.clear();
      loops.clear();
    },
  };
}
