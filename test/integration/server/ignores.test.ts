import { afterAll, beforeAll, expect, it } from 'vitest';
import { finding } from '../../../engine/aggregate/test/job.ts';
import { Report } from '../../../engine/report/index.ts';
import { startTestServer, type TestServer } from './harness.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  const label = { rule: 'label', issue: 'label', title: 'Fields must have labels' };
  const field = { occurrences: [{ selector: 'input', snippet: '<input name="q">' }] };
  server = await startTestServer({ found: [finding(), finding({ ...label, ...field })] });
  token = server.token(['submit', 'read']);
});
afterAll(() => server.close());

const ask = async (as: string, method: string, path: string, body?: object): Promise<unknown> =>
  (await server.call(as, method, path, body)).json();

/** Scans, and gives the causes that count and those that are set aside, as the report names them. */
async function scanned(as = token) {
  const body = { urls: ['https://shop.example/'], modules: ['seo'] };
  const { id } = (await ask(as, 'POST', '/api/v1/jobs/url', body)) as { id: string };
  await server.engine.ended(id);
  const report = Report.parse(await ask(as, 'GET', `/api/v1/jobs/${id}/report`));
  expect(await ask(as, 'GET', `/api/v1/jobs/${id}`)).toMatchObject({ totals: report.summary.causes });
  return { counted: report.findings.map((f) => f.fingerprint), aside: report.ignored ?? [], report };
}

it('a finding that was set aside counts in no report of its tenant, is named there, and counts for others and again once it is taken back', async () => {
  const before = await scanned();
  const [fingerprint = '', ...rest] = before.counted;
  expect(rest).toHaveLength(1);
  const word = { fingerprint, reason: 'by design', expiresAt: Number.MAX_SAFE_INTEGER };
  const { id } = (await ask(token, 'POST', '/api/v1/ignores', word)) as { id: string };

  const { counted, aside, report } = await scanned();
  expect(counted).toEqual(rest);
  expect(aside).toMatchObject([
    { finding: { fingerprint }, reason: 'by design', owner: 'test', until: '9999-12-31T23:59:59.999Z' },
  ]);
  expect(report.verdict.sentence).toMatch(/^1 thing to fix .* 1 was set aside by people\.$/);
  expect((await scanned(server.token(['submit', 'read'], 'stranger'))).counted).toEqual(before.counted);

  await server.call(token, 'DELETE', `/api/v1/ignores/${id}`);
  expect(await scanned()).toMatchObject({ counted: before.counted, aside: [] });
});

it('a finding that was set aside for a time counts again after it', async () => {
  const { counted } = await scanned();
  const [fingerprint = ''] = counted;
  const ignore = { id: 'ign_1', tenant: 'team', fingerprint, reason: 'until May', createdBy: 'ann' };
  server.ledger.service.ignores.add({ ...ignore, expiresAt: Date.now() - 1 });
  expect(await scanned()).toMatchObject({ counted, aside: [] });
});
