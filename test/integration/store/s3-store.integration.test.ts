import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { S3Store, checkUpload, stagingKeys, storeCanary } from '../../../engine/artifact/index.ts';
import { systemClock } from '../../../engine/kernel/index.ts';
import { type ObjectServer, withObjectServers } from './object-server.ts';

const JOB = '01j9z3k4m5n6p7q8r9s0t1v2w3';
const MIB = 2 ** 20;

await withObjectServers('S3 store', (start, kind) => {
  let server: ObjectServer;
  let store: S3Store;
  beforeAll(async () => {
    server = await start();
    store = new S3Store(server.settings);
    // Two engines may start at once.
    await Promise.all([store.prepare(), new S3Store(server.settings).prepare()]);
  });
  afterAll(() => server?.stop());

  const unfinished = async (bucket: 'scanner-staging' | 'scanner-artifacts', prefix = '') =>
    (await server.client.listIncompleteUploadsQuery(bucket, prefix, '', '', '')).uploads.length;

  it('makes both buckets', async () => {
    expect(await server.client.bucketExists('scanner-staging')).toBe(true);
    expect(await server.client.bucketExists('scanner-artifacts')).toBe(true);
  });

  it('stores 200 MiB of unknown length with flat memory', async () => {
    const piece = Buffer.alloc(MIB, 'stageflow');
    const expected = createHash('sha256');
    const before = process.memoryUsage().rss;
    let most = before;
    const body = (async function* () {
      for (let sent = 0; sent < 200; sent += 1) {
        expected.update(piece);
        most = Math.max(most, process.memoryUsage().rss);
        yield piece;
      }
    })();
    const receipt = await store.put('scanner-artifacts', `${JOB}/big`, body);
    expect(receipt).toMatchObject({ size: 200 * MIB, sha256: expected.digest('hex') });
    expect((most - before) / MIB).toBeLessThan(120);
    expect(await store.head('scanner-artifacts', `${JOB}/big`)).toEqual({ size: 200 * MIB });
    await store.remove('scanner-artifacts', `${JOB}/big`);
  });

  it('leaves no parts behind when a body breaks off', async () => {
    let seen = 0;
    const body = (async function* () {
      for (let sent = 0; sent < 20; sent += 1) yield Buffer.alloc(MIB);
      seen = await unfinished('scanner-artifacts', `${JOB}/broken`);
      throw new Error('the client went away');
    })();
    await expect(store.put('scanner-artifacts', `${JOB}/broken`, body)).rejects.toMatchObject({ code: 'store_failed' });
    expect(seen).toBe(1);
    expect(await unfinished('scanner-artifacts', `${JOB}/broken`)).toBe(0);
  });

  it('L8 removes what a killed engine was still sending, a day later or with its job', async () => {
    const begin = (key: string) => server.client.initiateNewMultipartUpload('scanner-artifacts', key, {});
    await begin(`${JOB}/half`);
    await store.prepare();
    expect(await unfinished('scanner-artifacts', `${JOB}/half`)).toBe(1);
    const later = { ...systemClock, now: () => Date.now() + 2 * 86_400_000 };
    await new S3Store(server.settings, later).prepare();
    expect(await unfinished('scanner-artifacts', `${JOB}/half`)).toBe(0);
  });

  it('L8 removes at once what was half sent for jobs of a dead engine, and nothing of another engine’s', async () => {
    const other = '01k00000000000000000000000';
    const begin = (bucket: 'scanner-staging' | 'scanner-artifacts', key: string) =>
      server.client.initiateNewMultipartUpload(bucket, key, {});
    for (const id of [JOB, other]) {
      await begin('scanner-staging', stagingKeys.archive(id, 'half.zip'));
      await begin('scanner-artifacts', `${id}/half`);
    }
    await store.prepare((jobId) => jobId === JOB);
    const left = async (id: string) => [
      await unfinished('scanner-staging', stagingKeys.archive(id, 'half.zip')),
      await unfinished('scanner-artifacts', `${id}/half`),
    ];
    expect({ ours: await left(JOB), others: await left(other) }).toEqual({ ours: [0, 0], others: [1, 1] });
  });

  it('has staged archives removed after their days, by a rule of the store or by sweeping', async () => {
    const key = stagingKeys.archive(JOB, 'old.zip');
    await store.put('scanner-staging', key, Buffer.from('PK'));
    const later = { ...systemClock, now: () => Date.now() + 8 * 86_400_000 };
    await new S3Store(server.settings, later).prepare();
    if (kind === 'minio') {
      const rules = JSON.stringify(await server.client.getBucketLifecycle('scanner-staging'));
      expect(rules).toMatch(/"stageflow-staging"/);
      expect(rules).toMatch(/"Days":"?7/);
      expect(await store.head('scanner-staging', key)).toEqual({ size: 2 });
    } else expect(await store.head('scanner-staging', key)).toBeNull();
  });

  it('refuses and removes an upload that is not what was announced', async () => {
    const key = stagingKeys.archive(JOB, 'dist.zip');
    const sha256 = createHash('sha256').update('archive').digest('hex');
    await expect(checkUpload(store, key, { size: 7, sha256 })).rejects.toMatchObject({ code: 'upload_mismatch' });
    for (const wrong of ['archivE', 'archive and more', 'arch']) {
      await store.put('scanner-staging', key, Buffer.from(wrong));
      await expect(checkUpload(store, key, { size: 7, sha256 })).rejects.toMatchObject({ code: 'upload_mismatch' });
      expect(await store.head('scanner-staging', key)).toBeNull();
    }
    await store.put('scanner-staging', key, Buffer.from('archive'));
    await checkUpload(store, key, { size: 7, sha256 });
    expect(await store.head('scanner-staging', key)).toEqual({ size: 7 });
  });

  it('L9 says that the store is down, keeps what was stored, and goes on when it is back', async () => {
    await store.put('scanner-artifacts', `${JOB}/kept`, Buffer.from('kept'));
    await server.kill();
    expect(await storeCanary(store, systemClock)).toMatchObject({ ok: false });
    await expect(store.put('scanner-artifacts', `${JOB}/x`, Buffer.from('x'))).rejects.toMatchObject({
      code: 'store_failed',
    });
    await server.revive();
    expect(await storeCanary(store, systemClock)).toMatchObject({ ok: true });
    expect(await store.head('scanner-artifacts', `${JOB}/kept`)).toEqual({ size: 4 });
  });
});
