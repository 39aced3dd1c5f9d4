import type { EventType, JobState, StageflowEvent } from '../event/index.ts';

/** A durable of the contract: one subject, one name, one reader. */
export interface DurableSpec {
  readonly stream: 'jobs' | 'extraction' | 'scan';
  readonly subject: EventType;
  readonly durable: string;
}

/** The job's record in KV: who owns it and how far it is. Moves by compare-and-set on `revision`. */
export interface JobRecord {
  readonly jobId: string;
  readonly state: JobState;
  /** Node name and engine id, `main/3f2a…`, or null when nobody owns it. */
  readonly owner: string | null;
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly leaseUntil: number;
  /** Seq of the last event folded into this record. */
  readonly seq: number;
}

/** Thrown by `update` and `create` when another writer was first. */
export class RecordConflict extends Error {
  constructor(jobId: string) {
    super(`job record ${jobId} was moved by another writer`);
    this.name = 'RecordConflict';
  }
}

export interface JobRecords {
  get(jobId: string): Promise<{ readonly record: JobRecord; readonly revision: number } | null>;
  /** Resolves to the new revision; rejects with `RecordConflict` when there is one already. */
  create(record: JobRecord): Promise<number>;
  /** Resolves to the new revision; rejects with `RecordConflict` when `revision` is not the newest. */
  update(record: JobRecord, revision: number): Promise<number>;
  list(): Promise<readonly { readonly record: JobRecord; readonly revision: number }[]>;
}

/** What the reader of one delivery may say beside returning (ack) or throwing (the error's retry policy chooses nak with delay, or dead letter and term). */
export interface Delivery {
  /** Counted by the server; can start again at 1 after a crash, so never the only guard. */
  readonly deliveryCount: number;
  /** Tells the server that the work goes on. The loop does this by itself every third of ack_wait. */
  working(): void;
}

/** JetStream in production, memory in simulation: at-least-once, duplicates allowed, acks may be lost. */
export interface Bus {
  /** Declares streams, durables and the KV bucket as the contract says. */
  prepare(): Promise<void>;
  /** Publishes with the event's id as message id; resolves when stored. `duplicate` when the server had it already. */
  publish(event: StageflowEvent): Promise<{ readonly duplicate: boolean }>;
  /** Reads one durable, a message at a time unless `concurrency` says otherwise, until `stop`. */
  consume(
    spec: DurableSpec,
    read: (event: StageflowEvent, delivery: Delivery) => Promise<void>,
    concurrency?: number,
  ): Promise<{ stop(): Promise<void> }>;
  readonly records: JobRecords;
  /** Messages set aside, newest last: the raw text, why, and where from. */
  deadLetters(): Promise<readonly { readonly subject: string; readonly reason: string; readonly data: string }[]>;
  /** Version and durability of the server behind it, for doctor and reports. */
  readonly facts: {
    readonly kind: 'jetstream' | 'memory';
    readonly server: string;
    readonly reducedDurability: boolean;
  };
  /** True when the server answered within the last seconds. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
