import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';
import { newJobId } from '../../../engine/kernel/index.ts';
import { startTestServer, type TestServer } from '../../integration/server/harness.ts';
import { FILES, storeSharedJob } from '../../integration/server/shared-job.ts';
import type { Stock } from './operations.ts';

const TENANT = 'team';

async function smallArchive(): Promise<Uint8Array<ArrayBuffer>> {
  const zip = new yazl.ZipFile();
  zip.addBuffer(Buffer.from('<!doctype html><title>A page</title>'), 'index.html');
  zip.end();
  return new Uint8Array(await buffer(zip.outputStream));
}

/** A job as another server gives it away. */
async function foreignBundle(): Promise<Uint8Array<ArrayBuffer>> {
  const other = await startTestServer();
  try {
    const bearer = other.token(['submit', 'read']);
    const scan = { urls: ['https://shop.example/'], modules: ['seo'], mode: 'list' };
    const { id } = (await (await other.call(bearer, 'POST', '/api/v1/jobs/url', scan)).json()) as { id: string };
    await other.engine.ended(id);
    return new Uint8Array(await (await other.call(bearer, 'GET', `/api/v1/jobs/${id}/export`)).arrayBuffer());
  } finally {
    await other.close();
  }
}

/** Gives a server something of everything, and tells by which names to ask for it. */
export async function stockOf(server: TestServer): Promise<Stock> {
  const { token, call, engine, ledger } = server;
  const { tokens } = ledger.service;
  const newest = () =>
    tokens.list().reduce((last, row) => (Number(row.id.slice(4)) > Number(last.id.slice(4)) ? row : last)).id;
  const admin = token(['admin'], TENANT);
  const submit = token(['submit', 'read'], TENANT);
  const read = token(['read'], TENANT);
  const stranger = token(['submit', 'read'], 'others');
  const revoked = token(['admin'], TENANT);
  tokens.revoke(newest());
  const doomed = token(['read'], TENANT);
  const doomedId = newest();

  const ask = async <T>(bearer: string, method: string, path: string, body?: unknown) => {
    const answer = await call(bearer, method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} gave ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  };
  const made = (path: string, body: unknown, bearer = submit) =>
    ask<{ id: string; url: string }>(bearer, 'POST', path, body);
  const scan = { urls: ['https://shop.example/'], modules: ['seo'], mode: 'list' };
  const { id } = await made('/api/v1/jobs/url', scan);
  const { id: another } = await made('/api/v1/jobs/url', scan);
  const { id: foreign } = await made('/api/v1/jobs/url', scan, stranger);
  await Promise.all([id, another, foreign].map((one) => engine.ended(one)));
  // Waits for ever: what acts on unfinished jobs finds some.
  const shared = await storeSharedJob(server, TENANT);
  const waiting = await storeSharedJob(server, TENANT);
  const share = await made(`/api/v1/jobs/${shared}/shares`, {});
  const { id: doomedShare } = await made(`/api/v1/jobs/${id}/shares`, {});
  const { webhook } = await ask<{ webhook: { id: string } }>(admin, 'POST', '/api/v1/webhooks', {
    url: 'https://hooks.example/x',
  });
  await call(admin, 'POST', `/api/v1/webhooks/${webhook.id}/test`);
  const { deliveries } = await ask<{ deliveries: { id: string }[] }>(
    admin,
    'GET',
    `/api/v1/webhooks/${webhook.id}/deliveries`,
  );
  const archive = await smallArchive();
  const upload = await made('/api/v1/uploads', { filename: 'site.zip', bytes: archive.length });
  const { id: ignore } = await made('/api/v1/ignores', { fingerprint: 'abcd1234', reason: 'known' });
  const { next } = await ask<{ next: string }>(submit, 'GET', '/api/v1/jobs?limit=1');

  const jobs = [id, another, shared, waiting, foreign, newJobId(Date.now())];
  const pages = [ledger.cells(id).find((cell) => cell.pageId !== '_site')?.pageId ?? '', '_site'];
  const shareToken = share.url.split('/s/').at(-1) ?? '';
  return {
    tokens: [admin, submit, read, stranger, revoked, doomed, 'sf_unknown', ''],
    known: {
      'jobs.id': jobs,
      'shares.id': [share.id, doomedShare],
      'tokens.id': [doomedId],
      'webhooks.id': [webhook.id],
      delivery: deliveries.map((delivery) => delivery.id),
      a: [id, another, shared],
      b: [id, another],
      jobs: [id, `${id},${another}`],
      page: pages,
      scanner: ['seo'],
      modules: ['axe', 'seo', 'lighthouse'],
      upload: [upload.id],
      ignore: [ignore],
      's.token': [shareToken],
      token: [submit],
      path: ['report.json', 'report.html', 'provenance.json', ...Object.keys(FILES)],
      cursor: [next],
      lastEventId: ['0', '5', '999999'],
      state: ['DONE', 'DONE,FAILED'],
      urls: ['https://shop.example/', 'http://a.example:8080/x?y'],
      url: ['https://hooks.example/x'],
      allowHosts: ['127.0.0.1:9'],
      allowAssets: ['cdn.example'],
      filename: ['site.zip'],
      fingerprint: ['abcd1234', 'ffff0000'],
      sha256: ['0'.repeat(64)],
      tenant: [TENANT, 'others'],
      'x-stageflow-options': ['{"maxPages":1}', '{"modules":["axe"]}'],
      'last-event-id': ['0', '7'],
    },
    bytes: { 'application/zip': archive, 'application/x-tar': await foreignBundle() },
  };
}
