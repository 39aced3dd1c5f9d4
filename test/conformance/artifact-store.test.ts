import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStore, S3Store, readZstJson, writeZstJson } from '../../engine/artifact/index.ts';
import type { ArtifactStore } from '../../engine/artifact/index.ts';
import { s3StandIn } from './s3-stand-in.ts';

const JOB = '01j9z3k4m5n6p7q8r9s0t1v2w3';
const key = (name: string) => `${JOB}/${name}`;
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function* pieces(...parts: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield bytesOf(part);
  }
}

async function textOf(store: ArtifactStore, at: string): Promise<string | null> {
  const found = await store.get('scanner-artifacts', at);
  if (found === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of found.body) chunks.push(chunk);
  const all = Buffer.concat(chunks);
  expect(all.length).toBe(found.size);
  return all.toString();
}

async function keysOf(store: ArtifactStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const object of store.list('scanner-artifacts', prefix)) keys.push(object.key);
  return keys;
}

/** One implementation of the port, opened on an empty place. */
interface Candidate {
  readonly name: string;
  open(): Promise<{ readonly store: ArtifactStore; close(): Promise<void> }>;
}

const s3Options = (server: Server) => ({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  region: 'eu-test-1',
  accessKey: 'test-access',
  secretKey: 'test-secret',
});

const candidates: readonly Candidate[] = [
  {
    name: 'file store',
    async open() {
      const root = await mkdtemp(join(tmpdir(), 'stageflow-store-'));
      return { store: new FileStore(root), close: () => rm(root, { recursive: true, force: true }) };
    },
  },
  {
    name: 'S3 store on a stand-in server',
    async open() {
      const spool = await mkdtemp(join(tmpdir(), 'stageflow-spool-'));
      const { server } = s3StandIn();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      return {
        store: new S3Store({ ...s3Options(server), spool }),
        async close() {
          server.closeAllConnections();
          server.close();
          expect(await readdir(spool)).toEqual([]);
          await rm(spool, { recursive: true });
        },
      };
    },
  },
];

