import { type Clock, StageflowError, type Timer } from '../kernel/index.ts';
import { type Bucket, BucketConflict } from './bucket.ts';
import type { DeadLetter, Incoming } from './consume.ts';
import type { DurableSpec } from './port.ts';
import { CONSUMER, STREAMS } from './streams.ts';

/** How often the broker does what JetStream really does to its users: each a chance from 0 to 1, but for `delay`. */
export interface Failings {
  /** A confirmed ack is forgotten; the message comes again after ack_wait. */
  readonly lostAck: number;
  /** A known message id is stored again, as after the window. */
  readonly forgottenId: number;
  /** A publish is stored and fails nevertheless. */
  readonly storedTimeout: number;
  /** A publish is not stored and fails. */
  readonly lostPublish: number;
  /** One delivery is made twice. */
  readonly doubleDelivery: number;
  /** The delivery count of a repeated message begins at 1 again. */
  readonly forgottenCount: number;
  /** A later message overtakes. */
  readonly reorder: number;
  /** Longest way of a message, in milliseconds. */
  readonly delay: number;
}

/** A broker that does nothing wrong. */
export const NO_FAILINGS: Failings = {
  lostAck: 0,
  forgottenId: 0,
  storedTimeout: 0,
  lostPublish: 0,
  doubleDelivery: 0,
  forgottenCount: 0,
  reorder: 0,
  delay: 0,
};

/** One client's reader of a durable. */
export interface MemoryReader {
  /** Milliseconds. */
  readonly ackWait: number;
  deliver(message: Incoming): void;
  /** False once its process was killed: then nothing it says reaches the broker. */
  isAlive(): boolean;
}

/** The part of a server that outlives its clients. */
export interface MemoryBroker {
  /** False when the id was known. Rejects as `nats_failed` when down, or as the failings say. */
  publish(subject: string, id: string, data: string): Promise<boolean>;
  declareStreams(): readonly string[];
  declareDurable(spec: DurableSpec): void;
  /** Delivers one durable's messages until the returned function is called; acks of delivered ones still count after it. */
  attach(spec: DurableSpec, reader: MemoryReader): () => void;
  bucket(name: string): Bucket;
  setAside(letter: DeadLetter): void;
  readonly letters: readonly DeadLetter[];
  /** Streams and durables that exist, for comparison with the contract. */
  topology(): { readonly streams: readonly string[]; readonly durables: readonly string[] };
  /** Messages of one durable that are handed out or still to come. */
  pending(durable: string): number;
  /** A stream and all its durables are gone, as after a truncated file. Readers stay, and read on once both are declared again. */
  loseStream(name: string): void;
  /** Told when a stream is lost, as a client learns from a pull that fails. Returns how to stop. */
  onLoss(listen: () => void): () => void;
  /** Every acknowledged message of every durable comes again, as after a kill before the acks were flushed. */
  forgetAcks(): void;
  /** While down, nothing is stored, told or delivered. */
  setDown(down: boolean): void;
  isDown(): boolean;
}

interface Message {
  readonly seq: number;
  readonly subject: string;
  readonly id: string;
  readonly data: Uint8Array;
}

interface DurableState {
  readonly spec: DurableSpec;
  waiting: Message[];
  readonly flying: Map<number, Timer>;
  readonly counts: Map<number, number>;
  readonly done: Map<number, Message>;
}

