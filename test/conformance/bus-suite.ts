import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Bus, type JobRecord, MAX_TRIES, RecordConflict } from '../../engine/bus/index.ts';
import { durablesOf, ORCHESTRATOR_DURABLES, STREAM_NAMES, type StageflowEvent } from '../../engine/event/index.ts';
import { StageflowError, systemClock } from '../../engine/kernel/index.ts';
import { createdEvent, drafts, eventOf } from './events.ts';

/** What an engine's bus is made with in these tests. */
export interface Wish {
  readonly node?: string;
  readonly engineId?: string;
  readonly onPoison?: (event: StageflowEvent) => Promise<void>;
  readonly onStreamsMade?: (names: readonly string[]) => void;
}

/** A broker with nothing in it. */
export interface Broker {
  /** A client of it, not prepared. */
  connect(wish?: Wish): Promise<Bus>;
  /** Stores bytes that no engine of ours would publish. */
  publishRaw(subject: string, id: string, data: string): Promise<void>;
  topology(): Promise<{ streams: string[]; durables: string[] }>;
  /** Messages of one durable that are handed out or still to come. */
  pending(durable: string): Promise<number>;
  /** Messages a stream keeps. */
  loseStream(name: string): Promise<void>;
  end(): Promise<void>;
  /** Milliseconds after which an unacked message comes again. */
  readonly ackWait: number;
}

const CREATED = ORCHESTRATOR_DURABLES[0] as (typeof ORCHESTRATOR_DURABLES)[number];
const record = (state: JobRecord['state'], owner: string | null = null): JobRecord => ({
  jobId: 'j1',
  state,
  owner,
  attempt: 1,
  leaseUntil: 0,
  seq: 1,
});

