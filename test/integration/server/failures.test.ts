import { afterEach, beforeEach, expect, it } from 'vitest';
import { collectDeliveries } from '../../../server/webhook/collect.ts';
import { specOf } from '../../conformance/events.ts';
import { BROKEN_MACHINE, startTestServer, type TestServer } from './harness.ts';

let server: TestServer;
let token: string;
beforeEach(async () => {
  server = await startTestServer({ pods: 'broken' });
  token = server.token(['submit', 'read']);
});
afterEach(() => server.close());

const text = async (path: string, method = 'GET', body?: unknown) =>
  (await server.call(token, method, path, body)).text();

it('a job that the machine failed tells its owner so, and nowhere a place of the machine or a name of others: the log keeps the reason', async () => {
  const hook = { id: 'wh_1', tenant: 'team', url: 'https://hook.example/', secret: 'whsec_x' };
  server.ledger.service.webhooks.add({ ...hook, events: ['jobs.events.failed'] });
  collectDeliveries(server.ledger, null);
  const scan = { urls: ['https://a.example/'], modules: ['seo'] };
  const { id } = JSON.parse(await text('/api/v1/jobs/url', 'POST', scan)) as { id: string };
  const live = await text(`/api/v1/jobs/${id}/stream`);
  await server.engine.ended(id);
  collectDeliveries(server.ledger, null);
  const told = {
    live,
    job: await text(`/api/v1/jobs/${id}`),
    list: await text('/api/v1/jobs'),
    events: await text(`/api/v1/jobs/${id}/events`),
    snapshot: await text(`/api/v1/jobs/${id}/stream`),
    webhook: server.ledger.service.deliveries.ofWebhook('wh_1', 1)[0]?.body ?? '',
  };
  for (const [where, said] of Object.entries(told)) {
    expect([where, said.includes('podman_failed')]).toEqual([where, true]);
    expect([where, /srv|private|other-team/.exec(said)?.[0]]).toEqual([where, undefined]);
  }
  expect(JSON.parse(told.job)).toMatchObject({ failure: { sentence: expect.stringMatching(/retry the job/) } });
  expect(server.logged.find((line) => line.includes(id) && line.includes(BROKEN_MACHINE))).toBeDefined();
});

it('a job of the machine’s owner is told the reason', async () => {
  const id = server.engine.submit({ spec: specOf('urls') });
  await server.engine.ended(id);
  const failed = server.ledger.events(id).findLast(({ type }) => type === 'jobs.events.failed');
  expect(JSON.stringify(failed)).toContain(BROKEN_MACHINE);
});

it('N6 a job whose message was set aside ends as poison, says so to its owner, and is not begun again', async () => {
  await server.close();
  server = await startTestServer({ pods: 'frozen' });
  token = server.token(['submit', 'read']);
  const { id } = JSON.parse(
    await text('/api/v1/jobs/url', 'POST', { urls: ['https://a.example/'], modules: ['seo'] }),
  ) as {
    id: string;
  };
  const [created] = server.ledger.events(id);
  if (created === undefined) throw new Error('the job has no first event');
  await server.engine.poisoned(created);
  // The queue may give it again: a job that has ended stays as it is.
  await server.engine.poisoned(created);
  expect(await server.engine.ended(id)).toMatchObject({ state: 'FAILED' });
  const ends = server.ledger.events(id).filter(({ type }) => type === 'jobs.events.failed');
  expect(ends.map(({ data }) => data)).toMatchObject([{ failure: { code: 'poison' } }]);
  expect(JSON.parse(await text(`/api/v1/jobs/${id}`))).toMatchObject({ failure: { code: 'poison' } });
});

it('the type of a problem leads to a page of this very server that explains its code to anybody', async () => {
  const problem = await server.call(token, 'GET', '/api/v1/jobs/01aaaaaaaaaaaaaaaaaaaaaaaa');
  const { type, code } = (await problem.json()) as { type: string; code: string };
  const { pathname, hash, host } = new URL(type, 'http://127.0.0.1:7070/api/v1/jobs/x');
  expect([host, hash]).toEqual(['127.0.0.1:7070', `#${code}`]);
  const page = await server.call('', 'GET', pathname);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await page.text()).toContain(`id="${code}"`);
});
