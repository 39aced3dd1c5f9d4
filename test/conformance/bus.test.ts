import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Bus, createMemoryBroker, createMemoryBus, type Failings, NO_FAILINGS } from '../../engine/bus/index.ts';
import { ORCHESTRATOR_DURABLES } from '../../engine/event/index.ts';
import { silentLog, systemClock } from '../../engine/kernel/index.ts';
import { type Broker, busSuite } from './bus-suite.ts';
import { createdEvent } from './events.ts';

const ACK_WAIT = 60;

function memory(seed = 1, failings: Failings = NO_FAILINGS) {
  const broker = createMemoryBroker(systemClock, seed, failings);
  const buses: Bus[] = [];
  const carrier: Broker = {
    ackWait: ACK_WAIT,
    async connect({ node = 'main', engineId = 'e1', onPoison = async () => {}, onStreamsMade = () => {} } = {}) {
      const bus = createMemoryBus(broker, {
        node,
        engineId,
        clock: systemClock,
        log: silentLog,
        ackWait: ACK_WAIT,
        retryDelays: [5, 10],
        onPoison,
        onStreamsMade,
      });
      buses.push(bus);
      return bus;
    },
    publishRaw: async (subject, id, data) => void (await broker.publish(subject, id, data)),
    topology: async () => {
      const { streams, durables } = broker.topology();
      return { streams: [...streams], durables: [...durables] };
    },
    pending: async (durable) => broker.pending(durable),
    loseStream: async (name) => broker.loseStream(name),
    async end() {
      broker.setDown(false);
      for (const bus of buses) await bus.close();
    },
  };
  return { broker, carrier };
}

busSuite('memory', async () => memory().carrier);

describe('memory broker', () => {
  const carriers: Broker[] = [];
  afterEach(async () => {
    for (const carrier of carriers.splice(0)) await carrier.end();
  });
  const CREATED = ORCHESTRATOR_DURABLES[0] as (typeof ORCHESTRATOR_DURABLES)[number];
  const failing = async (failings: Partial<Failings>, seed = 7) => {
    const made = memory(seed, { ...NO_FAILINGS, ...failings });
    carriers.push(made.carrier);
    const bus = await made.carrier.connect();
    await bus.prepare();
    return { ...made, bus };
  };

  it('forgets acks, so that a message that was read comes again', async () => {
    const { bus } = await failing({ lostAck: 0.7 });
    let reads = 0;
    await bus.consume(CREATED, async () => {
      reads += 1;
    });
    await bus.publish(createdEvent('a'));
    await vi.waitFor(() => expect(reads).toBeGreaterThan(1));
  });

  it('never calls poison what was read well, however often its ack is lost', async () => {
    const { bus } = await failing({ lostAck: 1 });
    let reads = 0;
    await bus.consume(CREATED, async () => {
      reads += 1;
    });
    await bus.publish(createdEvent('a'));
    await vi.waitFor(() => expect(reads).toBeGreaterThan(8), { timeout: 5_000 });
    expect(await bus.deadLetters()).toEqual([]);
  });

  it('N6 calls poison a message whose reader never comes to an end, by the fifth', async () => {
    const poisoned: string[] = [];
    const broker = createMemoryBroker(systemClock);
    let deliveries = 0;
    for (let life = 1; life <= 6; life += 1) {
      const bus = createMemoryBus(broker, {
        node: 'main',
        engineId: 'e1',
        clock: systemClock,
        log: silentLog,
        ackWait: ACK_WAIT,
        onPoison: async (event) => void poisoned.push(event.id),
      });
      await bus.prepare();
      if (life === 1) await bus.publish(createdEvent('a'));
      const dead = Promise.withResolvers<void>();
      await bus.consume(CREATED, async () => {
        deliveries += 1;
        bus.kill();
        dead.resolve();
        await new Promise(() => {});
      });
      await Promise.race([dead.promise, vi.waitFor(() => expect(poisoned).toHaveLength(1), { timeout: 5_000 })]);
      if (poisoned.length > 0) await bus.close();
    }
    expect(deliveries).toBe(5);
    expect(poisoned).toEqual(['a:jobs.events.created:']);
  });

  it('stores a publish that it says timed out; a repetition is told as duplicate', async () => {
    const { broker, bus } = await failing({});
    const flaky = await failing({ storedTimeout: 1 });
    await expect(flaky.bus.publish(createdEvent('a'))).rejects.toMatchObject({ code: 'nats_failed' });
    expect(flaky.broker.pending(CREATED.durable)).toBe(1);
    await expect(flaky.bus.publish(createdEvent('a'))).rejects.toMatchObject({ code: 'nats_failed' });
    expect(flaky.broker.pending(CREATED.durable)).toBe(1);
    expect(broker.pending(CREATED.durable)).toBe(0);
    await bus.close();
  });

  it('gives everything acknowledged again after a kill before the acks were flushed', async () => {
    const { broker, bus } = await failing({});
    const read: string[] = [];
    await bus.consume(CREATED, async (event) => void read.push(event.jobId));
    await bus.publish(createdEvent('a'));
    await vi.waitFor(() => expect(broker.pending(CREATED.durable)).toBe(0));
    broker.forgetAcks();
    await vi.waitFor(() => expect(read).toEqual(['a', 'a']));
  });

  it('neither stores nor answers while it is down', async () => {
    const { broker, bus } = await failing({});
    broker.setDown(true);
    await expect(bus.publish(createdEvent('a'))).rejects.toMatchObject({ code: 'nats_failed' });
    await expect(bus.records.get('a')).rejects.toMatchObject({ code: 'nats_failed' });
    expect(await bus.healthy()).toBe(false);
  });

  it('N6 counts five deliveries even when the server forgets its own count', async () => {
    const poisoned: string[] = [];
    const made = memory(3, { ...NO_FAILINGS, forgottenCount: 1 });
    carriers.push(made.carrier);
    const bus = await made.carrier.connect({ onPoison: async (event) => void poisoned.push(event.id) });
    await bus.prepare();
    let deliveries = 0;
    await bus.consume(CREATED, async () => {
      deliveries += 1;
      throw new Error('it cannot be read');
    });
    await bus.publish(createdEvent('a'));
    await vi.waitFor(() => expect(poisoned).toHaveLength(1), { timeout: 5_000 });
    expect(deliveries).toBe(5);
  });

  it('fails in the same way for the same seed', async () => {
    const story = async () => {
      const { broker } = memory(42, { ...NO_FAILINGS, lostPublish: 0.3, storedTimeout: 0.3 });
      broker.declareStreams();
      const ends: string[] = [];
      for (let n = 0; n < 40; n += 1) {
        ends.push(
          await broker.publish('jobs.events.created', String(n % 20), '{}').then(
            (fresh) => (fresh ? 'stored' : 'duplicate'),
            () => 'failed',
          ),
        );
      }
      return ends;
    };
    const first = await story();
    expect(new Set(first)).toEqual(new Set(['stored', 'duplicate', 'failed']));
    expect(await story()).toEqual(first);
  });
});
