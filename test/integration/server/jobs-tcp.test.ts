import { request } from 'node:http';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../../../engine/kernel/index.ts';
import { listen, type Listener } from '../../../server/listen/listen.ts';
import { allOf } from './all-of.ts';
import { startTestServer, type TestServer } from './harness.ts';

const MIB = 2 ** 20;
let server: TestServer;
let listener: Listener;
let token: string;
beforeAll(async () => {
  server = await startTestServer({ pods: 'frozen' });
  const config = { host: '127.0.0.1', port: 0, publicUrl: null, trustProxy: false, proxies: [] };
  listener = await listen({ app: server.app, config, clock: systemClock, log: server.services.log });
  token = server.token(['submit', 'read']);
});
afterAll(async () => {
  await listener.close(0);
  await server.close();
});

const staged = () => allOf(server.engine.store.list('scanner-staging', 'staging/'));
const answers = (status: number) => server.logged.filter((line) => line.includes(`"status":${status}`)).length;

/** Opens an upload that announces `length` bytes (null: chunked). */
function upload(length: number | null) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/zip' };
  return request({
    host: '127.0.0.1',
    port: listener.port,
    method: 'POST',
    path: '/api/v1/jobs/zip?filename=a.zip',
    headers: length === null ? headers : { ...headers, 'content-length': length },
  });
}

/** An archive by its first bytes. */
function zip(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.write('PK\x03\x04', 'latin1');
  return bytes;
}

it.each([
  ['with its length', 20 * MIB],
  ['chunked', null],
])('A6 an archive over a real connection, %s, becomes a job', async (_, length) => {
  const sent = upload(length);
  const status = new Promise((done, failed) => {
    sent.on('response', (response) => {
      response.resume();
      done(response.statusCode);
    });
    sent.on('error', failed);
  });
  sent.end(zip(20 * MIB));
  expect(await status).toBe(202);
});

it('A6 a connection that breaks at 99 % leaves nothing', async () => {
  const before = { staged: (await staged()).length, jobs: server.ledger.jobs().length, refused: answers(400) };
  const sent = upload(10 * MIB);
  sent.on('error', () => {});
  await new Promise<void>((done) => sent.write(zip(Math.floor(9.9 * MIB)), () => done()));
  sent.destroy();
  await vi.waitFor(() => expect(answers(400)).toBe(before.refused + 1), { timeout: 10_000 });
  expect([(await staged()).length, server.ledger.jobs().length]).toEqual([before.staged, before.jobs]);
});

it('A6 an announced 201 MiB are answered with 413 at once', async () => {
  const sent = upload(201 * MIB);
  const status = new Promise((done) => sent.on('response', (response) => done(response.statusCode)));
  sent.on('error', () => {});
  sent.flushHeaders();
  expect(await status).toBe(413);
  sent.destroy();
});