/** Mulberry32: small, quick, the same numbers for the same seed everywhere. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function createBucket(isDown: () => boolean): Bucket {
  const entries = new Map<string, { value: string; revision: number }>();
  let revisions = 0;
  const up = async () => {
    if (isDown()) throw new StageflowError('nats_failed', { reason: 'the broker is down' });
  };
  const write = (key: string, value: string) => {
    revisions += 1;
    entries.set(key, { value, revision: revisions });
    return revisions;
  };
  return {
    async get(key) {
      await up();
      return entries.get(key) ?? null;
    },
    async create(key, value) {
      await up();
      if (entries.has(key)) throw new BucketConflict(key);
      return write(key, value);
    },
    async update(key, value, revision) {
      await up();
      if (entries.get(key)?.revision !== revision) throw new BucketConflict(key);
      return write(key, value);
    },
    async put(key, value) {
      await up();
      write(key, value);
    },
    async remove(key, revision) {
      await up();
      if (entries.get(key)?.revision !== revision) throw new BucketConflict(key);
      entries.delete(key);
    },
    async keys() {
      await up();
      return [...entries.keys()];
    },
  };
}

/** A broker in memory whose failings follow from the seed alone. */
export function createMemoryBroker(clock: Clock, seed = 1, failings: Failings = NO_FAILINGS): MemoryBroker {
  const random = createRandom(seed);
  const happens = (chance: number) => chance > 0 && random() < chance;
  const streams = new Map<string, { messages: Message[]; ids: Map<string, number> }>();
  const durables = new Map<string, DurableState>();
  const buckets = new Map<string, Bucket>();
  const readers = new Map<string, MemoryReader[]>();
  const losses = new Set<() => void>();
  const letters: DeadLetter[] = [];
  const readersOf = (durable: string): MemoryReader[] => {
    const present = readers.get(durable) ?? [];
    readers.set(durable, present);
    return present;
  };
  let lastSeq = 0;
  let down = false;

  const settle = (durable: DurableState, message: Message) => {
    durable.flying.get(message.seq)?.cancel();
    durable.flying.delete(message.seq);
    durable.waiting = durable.waiting.filter((other) => other.seq !== message.seq);
    durable.done.set(message.seq, message);
    pump(durable);
  };
  const again = (durable: DurableState, message: Message, milliseconds: number) => {
    durable.flying.get(message.seq)?.cancel();
    const back = () => {
      durable.flying.delete(message.seq);
      durable.waiting.push(message);
      pump(durable);
    };
    durable.flying.set(message.seq, clock.after(milliseconds, back));
  };

  const hand = (durable: DurableState, message: Message) => {
    const [reader] = readersOf(durable.spec.durable);
    if (reader === undefined || down) {
      again(durable, message, CONSUMER.ackWait);
      return;
    }
    const count = happens(failings.forgottenCount) ? 1 : (durable.counts.get(message.seq) ?? 0) + 1;
    durable.counts.set(message.seq, count);
    again(durable, message, reader.ackWait);
    // Every delivery's verbs work on the message, so that a stale ack is honoured as the server does.
    const heard = () => reader.isAlive() && !down && durables.get(durable.spec.durable) === durable;
    const open = () => heard() && durable.flying.has(message.seq);
    const incoming: Incoming = {
      subject: message.subject,
      data: message.data,
      id: message.id,
      deliveryCount: count,
      reply: '',
      working: () => {
        if (open()) again(durable, message, reader.ackWait);
      },
      nak: (milliseconds) => {
        if (open()) again(durable, message, milliseconds);
      },
      ackAck: async () => {
        if (!heard()) return false;
        if (!happens(failings.lostAck)) settle(durable, message);
        return true;
      },
      term: () => {
        if (heard()) settle(durable, message);
      },
    };
    reader.deliver(incoming);
    if (happens(failings.doubleDelivery)) reader.deliver(incoming);
  };

  const pump = (durable: DurableState) => {
    if (readersOf(durable.spec.durable).length === 0) return;
    while (durable.waiting.length > 0 && durable.flying.size < CONSUMER.maxAckPending) {
      const at = happens(failings.reorder) ? Math.floor(random() * durable.waiting.length) : 0;
      const [message] = durable.waiting.splice(at, 1);
      if (message === undefined) return;
      const way = Math.floor(random() * failings.delay);
      durable.flying.set(
        message.seq,
        clock.after(way, () => hand(durable, message)),
      );
    }
  };

  const store = (stream: { messages: Message[]; ids: Map<string, number> }, message: Message) => {
    stream.messages.push(message);
    stream.ids.set(message.id, clock.now());
    for (const durable of durables.values()) {
      if (durable.spec.subject !== message.subject) continue;
      durable.waiting.push(message);
      pump(durable);
    }
  };

  return {
    async publish(subject, id, data) {
      const spec = STREAMS.find((stream) => stream.subjects.includes(subject));
      const stream = spec && streams.get(spec.name);
      if (down || spec === undefined || stream === undefined || happens(failings.lostPublish)) {
        throw new StageflowError('nats_failed', { reason: 'the publish was not stored' });
      }
      const storedAt = stream.ids.get(id);
      const known =
        storedAt !== undefined && clock.now() - storedAt < spec.duplicateWindow && !happens(failings.forgottenId);
      if (!known) {
        lastSeq += 1;
        store(stream, { seq: lastSeq, subject, id, data: new TextEncoder().encode(data) });
      }
      if (happens(failings.storedTimeout)) throw new StageflowError('nats_failed', { reason: 'timeout' });
      return !known;
    },
    declareStreams() {
      const made = STREAMS.map((stream) => stream.name).filter((name) => !streams.has(name));
      for (const name of made) streams.set(name, { messages: [], ids: new Map() });
      return made;
    },
    declareDurable(spec) {
      if (durables.has(spec.durable)) return;
      const waiting = (streams.get(spec.stream)?.messages ?? []).filter((message) => message.subject === spec.subject);
      const durable = { spec, waiting, flying: new Map(), counts: new Map(), done: new Map() };
      durables.set(spec.durable, durable);
      pump(durable);
    },
    attach(spec, reader) {
      const durable = durables.get(spec.durable);
      if (durable === undefined)
        throw new StageflowError('nats_failed', { reason: `there is no durable ${spec.durable}` });
      const present = readersOf(spec.durable);
      present.push(reader);
      pump(durable);
      return () => void present.splice(present.indexOf(reader), 1);
    },
    bucket(name) {
      const bucket = buckets.get(name) ?? createBucket(() => down);
      buckets.set(name, bucket);
      return bucket;
    },
    setAside(letter) {
      const known = letters.some((other) => other.durable === letter.durable && other.id === letter.id);
      if (!known) letters.push(letter);
    },
    letters,
    topology: () => ({ streams: [...streams.keys()], durables: [...durables.keys()] }),
    pending(name) {
      const durable = durables.get(name);
      return durable === undefined ? 0 : durable.waiting.length + durable.flying.size;
    },
    loseStream(name) {
      streams.delete(name);
      for (const [key, durable] of durables) {
        if (durable.spec.stream !== name) continue;
        for (const timer of durable.flying.values()) timer.cancel();
        durables.delete(key);
      }
      for (const listen of losses) listen();
    },
    onLoss(listen) {
      losses.add(listen);
      return () => void losses.delete(listen);
    },
    forgetAcks() {
      for (const durable of durables.values()) {
        durable.waiting.push(...durable.done.values());
        durable.done.clear();
        durable.counts.clear();
        pump(durable);
      }
    },
    setDown(value) {
      down = value;
      if (!down) for (const durable of durables.values()) pump(durable);
    },
    isDown: () => down,
  };
}
