import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStore, S3Store, readZstJson, storeCanary, writeZstJson } from '../../engine/artifact/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { artifactStoreSuite, bytesOf, key, keysOf, pieces } from './artifact-store-suite.ts';
import { s3StandIn } from './s3-stand-in.ts';

const s3Options = (server: Server) => ({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  region: 'eu-test-1',
  accessKey: 'test-access',
  secretKey: 'test-secret',
});

describe('L2 artifact store: file store', () => {
  artifactStoreSuite({
    async open() {
      const root = await mkdtemp(join(tmpdir(), 'stageflow-store-'));
      return { store: new FileStore(root), close: () => rm(root, { recursive: true, force: true }) };
    },
  });
});

describe('artifact store: S3 store on a stand-in server', () => {
  artifactStoreSuite({
    async open() {
      const { server, unfinished } = s3StandIn();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      return {
        store: new S3Store(s3Options(server)),
        async close() {
          expect(unfinished()).toBe(0);
          server.closeAllConnections();
          server.close();
        },
      };
    },
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
  const JOB = key('').slice(0, -1);

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

  it.skipIf(process.getuid?.() === 0)(
    'says store_failed when the folder cannot be written (root can write any)',
    async () => {
      await chmod(inStore(), 0o500);
      await expect(store.put('scanner-artifacts', key('x'), bytesOf('x'))).rejects.toMatchObject({
        code: 'store_failed',
      });
    },
  );
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
    return new S3Store({ ...s3Options(server), timeoutMs });
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

  it('L9 tries again when the server is busy, and gives up in the end', async () => {
    let left = 2;
    const busy = () =>
      createServer((request, response) => {
        request.resume();
        response.writeHead((left -= 1) >= 0 ? 503 : 200, { etag: '"x"' }).end();
      });
    const store = await against(busy(), 5_000);
    expect((await store.put('scanner-artifacts', key('x'), bytesOf('x'))).size).toBe(1);
    left = 100;
    await expect(store.put('scanner-artifacts', key('x'), bytesOf('x'))).rejects.toMatchObject({
      code: 'store_failed',
    });
    expect(left).toBe(97);
  });

  it('L9 says store_failed when the server dies in the middle of an object', async () => {
    const store = await against(
      createServer((request, response) => {
        response.writeHead(200, { 'content-length': 100, etag: '"x"', 'last-modified': new Date().toUTCString() });
        if (request.method === 'HEAD') response.end();
        else response.write('half', () => response.destroy());
      }),
      5_000,
    );
    const reading = (async () => {
      for await (const chunk of (await store.get('scanner-artifacts', key('x')))?.body ?? []) void chunk;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'store_failed' });
  });

  it('L9 has a canary that says why and never throws', async () => {
    const store = await against(
      createServer((_request, response) => response.writeHead(500).end()),
      5_000,
    );
    const result = await storeCanary(store, systemClock);
    expect(result).toMatchObject({ ok: false, reason: expect.stringMatching(/could not be stored/) });
    expect(result.ms).toBeGreaterThan(0);
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
