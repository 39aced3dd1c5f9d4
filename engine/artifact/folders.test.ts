import { readlinkSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileStore } from './file-store.ts';

const JOB = '01j9z3k4m5n6p7q8r9s0t1v2w3';
let root: string;
let store: FileStore;
/** What was synchronised, below the bucket of artifacts; `file` for an object. */
let synced: string[];

/** What the kernel was asked to bring to disk: the name behind the descriptor. */
async function watchSyncs(): Promise<void> {
  const handle = await open(root);
  const kind = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { sync } = kind;
  vi.spyOn(kind, 'sync').mockImplementation(function (this: FileHandle) {
    const path = relative(join(root, 'scanner-artifacts'), readlinkSync(`/proc/self/fd/${this.fd}`));
    synced.push(path.includes('.put-') ? 'file' : path || 'bucket');
    return sync.call(this);
  });
}

describe.skipIf(process.platform !== 'linux')('what a file store waits for before an object lasts', () => {
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'stageflow-folders-'));
    store = new FileStore(root);
    await store.prepare();
    synced = [];
    await watchSyncs();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(root, { recursive: true, force: true });
  });
  const put = (path: string, to = store) => to.put('scanner-artifacts', `${JOB}/${path}`, Buffer.from('x'));
  const CHAIN = [JOB, `${JOB}/seo`, `${JOB}/seo/cells`];

  it('its bytes first, then every folder in which something is new, each once', async () => {
    await put('seo/cells/p1');
    expect(synced[0]).toBe('file');
    expect(synced.slice(1).toSorted()).toEqual([...CHAIN, 'bucket']);
  });

  it('its own folder alone where the folders above are known to be on disk', async () => {
    await put('seo/cells/p1');
    synced = [];
    await put('seo/cells/p2');
    expect(synced).toEqual(['file', `${JOB}/seo/cells`]);
  });

  it('one wait for all that are put into a folder at the same time, which begins after the last of them is there', async () => {
    await put('seo/cells/p0');
    synced = [];
    await Promise.all(Array.from({ length: 16 }, (_, n) => put(`seo/cells/q${n}`)));
    expect(synced.filter((name) => name === 'file')).toHaveLength(16);
    expect(synced.at(-1)).toBe(`${JOB}/seo/cells`);
    expect(synced.length).toBeLessThan(32);
  });

  it('every folder again where an earlier process made them, and after they were removed', async () => {
    await put('seo/cells/p1');
    synced = [];
    await put('seo/cells/p1', new FileStore(root));
    expect(synced.toSorted()).toEqual([...CHAIN, '..', 'bucket', 'file'].toSorted());
    await store.removeAll('scanner-artifacts', `${JOB}/`);
    synced = [];
    await put('seo/cells/p1');
    expect(synced.toSorted()).toEqual([...CHAIN, 'bucket', 'file'].toSorted());
  });

  it('a folder that cannot be brought to disk refuses the object, and is waited for anew by the next', async () => {
    const { sync } = Object.getPrototypeOf(
      await open(root).then(async (handle) => (await handle.close(), handle)),
    ) as FileHandle;
    vi.mocked(sync)
      .mockImplementationOnce(async () => {})
      .mockRejectedValueOnce(new Error('the disk does not answer'));
    await expect(put('seo/cells/p1')).rejects.toMatchObject({ code: 'store_failed' });
    synced = [];
    await put('seo/cells/p2');
    expect(synced.toSorted()).toEqual([...CHAIN, 'bucket', 'file'].toSorted());
  });
});
