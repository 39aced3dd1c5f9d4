import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileStore } from '../../../engine/artifact/index.ts';
import { nextState } from '../../../engine/fsm/index.ts';
import { newJobId, silentLog, StageflowError, systemClock } from '../../../engine/kernel/index.ts';
import { openLedger } from '../../../engine/ledger/index.ts';
import { openIntakes } from '../../../engine/run/intakes.ts';
import { sweepStaging } from '../../../engine/run/retention.ts';
import { createApp } from '../../../server/app.ts';
import { allOf } from './all-of.ts';
import { startTestServer, type TestServer } from './harness.ts';

const ZIP = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(196, 7)]);
let server: TestServer;
let token: string;
let folder: string;
beforeEach(async () => {
  server = await startTestServer({ pods: 'frozen' });
  token = server.token(['submit', 'read']);
  folder = mkdtempSync(join(tmpdir(), 'intakes-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const staged = async () =>
  (await allOf(server.engine.store.list('scanner-staging', 'staging/'))).map(({ key }) => key.split('/')[1]);
const begun = () => server.ledger.service.intakes.list();
const sending = { 'content-type': 'application/zip', 'idempotency-key': 'once' };

/** The sweep with which the next engine on this ledger and store begins. */
const startAgain = async () => {
  const { ledger } = server;
  ledger.service.idempotency.releaseAll();
  await openIntakes({ ledger, store: server.engine.store, clock: systemClock, log: silentLog }).sweep();
};

it('what a killed process had taken in, half of a job from elsewhere included, is gone when the next one starts, and an archive that was announced is there', async () => {
  const [whole, half, announced, imported] = [newJobId(), newJobId(), newJobId(), newJobId()];
  const script = join(import.meta.dirname, 'dying-engine.ts');
  const died = spawnSync(process.execPath, [script, folder, whole, half, announced, imported], { encoding: 'utf8' });
  expect(died.signal, died.stderr).toBe('SIGKILL');
  const place = join(folder, 'store/scanner-staging/staging');
  expect(readdirSync(place).toSorted()).toEqual([whole, half, announced, imported].toSorted());
  const brought = join(folder, 'store/scanner-artifacts', imported);
  expect(existsSync(join(brought, 'report.json'))).toBe(true);
  expect(existsSync(join(place, whole, 'site.zip'))).toBe(true);

  const ledger = openLedger({ path: join(folder, 'ledger.db'), clock: systemClock, nextState });
  const store = new FileStore(join(folder, 'store'));
  await store.prepare();
  const ports = { ledger, store, clock: systemClock, log: silentLog };
  await openIntakes(ports).sweep();
  await sweepStaging(ports);
  expect(readdirSync(place)).toEqual([announced]);
  expect(existsSync(brought)).toBe(false);
  expect(existsSync(join(place, announced, 'site.zip'))).toBe(true);
  expect(ledger.service.intakes.list()).toEqual([]);
  ledger.close();
});

it('a request whose server dies between the archive and its job may be sent again under its key, and one archive is left', async () => {
  const reached = Promise.withResolvers<void>();
  // As good as dead: the request gets no further than its job's transaction, and clears nothing away.
  const dying = createApp({
    ...server.services,
    engine: {
      ...server.engine,
      submit: () => {
        throw new StageflowError('disk_full', { reason: 'the server dies here' });
      },
      abandon: () => {
        reached.resolve();
        return new Promise(() => {});
      },
    },
  });
  const url = 'http://127.0.0.1:7070/api/v1/jobs/zip?filename=dist.zip';
  const headers = { host: '127.0.0.1:7070', authorization: `Bearer ${token}`, ...sending };
  void dying.fetch(new Request(url, { method: 'POST', headers, body: ZIP }));
  await reached.promise;
  expect(await staged()).toEqual(begun().map(({ jobId }) => jobId));
  expect(begun()).toMatchObject([{ announced: false }]);

  await startAgain();
  expect(await staged()).toEqual([]);
  const again = await server.call(token, 'POST', '/api/v1/jobs/zip?filename=dist.zip', ZIP, sending);
  expect(again.status).toBe(202);
  const { id } = (await again.json()) as { id: string };
  expect(await staged()).toEqual([id]);
  expect(begun()).toEqual([]);
});

it('an announced archive that came before a restart is made a job of after it', async () => {
  const announced = await server.call(token, 'POST', '/api/v1/uploads', { filename: 'dist.zip', bytes: ZIP.length });
  const { id: upload, url } = (await announced.json()) as { id: string; url: string };
  expect((await server.call(token, 'PUT', url, ZIP, { 'content-type': 'application/zip' })).status).toBe(200);
  await startAgain();
  expect(begun()).toEqual([]);
  const made = await server.call(token, 'POST', '/api/v1/jobs/zip', { upload });
  expect(made.status).toBe(202);
  expect(await staged()).toEqual([((await made.json()) as { id: string }).id]);
});

it('a sweep of the engine that lives takes nothing from a request in hand, and what broke off is forgotten', async () => {
  const swept = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await server.engine.sweepIntakes();
        expect(begun()).toHaveLength(1);
        controller.enqueue(ZIP);
        controller.close();
        swept.resolve();
      },
    },
    { highWaterMark: 0 },
  );
  const answer = await server.call(token, 'POST', '/api/v1/jobs/zip', body, sending);
  await swept.promise;
  expect(answer.status).toBe(202);
  expect(await staged()).toHaveLength(1);

  const bad = await server.call(token, 'POST', '/api/v1/jobs/zip', Buffer.from('<html>'), {
    'content-type': 'application/zip',
  });
  expect(bad.status).toBe(400);
  expect(begun()).toHaveLength(1);
  await server.engine.sweepIntakes();
  expect(begun()).toEqual([]);
  expect(await staged()).toHaveLength(1);
});
