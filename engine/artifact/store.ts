/** The two buckets of the contract. */
export type Bucket = 'scanner-staging' | 'scanner-artifacts';

/** Receipt for a stored object. */
export interface StoredObject {
  readonly key: string;
  /** Lower-case hexadecimal SHA-256 of the stored bytes. */
  readonly sha256: string;
  readonly size: number;
}

export interface PutOptions {
  /** Refuse (`store_failed`) and leave nothing when the bytes have another hash. */
  readonly expectSha256?: string;
  /** Refuse and leave nothing beyond this many bytes. */
  readonly maxBytes?: number;
  /** Refuse and leave nothing when there are more or fewer bytes than announced. */
  readonly expectSize?: number;
  readonly contentType?: string;
  /** Asked when all bytes are there, before the object takes its place: what it throws is thrown, nothing is left, and an older object stays. */
  readonly assertStill?: (() => void) | undefined;
}

/** A part of an object, in bytes. What lies beyond the object's end is left out. */
export interface ByteRange {
  /** First byte, from 0. */
  readonly offset: number;
  /** How many, at least 1. */
  readonly length: number;
}

/** One line of a list. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** When it was stored, in milliseconds since the epoch, by the store's own clock. */
  readonly modified: number;
}

/**
 * Where bytes live: files on a disk, or any S3-compatible store. A put is all or nothing and durable when it resolves;
 * keys are made by `keys.ts` only. Failures are `store_failed` or `disk_full`.
 */
export interface ArtifactStore {
  /**
   * Makes buckets where they are missing, and removes what dead engines left half stored: at once below the jobs that `abandoned` names (nobody
   * may be storing anything for them), else when it is old enough to be nobody's.
   */
  prepare(abandoned?: (jobId: string) => boolean): Promise<void>;
  put(
    bucket: Bucket,
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options?: PutOptions,
  ): Promise<StoredObject>;
  /**
   * The object's bytes, or those of `range`, as a stream, or null when there is none. `size` is that of the whole object. The stream
   * must be read to its end or broken off.
   */
  get(
    bucket: Bucket,
    key: string,
    range?: ByteRange,
  ): Promise<{ readonly size: number; readonly body: AsyncIterable<Uint8Array> } | null>;
  /** The object's size, or null when there is none. */
  head(bucket: Bucket, key: string): Promise<{ readonly size: number } | null>;
  /** Objects whose key starts with `prefix`, in the order of their keys. */
  list(bucket: Bucket, prefix: string): AsyncIterable<ListedObject>;
  /** Removes one object; none is not an error. */
  remove(bucket: Bucket, key: string): Promise<void>;
  /** Removes everything below a folder of keys, with what is still being stored there; `prefix` ends in a slash. */
  removeAll(bucket: Bucket, prefix: string): Promise<void>;
}
