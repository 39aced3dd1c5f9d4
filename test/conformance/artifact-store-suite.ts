import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { removeOlder, storeCanary } from '../../engine/artifact/index.ts';
import type { ArtifactStore, Bucket, ByteRange } from '../../engine/artifact/index.ts';
import { StageflowError, systemClock } from '../../engine/kernel/index.ts';

const JOB = '01j9z3k4m5n6p7q8r9s0t1v2w3';
export const key = (name: string) => `${JOB}/${name}`;
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
export const bytesOf = (text: string) => new TextEncoder().encode(text);

export async function* pieces(...parts: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield bytesOf(part);
  }
}

/** An object's whole size and what was asked for of it; null when it is not there. */
async function found(store: ArtifactStore, at: string, range?: ByteRange) {
  const object = await store.get('scanner-artifacts', at, range);
  if (object === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return { size: object.size, text: Buffer.concat(chunks).toString() };
}

async function textOf(store: ArtifactStore, at: string): Promise<string | null> {
  const object = await found(store, at);
  if (object !== null) expect(Buffer.byteLength(object.text)).toBe(object.size);
  return object?.text ?? null;
}

export async function keysOf(
  store: ArtifactStore,
  prefix: string,
  bucket: Bucket = 'scanner-artifacts',
): Promise<string[]> {
  const keys: string[] = [];
  for await (const object of store.list(bucket, prefix)) keys.push(object.key);
  return keys;
}

/** One implementation of the port. */
export interface Candidate {
  /** Opened once for the suite; every test empties it first. */
  open(): Promise<{ readonly store: ArtifactStore; close(): Promise<void> }>;
}

/** What every artifact store promises, in the same sentences. */
export function artifactStoreSuite(candidate: Candidate): void {
  let opened: Awaited<ReturnType<Candidate['open']>> | null = null;
  let store: ArtifactStore;
  beforeAll(async () => {
    opened = await candidate.open();
    store = opened.store;
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    await store.prepare();
    for (const bucket of ['scanner-artifacts', 'scanner-staging'] as const)
      for (const left of await keysOf(store, '', bucket)) await store.remove(bucket, left);
  });
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

  it('L2 keeps objects of 1 KiB to 64 MiB, sent whole and as a stream, and any part of them', {
    timeout: 120_000,
  }, async () => {
    for (const size of [1024, 2 ** 20, 8 * 2 ** 20 - 1, 8 * 2 ** 20 + 1, 64 * 2 ** 20]) {
      const bytes = Buffer.alloc(size);
      for (let at = 0; at + 4 <= size; at += 4096) bytes.writeUInt32LE(at, at);
      const stream = async function* () {
        for (let at = 0; at < size; at += 700_001) yield new Uint8Array(bytes.subarray(at, at + 700_001));
      };
      for (const [name, body] of [
        ['whole', new Uint8Array(bytes)],
        ['stream', stream()],
      ] as const) {
        const receipt = await store.put('scanner-artifacts', key(`sizes/${name}`), body);
        expect([size, receipt.size, receipt.sha256]).toEqual([size, size, hash(bytes)]);
        expect(await store.head('scanner-artifacts', key(`sizes/${name}`))).toEqual({ size });
        const found = await store.get('scanner-artifacts', key(`sizes/${name}`));
        const back = createHash('sha256');
        for await (const chunk of found?.body ?? []) back.update(chunk);
        expect(back.digest('hex')).toBe(receipt.sha256);
        const middle = { offset: Math.floor(size / 2), length: 1000 };
        const part = await store.get('scanner-artifacts', key(`sizes/${name}`), middle);
        const got: Uint8Array[] = [];
        for await (const chunk of part?.body ?? []) got.push(chunk);
        expect(Buffer.concat(got).equals(bytes.subarray(middle.offset, middle.offset + 1000))).toBe(true);
        await store.remove('scanner-artifacts', key(`sizes/${name}`));
      }
    }
  });

  it('L2 lists more than one page holds, each key once and in order', { timeout: 60_000 }, async () => {
    const names = Array.from({ length: 1001 }, (_, n) => key(`many/${String(n).padStart(4, '0')}`));
    const left = [...names];
    const writer = async () => {
      for (let name = left.pop(); name !== undefined; name = left.pop())
        await store.put('scanner-artifacts', name, new Uint8Array([1]));
    };
    await Promise.all(Array.from({ length: 16 }, writer));
    expect(await keysOf(store, key('many/'))).toEqual(names);
    await store.removeAll('scanner-artifacts', key('many/'));
    expect(await keysOf(store, key('many/'))).toEqual([]);
  });

  it('L2 takes every key that we can make: long names, deep folders, dots and dashes', async () => {
    const odd = ['a'.repeat(200), 'x/y/z/w/v/u/t', 'a.b-c_d.tar.gz', 'A', 'a-', 'a..b', '0'].map((name) =>
      key(`odd/${name}`),
    );
    for (const at of odd) await store.put('scanner-artifacts', at, bytesOf(at));
    for (const at of odd) expect(await textOf(store, at)).toBe(at);
    expect(await keysOf(store, key('odd/'))).toEqual(odd.toSorted());
    for (const at of odd) await store.remove('scanner-artifacts', at);
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

  it.each([
    ['a few bytes', 3],
    ['more than one part', 18 * 2 ** 20],
  ])(
    'asks at last whether the object is still wanted, and leaves the older one where it is not: %s',
    async (_, size) => {
      await store.put('scanner-artifacts', key('wanted'), bytesOf('old'));
      let read = 0;
      const body = async function* () {
        for (; read < size; read += Math.min(size, 2 ** 20)) yield new Uint8Array(Math.min(size, 2 ** 20));
      };
      const seen: number[] = [];
      const assertStill = () => {
        seen.push(read);
        throw new StageflowError('fenced', { jobId: JOB });
      };
      await expect(store.put('scanner-artifacts', key('wanted'), body(), { assertStill })).rejects.toMatchObject({
        code: 'fenced',
      });
      expect(seen).toEqual([size]);
      expect(await textOf(store, key('wanted'))).toBe('old');
      expect(await keysOf(store, key(''))).toEqual([key('wanted')]);
    },
  );

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

  it('stores 20 MiB in pieces that fit nothing, and gives them back byte for byte', async () => {
    const piece = Buffer.alloc(70_001, 'the quick brown fox ');
    const whole = createHash('sha256');
    let size = 0;
    const body = (async function* () {
      while (size < 20 * 2 ** 20) {
        whole.update(piece);
        size += piece.length;
        yield piece;
      }
    })();
    const receipt = await store.put('scanner-artifacts', key('big'), body);
    expect(receipt).toEqual({ key: key('big'), size, sha256: whole.digest('hex') });
    const back = createHash('sha256');
    const found = await store.get('scanner-artifacts', key('big'));
    for await (const chunk of found?.body ?? []) back.update(chunk);
    expect(back.digest('hex')).toBe(receipt.sha256);
  });

  it('leaves nothing of 20 MiB that break off or turn out to be other bytes than announced', async () => {
    const endless = (failure: Error | null) =>
      (async function* () {
        for (let sent = 0; sent < 20; sent += 1) yield Buffer.alloc(2 ** 20);
        if (failure) throw failure;
      })();
    const put = (failure: Error | null, options = {}) =>
      store.put('scanner-artifacts', key('big'), endless(failure), options);
    await expect(put(new Error('gone'))).rejects.toMatchObject({ code: 'store_failed' });
    await expect(put(null, { expectSha256: hash(bytesOf('other')) })).rejects.toMatchObject({ code: 'store_failed' });
    await expect(put(null, { maxBytes: 19 * 2 ** 20 })).rejects.toMatchObject({ code: 'store_failed' });
    await expect(put(null, { expectSize: 21 * 2 ** 20 })).rejects.toMatchObject({ code: 'store_failed' });
    expect(await keysOf(store, '')).toEqual([]);
    expect((await put(null, { expectSize: 20 * 2 ** 20 })).size).toBe(20 * 2 ** 20);
  });

  it.each([
    [0, 3, 'abc'],
    [3, 4, 'defg'],
    [7, 100, 'hij'],
    [0, 100, 'abcdefghij'],
    [9, 1, 'j'],
    [10, 1, ''],
    [50, 5, ''],
  ])('gives %i+%i of ten bytes as "%s" and says the whole size', async (offset, length, expected) => {
    await store.put('scanner-artifacts', key('x'), bytesOf('abcdefghij'));
    expect(await found(store, key('x'), { offset, length })).toEqual({ size: 10, text: expected });
    expect(await store.get('scanner-artifacts', key('none'), { offset, length })).toBeNull();
  });

  it('says when an object was stored', async () => {
    const before = Date.now();
    await store.put('scanner-artifacts', key('x'), bytesOf('x'));
    for await (const { modified } of store.list('scanner-artifacts', '')) {
      // Stores keep whole seconds.
      expect(modified).toBeGreaterThan(before - 2_000);
      expect(modified).toBeLessThan(Date.now() + 2_000);
    }
  });

  it('L8 removes everything below a folder and nothing beside it', async () => {
    for (const name of [
      'axe/results.json',
      'axe/cells/1.json.zst',
      'axe/cells/2.json.zst',
      'axe-x/results.json',
      'axe.json',
    ])
      await store.put('scanner-artifacts', key(name), bytesOf('x'));
    await store.put('scanner-staging', key('axe/results.json'), bytesOf('x'));
    await store.removeAll('scanner-artifacts', key('axe/'));
    expect(await keysOf(store, '')).toEqual([key('axe-x/results.json'), key('axe.json')]);
    await store.removeAll('scanner-artifacts', key('axe/'));
    await store.removeAll('scanner-artifacts', key(''));
    expect(await keysOf(store, '')).toEqual([]);
    expect(await keysOf(store, '', 'scanner-staging')).toEqual([key('axe/results.json')]);
  });

  it.each(['', '/', 'a', '../', 'a/../', '/a/', 'a//', '.x/'])(
    'L8 refuses to remove everything below %j',
    async (bad) => {
      await store.put('scanner-artifacts', key('x'), bytesOf('x'));
      await expect(store.removeAll('scanner-artifacts', bad)).rejects.toMatchObject({ code: 'store_failed' });
      expect(await keysOf(store, '')).toEqual([key('x')]);
    },
  );

  it('removes what is older than a day and keeps the rest', async () => {
    await store.put('scanner-staging', 'staging/old.zip', bytesOf('x'));
    await removeOlder(store, 'scanner-staging', 'staging/', Date.now() - 60_000);
    expect(await keysOf(store, '', 'scanner-staging')).toEqual(['staging/old.zip']);
    await removeOlder(store, 'scanner-staging', 'staging/', Date.now() + 60_000);
    expect(await keysOf(store, '', 'scanner-staging')).toEqual([]);
  });

  it('frees what a reader holds when it stops early', async () => {
    await store.put('scanner-artifacts', key('x'), Buffer.alloc(4 * 2 ** 20));
    for (let turn = 0; turn < 20; turn += 1) {
      for await (const chunk of (await store.get('scanner-artifacts', key('x')))?.body ?? []) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }
    expect(await store.head('scanner-artifacts', key('x'))).toEqual({ size: 4 * 2 ** 20 });
  });

  it('passes its own canary, which leaves nothing', async () => {
    expect(await storeCanary(store, systemClock)).toMatchObject({ ok: true, reason: null });
    expect(await keysOf(store, '', 'scanner-staging')).toEqual([]);
  });
}
