import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DataFolder, openDataFolder } from '../../../engine/run/data-folder.ts';
import { isGone, openClient } from '../../../server/local/client.ts';
import { dialLocal } from '../../../server/local/dial.ts';
import { listenLocally, type LocalListener } from '../../../server/local/listen.ts';
import { withOwnerRoutes } from '../../../server/local/owner-routes.ts';
import type { Door } from '../../../server/local/records.ts';
import { cli } from '../../e2e/cli.ts';
import { specOf } from '../../conformance/events.ts';
import { startTestServer, type TestServer } from './harness.ts';

/** A test server that listens on the socket of a data folder of its own. */
interface Owned {
  readonly server: TestServer;
  readonly folder: DataFolder;
  readonly listener: LocalListener;
  readonly door: Door;
  close(): Promise<void>;
}

async function startOwned(pods: 'well' | 'frozen'): Promise<Owned> {
  const server = await startTestServer({ pods });
  const folder = openDataFolder(mkdtempSync(join(tmpdir(), 'socket-')));
  const socket = folder.socket ?? '';
  const listener = await listenLocally(withOwnerRoutes(server.app, server.engine, 'http://127.0.0.1:7070'), socket);
  return {
    server,
    folder,
    listener,
    door: openClient(socket, folder.root, null),
    close: async () => {
      await listener.close();
      folder.release();
      rmSync(folder.root, { recursive: true, force: true });
      await server.close();
    },
  };
}

const collect = async <T>(all: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const one of all) found.push(one);
  return found;
};
const bytes = async (all: AsyncIterable<Uint8Array>) => Buffer.concat(await collect(all));

