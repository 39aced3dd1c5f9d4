import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, unlink } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { Client } from 'minio';
import { StageflowError } from '../kernel/index.ts';
import { isSafeKey } from './keys.ts';
import { receive, storeError } from './receive.ts';
import type { ArtifactStore, Bucket, PutOptions, StoredObject } from './store.ts';

/** How an S3-compatible store is reached. */
export interface S3Options {
  /** For example `https://s3.example.com:9000`. */
  readonly endpoint: string;
  /** Always given to the client: without it every presigned address would cost a request. */
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Bucket in the path (most servers) or in the host name (AWS). Default true. */
  readonly pathStyle?: boolean;
  /** Folder for bodies too long for memory; emptied after each put. */
  readonly spool: string;
  /** Milliseconds of silence after which a request fails. Default 30,000. */
  readonly timeoutMs?: number;
}

const BUCKETS: readonly Bucket[] = ['scanner-staging', 'scanner-artifacts'];
/** Bodies up to this many bytes are sent from memory in one request. */
const IN_MEMORY = 8 * 2 ** 20;
const PART = 16 * 2 ** 20;
const MISSING = new Set(['NotFound', 'NoSuchKey', 'NoSuchObject']);

const isMissing = (error: unknown) => MISSING.has(String((error as { code?: unknown } | null)?.code));

/** A transport that gives up on a silent server; the client itself would wait for ever. */
function transportOf(secure: boolean, timeoutMs: number): Pick<typeof http, 'request'> {
  const { request } = secure ? https : http;
  const timed = (options: http.RequestOptions, onResponse?: (response: http.IncomingMessage) => void) => {
    const made = request(options, onResponse);
    made.setTimeout(timeoutMs, () => made.destroy(new Error(`the store was silent for ${timeoutMs / 1000} s`)));
    return made;
  };
  return { request: timed as typeof http.request };
}

/** Objects in any S3-compatible store. A put is checked whole (hash, size) before a byte is sent. */
export class S3Store implements ArtifactStore {
  readonly #client: Client;
  readonly #region: string;
  readonly #spool: string;

  constructor(options: S3Options) {
    const { protocol, hostname, port } = new URL(options.endpoint);
    const secure = protocol === 'https:';
    this.#region = options.region;
    this.#spool = options.spool;
    this.#client = new Client({
      endPoint: hostname,
      port: port === '' ? (secure ? 443 : 80) : Number(port),
      useSSL: secure,
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      region: options.region,
      pathStyle: options.pathStyle ?? true,
      partSize: PART,
      transport: transportOf(secure, options.timeoutMs ?? 30_000),
    });
  }

  async prepare(): Promise<void> {
    await this.#coded(async () => {
      await mkdir(this.#spool, { recursive: true, mode: 0o700 });
      for (const bucket of BUCKETS) {
        if (await this.#client.bucketExists(bucket)) continue;
        await this.#client.makeBucket(bucket, this.#region);
      }
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
      const metadata = options.contentType === undefined ? {} : { 'Content-Type': options.contentType };
      const chunks = receipt.chunks();
      const head = await gathered(chunks);
      if (head.ended) await this.#client.putObject(bucket, key, head.bytes, head.bytes.length, metadata);
      else {
        await this.#spooled(head.bytes, chunks, (path) =>
          this.#client.putObject(bucket, key, createReadStream(path), receipt.size(), metadata),
        );
      }
      return { key, sha256: receipt.sha256(), size: receipt.size() };
    });
  }

  async get(bucket: Bucket, key: string): Promise<{ size: number; body: AsyncIterable<Uint8Array> } | null> {
    return this.#coded(async () => {
      const found = await this.head(bucket, key);
      if (found === null) return null;
      try {
        return { size: found.size, body: await this.#client.getObject(bucket, key) };
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
        return { size: (await this.#client.statObject(bucket, key)).size };
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
  }

  async *list(bucket: Bucket, prefix: string): AsyncGenerator<{ key: string; size: number }> {
    try {
      // S3 lists in the order of keys, page by page.
      const objects = this.#client.listObjectsV2(bucket, prefix, true) as AsyncIterable<{
        name?: string;
        size: number;
      }>;
      for await (const { name, size } of objects) if (name !== undefined) yield { key: name, size };
    } catch (error) {
      throw storeError(error);
    }
  }

  async remove(bucket: Bucket, key: string): Promise<void> {
    await this.#coded(async () => {
      this.#check(bucket, key);
      await this.#client.removeObject(bucket, key).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    });
  }

  /** Writes a body to a private file, hands the file on, and removes it whatever happens. */
  async #spooled(
    head: Uint8Array,
    rest: AsyncIterable<Uint8Array>,
    use: (path: string) => Promise<unknown>,
  ): Promise<void> {
    const path = join(this.#spool, `put-${process.pid}-${randomBytes(8).toString('hex')}`);
    try {
      const handle = await open(path, 'wx', 0o600);
      try {
        await handle.writeFile(head);
        await handle.writeFile(rest);
      } finally {
        await handle.close();
      }
      await use(path);
    } finally {
      await unlink(path).catch(() => {});
    }
  }

  #check(bucket: Bucket, key: string): void {
    if (BUCKETS.includes(bucket) && isSafeKey(key)) return;
    throw new StageflowError('store_failed', { reason: 'a malformed key was asked for' });
  }

  async #coded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error);
    }
  }
}

/** The first bytes of a body, up to what may stay in memory, and whether they are all of it. The rest stays in `chunks`. */
async function gathered(chunks: AsyncGenerator<Uint8Array>): Promise<{ bytes: Buffer; ended: boolean }> {
  const parts: Uint8Array[] = [];
  for (let size = 0; size <= IN_MEMORY; ) {
    const next = await chunks.next();
    if (next.done) return { bytes: Buffer.concat(parts), ended: true };
    parts.push(next.value);
    size += next.value.length;
  }
  return { bytes: Buffer.concat(parts), ended: false };
}
