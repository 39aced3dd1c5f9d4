import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import { StageflowError } from '../kernel/index.ts';

/** A value and the revision to compare with. */
export interface Entry {
  readonly value: string;
  readonly revision: number;
}

/** Keys whose values move by compare-and-set. */
export interface Bucket {
  get(key: string): Promise<Entry | null>;
  /** Resolves to the revision; rejects with `BucketConflict` when the key has a value. */
  create(key: string, value: string): Promise<number>;
  /** Resolves to the new revision; rejects with `BucketConflict` when `revision` is not the newest. */
  update(key: string, value: string, revision: number): Promise<number>;
  /** Writes whatever is there. */
  put(key: string, value: string): Promise<void>;
  /** Removes the value if `revision` is the newest. */
  remove(key: string, revision: number): Promise<void>;
  keys(): Promise<readonly string[]>;
}

/** Another writer was first. */
export class BucketConflict extends Error {
  constructor(key: string) {
    super(`another writer moved ${key}`);
    this.name = 'BucketConflict';
  }
}

const CONFLICTS: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]);

async function told<T>(key: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof JetStreamApiError && CONFLICTS.has(thrown.code)) throw new BucketConflict(key);
    throw new StageflowError(
      'nats_failed',
      { reason: thrown instanceof Error ? thrown.message : String(thrown) },
      { cause: thrown },
    );
  }
}

/** A bucket of NATS; `kv` is asked anew each time, since a lost bucket is made again. */
export function natsBucket(kv: () => KV): Bucket {
  return {
    async get(key) {
      const entry = await told(key, kv().get(key));
      return entry?.operation === 'PUT' ? { value: entry.string(), revision: entry.revision } : null;
    },
    create: (key, value) => told(key, kv().create(key, value)),
    update: (key, value, revision) => told(key, kv().update(key, value, revision)),
    put: async (key, value) => void (await told(key, kv().put(key, value))),
    remove: (key, revision) => told(key, kv().delete(key, { previousSeq: revision })),
    async keys() {
      const keys: string[] = [];
      for await (const key of await told('keys', kv().keys())) keys.push(key);
      return keys;
    },
  };
}