describe("the socket of a live engine's data folder", () => {
  let owned: Owned;
  let done: string;
  beforeAll(async () => {
    owned = await startOwned('well');
    done = await owned.door.submit({ id: owned.door.newJobId(), spec: specOf('urls') });
    await owned.door.ended(done);
  });
  afterAll(() => owned.close());

  it('is open to its owner alone, and whoever comes through it is an administrator without a token', async () => {
    const socket = owned.folder.socket ?? '';
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const answer = await dialLocal(socket, { method: 'GET', path: '/api/v1/session' });
    expect([answer.status, JSON.parse((await bytes(answer.body)).toString())]).toEqual([
      200,
      { tenant: 'local', scopes: ['admin'], uploads: 'server' },
    ]);
  });

  it("A4 gives the owner's routes and rights to nobody who comes another way, whatever headers they send", async () => {
    const app = withOwnerRoutes(owned.server.app, owned.server.engine, null);
    const ask = (path: string) =>
      app.fetch(new Request(`http://127.0.0.1:7070${path}`, { headers: { owner: 'true', 'x-forwarded-for': '::1' } }), {
        address: '127.0.0.1',
      });
    expect((await ask('/local/v1/jobs')).status).toBe(404);
    expect((await ask('/api/v1/jobs')).status).toBe(401);
  });

  it('tells of a job what the ledger and the store hold', async () => {
    const { door, server } = owned;
    expect(await door.events(done)).toEqual(server.ledger.events(done));
    expect(await collect(door.follow(done))).toEqual(server.ledger.events(done));
    expect((await collect(door.follow(done, 3))).map((event) => event.seq)[0]).toBe(4);
    expect((await door.jobs(10)).map((job) => job.id)).toEqual([done]);
    const stored = server.ledger.events(done).find((event) => event.type === 'jobs.events.completed');
    const report = await door.object(`${done}/report.json`);
    const sha256 = createHash('sha256')
      .update(await bytes(report?.body ?? ([] as never)))
      .digest('hex');
    expect(sha256).toBe(stored?.type === 'jobs.events.completed' ? stored.data.report.sha256 : null);
    expect(await door.keys(done)).toContain(`${done}/report.html`);
    expect(await door.object(`${done}/nothing`)).toBeNull();
  });

  it('takes an archive as a stream, with its hash, and no more than was announced', async () => {
    const { door, server } = owned;
    const jobId = door.newJobId();
    const staging = door.staging(jobId);
    const body = async function* () {
      for (let n = 0; n < 8; n += 1) yield Buffer.alloc(2 ** 18, n);
    };
    const stored = await staging.put('scanner-staging', staging.key('site.zip'), body(), { maxBytes: 2 ** 22 });
    expect(stored.sha256).toBe(
      createHash('sha256')
        .update(await bytes(body()))
        .digest('hex'),
    );
    expect(await server.services.engine.store.head('scanner-staging', stored.key)).toEqual({ size: 2 ** 21 });
    await expect(
      staging.put('scanner-staging', staging.key('large.zip'), body(), { maxBytes: 2 ** 20 }),
    ).rejects.toMatchObject({ name: 'StageflowError' });
    expect(await server.services.engine.store.head('scanner-staging', staging.key('large.zip'))).toBeNull();
  });

  it('takes in a job that was exported, as a job of its owner', async () => {
    const { door, server } = owned;
    const id = await door.submit({ id: door.newJobId(), spec: specOf('urls') });
    await door.ended(id);
    const bundle = await bytes(door.bundle(id));
    const once = async function* () {
      yield bundle;
    };
    await expect(door.take(once())).rejects.toMatchObject({ code: 'job_exists' });
    await door.remove(id);
    expect(await door.take(once())).toBe(id);
    expect(await door.job(id)).toMatchObject({ state: 'DONE' });
    expect(server.ledger.service.owners.tenantOf(id)).toBe('local');
    await door.remove(id);
  });

  it("answers refusals with the error table's codes", async () => {
    const { door } = owned;
    expect(await door.job('01aaaaaaaaaaaaaaaaaaaaaaaa')).toBeNull();
    await expect(door.retry('01aaaaaaaaaaaaaaaaaaaaaaaa')).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(door.resume(done)).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each<[string, (job: string, file: string) => string[], (stdout: string, job: string, file: string) => void]>([
    [
      'jobs --json',
      () => ['jobs', '--json'],
      (stdout, job) => expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: job, state: 'DONE' })),
    ],
    [
      'jobs show',
      (job) => ['jobs', 'show', job],
      (stdout, job) => expect(stdout).toMatch(new RegExp(`state +DONE[^]*Read it with: ./stageflow report ${job}\n$`)),
    ],
    [
      'replay --check',
      (job) => ['replay', job, '--check'],
      (stdout) => expect(stdout).toMatch(/events lead to DONE\. The stored view is what they tell\.\n$/),
    ],
    [
      'share',
      (job) => ['share', job, '--expires', '1d'],
      (stdout) => expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:7070\/s\/[\w-]{22,}\n$/),
    ],
    [
      'export',
      (job, file) => ['export', job, '-o', file],
      (_, __, file) => expect(statSync(file).size).toBeGreaterThan(10_000),
    ],
    [
      'compare',
      (job) => ['compare', job, job],
      (stdout) => expect(stdout).toMatch(/^[^]*0 new, 0 fixed, \d+ same, 0 not comparable\n$/),
    ],
    [
      'report --json',
      (job) => ['report', job, '--json'],
      (stdout, job) => expect(JSON.parse(stdout)).toMatchObject({ contractVersion: '2.0.0', job: { id: job } }),
    ],
  ])('is where `%s` asks, without an engine of its own', async (_, args, judge) => {
    const file = join(owned.folder.root, 'job.tar');
    const result = await cli(args(done, file), { home: owned.folder.root });
    expect(result.code, result.stderr).toBe(0);
    judge(result.stdout, done, file);
  });
});

describe('an engine behind a socket that ends', () => {
  it('is told apart from a job that has ended: whoever follows goes on elsewhere', async () => {
    const owned = await startOwned('frozen');
    try {
      const jobId = await owned.door.submit({ id: owned.door.newJobId(), spec: specOf('urls') });
      const follow = collect(owned.door.follow(jobId)).catch((error: unknown) => error);
      const ended = owned.door.ended(jobId).catch((error: unknown) => error);
      await expect.poll(async () => (await owned.door.job(jobId))?.state).not.toBe('PENDING');
      await owned.listener.close();
      expect([isGone(await follow), isGone(await ended)]).toEqual([true, true]);
    } finally {
      await owned.close().catch(() => {});
    }
  });

  it('is cancelled job by job: another one on it goes on', async () => {
    const owned = await startOwned('frozen');
    try {
      const [first, second] = await Promise.all(
        [0, 1].map(() => owned.door.submit({ id: owned.door.newJobId(), spec: specOf('urls') })),
      );
      await expect.poll(async () => (await owned.door.job(second ?? ''))?.state).toBe('READY_TO_SCAN');
      await owned.door.cancel(first ?? '');
      expect(await owned.door.job(first ?? '')).toMatchObject({ state: 'FAILED', failureCode: 'cancelled' });
      expect(await owned.door.job(second ?? '')).toMatchObject({ state: 'READY_TO_SCAN' });
    } finally {
      await owned.close();
    }
  });
});