/** What every bus does, whatever carries it. */
export function busSuite(name: string, start: () => Promise<Broker>): void {
  const brokers: Broker[] = [];
  const broker = async () => {
    const made = await start();
    brokers.push(made);
    return made;
  };
  const prepared = async (wish: Wish = {}) => {
    const carrier = await broker();
    const bus = await carrier.connect(wish);
    await bus.prepare();
    return { carrier, bus };
  };
  afterEach(async () => {
    for (const carrier of brokers.splice(0)) await carrier.end();
  });
  const patience = { timeout: 20_000, interval: 10 };

  describe(`${name} bus`, () => {
    it('declares exactly the streams and durables of the contract, once or many times', async () => {
      const { carrier, bus } = await prepared();
      await bus.prepare();
      const { streams, durables } = await carrier.topology();
      expect(streams.toSorted()).toEqual([...STREAM_NAMES].toSorted());
      expect(durables.toSorted()).toEqual(
        durablesOf('main')
          .map((row) => row.durable)
          .toSorted(),
      );
    });

    it('N11 stores an event once, however often it is published', async () => {
      const { carrier, bus } = await prepared();
      expect(await bus.publish(createdEvent('j1'))).toEqual({ duplicate: false });
      expect(await bus.publish(createdEvent('j1'))).toEqual({ duplicate: true });
      expect(await carrier.pending(CREATED.durable)).toBe(1);
    });

    it('gives an event to every durable of its subject and forgets it once it is read', async () => {
      const { carrier, bus } = await prepared();
      const read: string[] = [];
      for (const durable of durablesOf('main').filter((row) => row.subject === CREATED.subject)) {
        await bus.consume(durable, async (event) => void read.push(`${durable.durable} ${event.id}`));
      }
      await bus.publish(createdEvent('j1'));
      await vi.waitFor(async () => expect(await carrier.pending(CREATED.durable)).toBe(0), patience);
      await vi.waitFor(() => expect(read).toHaveLength(2), patience);
      expect(read.toSorted()).toEqual([
        'orchestrator-job-created j1:jobs.events.created:',
        'platform-api-job-created j1:jobs.events.created:',
      ]);
    });

    it('gives an event again after a growing delay until its reader succeeds', async () => {
      const { carrier, bus } = await prepared();
      const counts: number[] = [];
      await bus.consume(CREATED, async (_event, delivery) => {
        counts.push(delivery.deliveryCount);
        if (counts.length < 3) throw new StageflowError('disk_full', { path: '/' });
      });
      await bus.publish(createdEvent('j1'));
      await vi.waitFor(() => expect(counts).toEqual([1, 2, 3]), patience);
      await vi.waitFor(async () => expect(await carrier.pending(CREATED.durable)).toBe(0), patience);
      expect(await bus.deadLetters()).toEqual([]);
    });

    it('N6 sets a poison message aside after five deliveries, tells of it and leaves nothing pending', async () => {
      const poisoned: string[] = [];
      const { carrier, bus } = await prepared({ onPoison: async (event) => void poisoned.push(event.id) });
      let deliveries = 0;
      await bus.consume(CREATED, async (event) => {
        if (event.jobId !== 'j1') return;
        deliveries += 1;
        throw new Error('it cannot be read');
      });
      await bus.publish(createdEvent('j1'));
      await vi.waitFor(() => expect(poisoned).toEqual(['j1:jobs.events.created:']), patience);
      await bus.publish(createdEvent('j2'));
      await vi.waitFor(async () => expect(await carrier.pending(CREATED.durable)).toBe(0), patience);
      expect(deliveries).toBe(MAX_TRIES);
      const letters = await bus.deadLetters();
      expect(letters).toHaveLength(1);
      expect(letters[0]).toMatchObject({
        subject: CREATED.subject,
        reason: expect.stringContaining('it cannot be read'),
      });
      expect(JSON.parse(letters[0]?.data ?? '')).toMatchObject({ id: 'j1:jobs.events.created:' });
    });

    it('N6 tells of a poison message again when telling failed the first time', async () => {
      let told = 0;
      const { carrier, bus } = await prepared({
        onPoison: async () => {
          told += 1;
          if (told === 1) throw new Error('the ledger is busy');
        },
      });
      await bus.consume(CREATED, async () => {
        throw new Error('it cannot be read');
      });
      await bus.publish(createdEvent('j1'));
      await vi.waitFor(() => expect(told).toBe(2), patience);
      await vi.waitFor(async () => expect(await carrier.pending(CREATED.durable)).toBe(0), patience);
      expect(await bus.deadLetters()).toHaveLength(1);
    });

    it('sets aside at once what no repetition can mend, without calling it poison', async () => {
      const poisoned: string[] = [];
      const { carrier, bus } = await prepared({ onPoison: async (event) => void poisoned.push(event.id) });
      await bus.consume(CREATED, async () => {
        throw new StageflowError('job_not_found', { jobId: 'j1' });
      });
      await bus.publish(createdEvent('j1'));
      await vi.waitFor(async () => expect(await bus.deadLetters()).toHaveLength(1), patience);
      await vi.waitFor(async () => expect(await carrier.pending(CREATED.durable)).toBe(0), patience);
      expect(poisoned).toEqual([]);
    });

    it.each([
      ['no JSON', '{', /not JSON/],
      ['another type', JSON.stringify({ ...createdEvent('j1'), type: 'jobs.events.exploded' }), /no event of type/],
      ['data that breaks the schema', JSON.stringify({ ...createdEvent('j1'), data: { spec: {} } }), /spec/],
      ['an event of another subject', JSON.stringify(eventOf('j1', drafts.failed())), /came on/],
      ['a version from the future', JSON.stringify({ ...createdEvent('j1'), version: 99 }), /newer than this program/],
    ])('sets aside %s and goes on with the next message', async (_what, raw, reason) => {
      const { carrier, bus } = await prepared();
      const read: string[] = [];
      await bus.consume(CREATED, async (event) => void read.push(event.jobId));
      await carrier.publishRaw(CREATED.subject, 'raw', raw);
      await bus.publish(createdEvent('j2'));
      await vi.waitFor(() => expect(read).toEqual(['j2']), patience);
      await vi.waitFor(async () => expect(await carrier.pending(CREATED.durable)).toBe(0), patience);
      const letters = await bus.deadLetters();
      expect(letters).toEqual([{ subject: CREATED.subject, reason: expect.stringMatching(reason), data: raw }]);
    });

    it('N4 delivers once to a reader that works ten times as long as ack_wait', async () => {
      const { carrier, bus } = await prepared();
      let deliveries = 0;
      await bus.consume(CREATED, async () => {
        deliveries += 1;
        await systemClock.sleep(carrier.ackWait * 10);
      });
      await bus.publish(createdEvent('j1'));
      await vi.waitFor(() => expect(deliveries).toBe(1), patience);
      await vi.waitFor(async () => expect(await carrier.pending(CREATED.durable)).toBe(0), patience);
      expect(deliveries).toBe(1);
    });

    it('keeps messages in line alive while one before them is long in work', async () => {
      const { carrier, bus } = await prepared();
      const read: string[] = [];
      await bus.consume(CREATED, async (event, delivery) => {
        read.push(`${event.jobId} ${delivery.deliveryCount}`);
        if (event.jobId === 'j1') await systemClock.sleep(carrier.ackWait * 4);
      });
      await bus.publish(createdEvent('j1'));
      await bus.publish(createdEvent('j2'));
      await vi.waitFor(() => expect(read).toEqual(['j1 1', 'j2 1']), patience);
    });

    it('reads as many at once as it was asked to, and no more', async () => {
      const { bus } = await prepared();
      const at: string[] = [];
      const gate = Promise.withResolvers<void>();
      await bus.consume(
        CREATED,
        async (event) => {
          at.push(event.jobId);
          await gate.promise;
        },
        2,
      );
      for (const id of ['a', 'b', 'c']) await bus.publish(createdEvent(id));
      await vi.waitFor(() => expect(at).toHaveLength(2), patience);
      expect(at).toHaveLength(2);
      gate.resolve();
      await vi.waitFor(() => expect(at.toSorted()).toEqual(['a', 'b', 'c']), patience);
    });

    it('hands back what a stopped reader had not begun', async () => {
      const { bus } = await prepared();
      const gate = Promise.withResolvers<void>();
      const first: string[] = [];
      const reading = await bus.consume(CREATED, async (event) => {
        first.push(event.jobId);
        await gate.promise;
      });
      await bus.publish(createdEvent('a'));
      await bus.publish(createdEvent('b'));
      await vi.waitFor(() => expect(first).toHaveLength(1), patience);
      const stopping = reading.stop();
      gate.resolve();
      await stopping;
      const second: string[] = [];
      await bus.consume(CREATED, async (event) => void second.push(event.jobId));
      await vi.waitFor(() => expect(second).toEqual(['b']), patience);
      expect(first).toEqual(['a']);
    });

    it('publishes an event that is too big for a message with its lists shortened and says so', async () => {
      const { bus } = await prepared();
      const big = createdEvent('j1') as Extract<StageflowEvent, { type: 'jobs.events.created' }>;
      const urls = Array.from({ length: 10_000 }, (_, n) => `https://shop.example/${n}/${'x'.repeat(200)}`);
      const event = {
        ...big,
        data: { spec: { ...big.data.spec, source: { kind: 'urls' as const, mode: 'list' as const, urls } } },
      };
      const read: StageflowEvent[] = [];
      await bus.consume(CREATED, async (one) => void read.push(one));
      await bus.publish(event);
      await vi.waitFor(() => expect(read).toHaveLength(1), patience);
      expect(read[0]).toMatchObject({ id: event.id, trimmed: ['data.spec.source.urls'] });
    });

    it('reads on after a stream was lost, and tells that what is unfinished must be published again', async () => {
      const made: string[][] = [];
      const { carrier, bus } = await prepared({ onStreamsMade: (names) => void made.push([...names]) });
      const read: string[] = [];
      await bus.consume(CREATED, async (event) => void read.push(event.jobId));
      await bus.publish(createdEvent('a'));
      await vi.waitFor(() => expect(read).toEqual(['a']), patience);
      await carrier.loseStream('jobs');
      await vi.waitFor(() => expect(made).toEqual([[...STREAM_NAMES], ['jobs']]), patience);
      await bus.publish(createdEvent('a'));
      await vi.waitFor(() => expect(read).toEqual(['a', 'a']), patience);
    });

    it('moves a job record by compare-and-set alone', async () => {
      const { bus } = await prepared();
      expect(await bus.records.get('j1')).toBeNull();
      expect(await bus.records.list()).toEqual([]);
      const created = await bus.records.create(record('PENDING'));
      await expect(bus.records.create(record('PENDING'))).rejects.toBeInstanceOf(RecordConflict);
      const moved = await bus.records.update(record('EXTRACTING', 'main/1'), created);
      await expect(bus.records.update(record('FAILED'), created)).rejects.toBeInstanceOf(RecordConflict);
      const now = { record: record('EXTRACTING', 'main/1'), revision: moved };
      expect(await bus.records.get('j1')).toEqual(now);
      expect(await bus.records.list()).toEqual([now]);
    });

    it('N13 lets one of 50 concurrent writers win and tells 49 of the conflict', async () => {
      const { bus } = await prepared();
      const revision = await bus.records.create(record('PENDING'));
      const ends = await Promise.allSettled(
        Array.from({ length: 50 }, (_, n) => bus.records.update(record('EXTRACTING', `main/${n}`), revision)),
      );
      const lost = ends.filter((end) => end.status === 'rejected');
      expect(lost).toHaveLength(49);
      for (const end of lost) expect(end.reason).toBeInstanceOf(RecordConflict);
    });

    it('refuses a node name that another live engine bears, until that engine has gone', async () => {
      const { carrier, bus } = await prepared({ engineId: 'one' });
      const other = await carrier.connect({ engineId: 'two' });
      await expect(other.prepare()).rejects.toMatchObject({ code: 'node_name_taken' });
      const same = await carrier.connect({ engineId: 'one' });
      await expect(same.prepare()).resolves.toBeUndefined();
      await bus.close();
      await expect(other.prepare()).resolves.toBeUndefined();
    });

    it('gives another node projection durables of its own', async () => {
      const { carrier } = await prepared({ engineId: 'one' });
      await (await carrier.connect({ node: 'attic', engineId: 'two' })).prepare();
      const { durables } = await carrier.topology();
      expect(durables).toContain('platform-api-scan-page-attic');
      expect(durables).not.toContain('orchestrator-scan-completed-attic');
    });

    it('says whether it can be written to', async () => {
      const { bus } = await prepared();
      expect(await bus.healthy()).toBe(true);
    });
  });
}