describe.each(candidates)('artifact store: $name', (candidate) => {
  let opened: Awaited<ReturnType<Candidate['open']>>;
  let store: ArtifactStore;
  beforeEach(async () => {
    opened = await candidate.open();
    store = opened.store;
    await store.prepare();
  });
  afterEach(() => opened.close());

  it('gives back what was put, with hash and size in the receipt', async () => {
    const receipt = await store.put('scanner-artifacts', key('report.json'), bytesOf('{"a":1}'));
    expect(receipt).toEqual({ key: key('report.json'), sha256: hash(bytesOf('{"a":1}')), size: 7 });
    expect(await textOf(store, key('report.json'))).toBe('{"a":1}');
    expect(await store.head('scanner-artifacts', key('report.json'))).toEqual({ size: 7 });
  });

  it('stores a stream of many pieces, an empty object, and 9 MiB', async () => {
    expect((await store.put('scanner-artifacts', key('a.txt'), pieces('one ', '', 'two'))).sha256).toBe(
      hash(bytesOf('one two')),
    );
    expect((await store.put('scanner-artifacts', key('empty'), new Uint8Array())).size).toBe(0);
    expect(await textOf(store, key('empty'))).toBe('');
    const big = Buffer.alloc(9 * 2 ** 20, 'stageflow');
    expect((await store.put('scanner-artifacts', key('big'), big)).sha256).toBe(hash(big));
    expect(await store.head('scanner-artifacts', key('big'))).toEqual({ size: big.length });
  });

  it('replaces an object wholly when the key is put again', async () => {
    await store.put('scanner-artifacts', key('x'), bytesOf('a long first version'));
    await store.put('scanner-artifacts', key('x'), bytesOf('second'));
    expect(await textOf(store, key('x'))).toBe('second');
  });

  it('leaves nothing when the body breaks off, and keeps the older object', async () => {
    await store.put('scanner-artifacts', key('kept'), bytesOf('old'));
    await expect(
      store.put('scanner-artifacts', key('kept'), pieces('new', new Error('client went away'))),
    ).rejects.toMatchObject({
      code: 'store_failed',
    });
    await expect(store.put('scanner-artifacts', key('fresh'), pieces('new', new Error('gone')))).rejects.toThrow();
    expect(await textOf(store, key('kept'))).toBe('old');
    expect(await keysOf(store, key(''))).toEqual([key('kept')]);
  });

  it('refuses bytes with another hash than announced, and bytes beyond the cap', async () => {
    const wrong = store.put('scanner-artifacts', key('x'), bytesOf('b'), { expectSha256: hash(bytesOf('a')) });
    await expect(wrong).rejects.toMatchObject({ code: 'store_failed' });
    const long = store.put('scanner-artifacts', key('y'), pieces('123', '456'), { maxBytes: 5 });
    await expect(long).rejects.toMatchObject({ code: 'store_failed' });
    await store.put('scanner-artifacts', key('z'), pieces('123', '45'), {
      maxBytes: 5,
      expectSha256: hash(bytesOf('12345')),
    });
    expect(await keysOf(store, key(''))).toEqual([key('z')]);
  });

  it('answers null for what is not there, also below an object and for a folder of objects', async () => {
    await store.put('scanner-artifacts', key('axe/results.json'), bytesOf('{}'));
    for (const missing of [key('nothing'), key('axe'), key('no/such/folder')]) {
      expect(await store.get('scanner-artifacts', missing)).toBeNull();
      expect(await store.head('scanner-artifacts', missing)).toBeNull();
    }
    expect(await store.get('scanner-staging', key('axe/results.json'))).toBeNull();
  });

  it('lists by prefix in the order of the keys', async () => {
    const names = ['b', 'a/z', 'a/b/c', 'a-b', 'a.json', 'ab', 'a0/x'].map(key);
    for (const name of names) await store.put('scanner-artifacts', name, bytesOf('x'));
    expect(await keysOf(store, '')).toEqual([...names].sort());
    expect(await keysOf(store, key('a/'))).toEqual([key('a/b/c'), key('a/z')]);
    expect(await keysOf(store, key('a'))).toEqual([...names].sort().slice(0, -1));
    expect(await keysOf(store, 'other/')).toEqual([]);
  });

  it('removes one object and does not mind when there is none', async () => {
    await store.put('scanner-artifacts', key('x'), bytesOf('x'));
    await store.remove('scanner-artifacts', key('x'));
    await store.remove('scanner-artifacts', key('x'));
    await store.remove('scanner-artifacts', key('no/folder'));
    expect(await keysOf(store, '')).toEqual([]);
  });

  it('can be prepared again without losing anything', async () => {
    await store.put('scanner-artifacts', key('x'), bytesOf('x'));
    await store.prepare();
    expect(await textOf(store, key('x'))).toBe('x');
  });

  it('takes eight writers of one key at once; one whole version stays', async () => {
    const versions = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(1000));
    await Promise.all(versions.map((version) => store.put('scanner-artifacts', key('x'), pieces(version))));
    expect(versions).toContain(await textOf(store, key('x')));
    expect(await keysOf(store, '')).toEqual([key('x')]);
  });

  it.each([
    '../x',
    'a/../b',
    '/a',
    'a//b',
    'a/',
    '.hidden',
    'a/.put-1-ff',
    'a\\b',
    'a\u0000b',
    '',
    'ü',
    'a b',
    'x'.repeat(601),
  ])('L10 refuses the key %j', async (bad) => {
    await expect(store.put('scanner-artifacts', bad, bytesOf('x'))).rejects.toMatchObject({ code: 'store_failed' });
    await expect(store.get('scanner-artifacts', bad)).rejects.toMatchObject({ code: 'store_failed' });
  });
});

