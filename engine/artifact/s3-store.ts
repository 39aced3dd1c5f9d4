import type { Client } from 'minio';
import { type Clock, StageflowError, systemClock } from '../kernel/index.ts';
import { removeOlder } from './expiry.ts';
import { isSafeFolder, isSafeKey, jobOf } from './keys.ts';
import { receive, storeError } from './receive.ts';
import { codeOf, connectS3, isMissing, patiently, PART_BYTES } from './s3-client.ts';
import { ruleStaging } from './s3-lifecycle.ts';
import { abortUploads, inParts, putInParts } from './s3-parts.ts';
import type { S3Options } from './s3-settings.ts';
import type { ArtifactStore, Bucket, ByteRange, ListedObject, PutOptions, StoredObject } from './store.ts';

const BUCKETS: readonly Bucket[] = ['scanner-staging', 'scanner-artifacts'];
const DAY_MS = 86_400_000;
/** Names in one request to remove; the protocol's own limit. */
const BATCH = 1000;

/** Objects in any S3-compatible store. Memory stays flat whatever a body's length; a body that fails leaves nothing. */
export class S3Store implements ArtifactStore {
  readonly #options: S3Options;
  #connected: Promise<Client> | null = null;
  readonly #stagingDays: number;
  readonly #clock: Clock;

  constructor(options: S3Options, clock: Clock = systemClock) {
    this.#options = options;
    this.#stagingDays = options.stagingDays ?? 7;
    this.#clock = clock;
  }

  /** Also has staged archives removed after their days, and takes back uploads that no living engine can still be sending. */
  async prepare(abandoned: (jobId: string) => boolean = () => false): Promise<void> {
    await this.#coded(async () => {
      const now = this.#clock.now();
      for (const bucket of BUCKETS) await this.#makeBucket(bucket);
      for (const bucket of BUCKETS)
        await abortUploads(await this.#client(), bucket, '', (key, begun) => {
          const jobId = jobOf(bucket, key);
          return begun < now - DAY_MS || (jobId !== null && abandoned(jobId));
        });
      if (!(await ruleStaging(await this.#client(), this.#stagingDays)))
        await removeOlder(this, 'scanner-staging', 'staging/', now - this.#stagingDays * DAY_MS);
    });
  }

  async put(
    bucket: Bucket,
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: PutOptions = {},
  ): Promise<StoredObject> {
    return this.#coded(async () => {
      this.#check(bucket, key);
      const receipt = receive(body, options);
      const headers = { 'content-type': options.contentType ?? 'application/octet-stream' };
      const parts = inParts(receipt.chunks());
      const first = await parts.next();
      const head = first.done ? Buffer.alloc(0) : first.value;
      // A full part may be all there is; one more look tells, and it also lets the body's last check speak before anything is sent.
      const second = head.length < PART_BYTES ? null : await parts.next();
      if (second === null || second.done) {
        options.assertStill?.();
        await patiently(async () => (await this.#client()).putObject(bucket, key, head, head.length, { ...headers }));
      } else {
        await putInParts(await this.#client(), bucket, key, chain([head, second.value], parts), {
          headers,
          assertStill: options.assertStill,
        });
      }
      return { key, sha256: receipt.sha256(), size: receipt.size() };
    });
  }

  async get(
    bucket: Bucket,
    key: string,
    range?: ByteRange,
  ): Promise<{ size: number; body: AsyncIterable<Uint8Array> } | null> {
    return this.#coded(async () => {
      const found = await this.head(bucket, key);
      if (found === null) return null;
      const { size } = found;
      const length = range === undefined ? size : Math.min(range.length, size - range.offset);
      // The protocol has no words for no bytes.
      if (length <= 0) return { size, body: chain([], null) };
      try {
        const from = range?.offset ?? 0;
        const whole = from === 0 && length === size;
        const client = await this.#client();
        const stream = await patiently(() =>
          whole ? client.getObject(bucket, key) : client.getPartialObject(bucket, key, from, length),
        );
        return { size, body: coded(stream) };
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
  }

  async head(bucket: Bucket, key: string): Promise<{ size: number } | null> {
    return this.#coded(async () => {
      this.#check(bucket, key);
      try {
        return { size: (await patiently(async () => (await this.#client()).statObject(bucket, key))).size };
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
  }

  async *list(bucket: Bucket, prefix: string): AsyncGenerator<ListedObject> {
    try {
      // S3 lists in the order of keys, page by page.
      const objects = (await this.#client()).listObjectsV2(bucket, prefix, true) as AsyncIterable<{
        name?: string;
        size: number;
        lastModified: Date;
      }>;
      for await (const { name, size, lastModified } of objects) {
        // A server that keeps keys as files also lists the folders that were made with a tool of its own; no key of ours ends so.
        if (name !== undefined && isSafeKey(name)) yield { key: name, size, modified: lastModified.getTime() };
      }
    } catch (error) {
      throw storeError(error);
    }
  }

  async remove(bucket: Bucket, key: string): Promise<void> {
    await this.#coded(async () => {
      this.#check(bucket, key);
      await patiently(async () => (await this.#client()).removeObject(bucket, key)).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    });
  }

  async removeAll(bucket: Bucket, prefix: string): Promise<void> {
    await this.#coded(async () => {
      if (!BUCKETS.includes(bucket) || !isSafeFolder(prefix)) refuseKey();
      await abortUploads(await this.#client(), bucket, prefix, () => true);
      let names: string[] = [];
      const send = async () => {
        const batch = names;
        names = [];
        const answers = await patiently(async () => (await this.#client()).removeObjects(bucket, batch));
        const failed = answers.find((answer) => answer?.Error ?? (answer as { Code?: string } | null)?.Code);
        if (failed) throw new Error(`the store kept ${failed.Error?.Key ?? 'an object'} that was to be removed`);
      };
      for await (const { key } of this.list(bucket, prefix)) if (names.push(key) === BATCH) await send();
      if (names.length > 0) await send();
    });
  }

  async #makeBucket(bucket: Bucket): Promise<void> {
    if (await patiently(async () => (await this.#client()).bucketExists(bucket))) return;
    const client = await this.#client();
    await client.makeBucket(bucket, this.#options.region).catch((error: unknown) => {
      // Another engine was faster.
      if (codeOf(error) !== 'BucketAlreadyOwnedByYou') throw error;
    });
  }

  #client(): Promise<Client> {
    this.#connected ??= connectS3(this.#options);
    return this.#connected;
  }

  #check(bucket: Bucket, key: string): void {
    if (!BUCKETS.includes(bucket) || !isSafeKey(key)) refuseKey();
  }

  async #coded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error);
    }
  }
}

function refuseKey(): never {
  throw new StageflowError('store_failed', { reason: 'a malformed key was asked for' });
}

async function* chain<T>(first: readonly T[], rest: AsyncIterable<T> | null): AsyncGenerator<T> {
  yield* first;
  if (rest !== null) yield* rest;
}

/** A server's answer whose failures bear a code, and whose connection is freed when the reader stops early, even before the first byte. */
function coded(stream: AsyncIterable<Uint8Array> & { destroy(): unknown }): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const reader = stream[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            return await reader.next();
          } catch (error) {
            throw storeError(error);
          }
        },
        async return() {
          stream.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
