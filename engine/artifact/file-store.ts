import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StageflowError } from '../kernel/index.ts';
import { Folders, isMissing } from './folders.ts';
import { isSafeFolder, isSafeKey } from './keys.ts';
import { receive, storeError } from './receive.ts';
import type { ArtifactStore, Bucket, ByteRange, ListedObject, PutOptions, StoredObject } from './store.ts';

const BUCKETS: readonly Bucket[] = ['scanner-staging', 'scanner-artifacts'];
/** No key can begin with a dot, so unfinished files never collide with objects and are never listed. */
const UNFINISHED = /^\.put-(\d+)-[0-9a-f]+$/;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string } | null)?.code === 'EPERM';
  }
}

/** Removes what processes that are gone left unfinished under a folder. */
async function sweep(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const pid = UNFINISHED.exec(entry.name)?.[1];
    if (entry.isDirectory()) await sweep(join(folder, entry.name));
    else if (pid !== undefined && !alive(Number(pid))) await unlink(join(folder, entry.name));
  }
}

/** Objects as files under `root/<bucket>/<key>`; folders 0700, files 0600, symbolic links never followed below `root`. */
export class FileStore implements ArtifactStore {
  readonly #root: string;
  readonly #folders: Folders;

  constructor(root: string) {
    this.#root = resolve(root);
    this.#folders = new Folders(this.#root);
  }

  async prepare(): Promise<void> {
    await this.#coded(async () => {
      await mkdir(this.#root, { recursive: true, mode: 0o700 });
      for (const bucket of BUCKETS) {
        const folder = join(this.#root, bucket);
        await this.#folders.last(await this.#folders.make([folder]), this.#root);
        await sweep(folder);
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
      const path = this.#path(bucket, key);
      const folder = dirname(path);
      const made = await this.#folders.make(this.#foldersOf(bucket, key));
      const unfinished = join(folder, `.put-${process.pid}-${randomBytes(8).toString('hex')}`);
      const receipt = receive(body, options);
      const handle = await open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      try {
        await this.#write(handle, receipt.chunks());
        options.assertStill?.();
        await rename(unfinished, path);
      } catch (error) {
        await unlink(unfinished).catch(() => {});
        throw error;
      }
      await this.#folders.last(made, folder);
      return { key, sha256: receipt.sha256(), size: receipt.size() };
    });
  }

  async get(
    bucket: Bucket,
    key: string,
    range?: ByteRange,
  ): Promise<{ size: number; body: AsyncIterable<Uint8Array> } | null> {
    return this.#coded(async () => {
      const path = this.#path(bucket, key);
      if (!(await this.#folders.stands(dirname(path)))) return null;
      let handle: FileHandle;
      try {
        handle = await open(path, O_RDONLY | O_NOFOLLOW);
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
      const found = await handle.stat();
      if (found.isFile()) {
        const part = range === undefined ? {} : { start: range.offset, end: range.offset + range.length - 1 };
        return { size: found.size, body: handle.createReadStream(part) };
      }
      await handle.close();
      return null;
    });
  }

  async head(bucket: Bucket, key: string): Promise<{ size: number } | null> {
    return this.#coded(async () => {
      const path = this.#path(bucket, key);
      if (!(await this.#folders.stands(dirname(path)))) return null;
      try {
        const found = await lstat(path);
        return found.isFile() ? { size: found.size } : null;
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
  }

  async *list(bucket: Bucket, prefix: string): AsyncGenerator<ListedObject> {
    const start = join(this.#root, bucket);
    try {
      if (await this.#folders.stands(start)) yield* this.#walk(start, '', prefix);
    } catch (error) {
      throw storeError(error);
    }
  }

  async remove(bucket: Bucket, key: string): Promise<void> {
    await this.#coded(async () => {
      const path = this.#path(bucket, key);
      if (!(await this.#folders.stands(dirname(path)))) return;
      await unlink(path).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
      await this.#folders.sync(dirname(path));
    });
  }

  async removeAll(bucket: Bucket, prefix: string): Promise<void> {
    await this.#coded(async () => {
      if (!isSafeFolder(prefix)) throw new StageflowError('store_failed', { reason: 'a malformed key was asked for' });
      // Every folder down to it must be a plain one: a link on the way would lead the removal out of the store.
      const folder = this.#path(bucket, prefix.slice(0, -1));
      if (!(await this.#folders.stands(folder))) return;
      await rm(folder, { recursive: true, force: true });
      this.#folders.removed(folder);
      await this.#folders.sync(dirname(folder));
    });
  }

  async *#walk(folder: string, base: string, prefix: string): AsyncGenerator<ListedObject> {
    const entries = (await readdir(folder, { withFileTypes: true })).flatMap((entry) => {
      if (entry.isDirectory()) return [{ name: `${entry.name}/`, folder: true }];
      return entry.isFile() && !entry.name.startsWith('.') ? [{ name: entry.name, folder: false }] : [];
    });
    // With the slash as part of a folder's name, this order is the order of whole keys.
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const key = base + entry.name;
      const path = join(folder, entry.name);
      if (entry.folder) {
        if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.#walk(path, key, prefix);
      } else if (key.startsWith(prefix)) {
        const { size, mtimeMs } = await lstat(path);
        yield { key, size, modified: mtimeMs };
      }
    }
  }

  async #write(handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of chunks) {
        for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  #path(bucket: Bucket, key: string): string {
    if (!BUCKETS.includes(bucket) || !isSafeKey(key)) {
      throw new StageflowError('store_failed', { reason: 'a malformed key was asked for' });
    }
    return join(this.#root, bucket, ...key.split('/'));
  }

  #foldersOf(bucket: Bucket, key: string): string[] {
    const parts = [bucket, ...key.split('/').slice(0, -1)];
    return parts.map((_, index) => join(this.#root, ...parts.slice(0, index + 1)));
  }

  async #coded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error);
    }
  }
}