describe('file store on its disk', () => {
  let root: string;
  let store: FileStore;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'stageflow-store-'));
    store = new FileStore(join(root, 'store'));
    await store.prepare();
  });
  afterEach(() => rm(root, { recursive: true, force: true }));
  const inStore = (...parts: string[]) => join(root, 'store', 'scanner-artifacts', ...parts);

  it('makes folders 0700 and files 0600', async () => {
    await store.put('scanner-artifacts', key('axe/results.json'), bytesOf('x'));
    expect((await stat(inStore(JOB, 'axe'))).mode & 0o777).toBe(0o700);
    expect((await stat(inStore(JOB, 'axe', 'results.json'))).mode & 0o777).toBe(0o600);
  });

  it('never follows a symbolic link inside the store, as a file or as a folder', async () => {
    await mkdir(join(root, 'outside'));
    await writeFile(join(root, 'outside', 'secret'), 'secret');
    await mkdir(inStore(JOB));
    await symlink(join(root, 'outside'), inStore(JOB, 'folder'));
    await symlink(join(root, 'outside', 'secret'), inStore(JOB, 'file'));
    await expect(store.put('scanner-artifacts', key('folder/x'), bytesOf('x'))).rejects.toMatchObject({
      code: 'store_failed',
    });
    await expect(store.get('scanner-artifacts', key('folder/secret'))).rejects.toMatchObject({ code: 'store_failed' });
    await expect(store.get('scanner-artifacts', key('file'))).rejects.toMatchObject({ code: 'store_failed' });
    expect(await store.head('scanner-artifacts', key('file'))).toBeNull();
    await store.put('scanner-artifacts', key('file'), bytesOf('mine'));
    expect(await readdir(join(root, 'outside'))).toEqual(['secret']);
    expect(await keysOf(store, '')).toEqual([key('file')]);
  });

  it('sweeps what a dead process left unfinished and leaves a living one alone', async () => {
    await mkdir(inStore(JOB));
    await writeFile(inStore(JOB, '.put-999999999-00'), 'half');
    await writeFile(inStore(JOB, `.put-${process.pid}-00`), 'half');
    await store.prepare();
    expect(await readdir(inStore(JOB))).toEqual([`.put-${process.pid}-00`]);
    expect(await keysOf(store, '')).toEqual([]);
  });

  it('N9 says disk_full when the disk has no space left, and leaves nothing', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    await expect(store.put('scanner-artifacts', key('x'), pieces('half', full))).rejects.toMatchObject({
      code: 'disk_full',
    });
    expect(await readdir(inStore(JOB))).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('says store_failed when the folder cannot be written', async () => {
    await chmod(inStore(), 0o500);
    await expect(store.put('scanner-artifacts', key('x'), bytesOf('x'))).rejects.toMatchObject({
      code: 'store_failed',
    });
  });
});

describe('S3 store against bad servers', () => {
  const closing: Server[] = [];
  afterEach(() => {
    for (const server of closing.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  const against = async (server: Server, timeoutMs: number): Promise<S3Store> => {
    closing.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new S3Store({ ...s3Options(server), spool: tmpdir(), timeoutMs });
  };

  it('L9 gives up on a server that takes the request and says nothing', async () => {
    const store = await against(
      createServer(() => {}),
      100,
    );
    await expect(store.head('scanner-artifacts', key('x'))).rejects.toMatchObject({ code: 'store_failed' });
  });

  it('L9 says store_failed when the server refuses', async () => {
    const store = await against(
      createServer((_request, response) => response.writeHead(403).end()),
      5_000,
    );
    await expect(store.put('scanner-artifacts', key('x'), bytesOf('x'))).rejects.toMatchObject({
      code: 'store_failed',
    });
    await expect(store.head('scanner-artifacts', key('x'))).rejects.toMatchObject({ code: 'store_failed' });
  });
});

describe('compressed JSON', () => {
  it('comes back as it was', async () => {
    const value = { findings: [{ title: 'ü' }], n: 1 };
    expect(await readZstJson(await writeZstJson(value), 1000)).toEqual(value);
  });

  it('E12 refuses a bomb without unpacking it, damaged bytes, and text that is not JSON', async () => {
    const bomb = await writeZstJson('a'.repeat(50_000_000));
    expect(bomb.length).toBeLessThan(50_000);
    const before = process.memoryUsage().rss;
    await expect(readZstJson(bomb, 1_000_000)).rejects.toThrow(/more than 1000000 bytes/);
    expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
    await expect(readZstJson(bytesOf('not compressed'), 1000)).rejects.toMatchObject({ code: 'bad_result' });
    const whole = await writeZstJson({ a: 1 });
    await expect(readZstJson(whole.subarray(0, -3), 1000)).rejects.toMatchObject({ code: 'bad_result' });
    await expect(readZstJson(zstdCompressSync(bytesOf('{"a":')), 1000)).rejects.toMatchObject({ code: 'bad_result' });
  });
});
