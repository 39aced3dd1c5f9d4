import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Report } from '../../../engine/report/index.ts';
import { allOf } from './all-of.ts';
import { startTestServer, type TestServer } from './harness.ts';

let server: TestServer;
let token: string;
let id: string;

interface Page {
  readonly jobs: { id: string; state: string; source: string; totals: object }[];
  readonly next: string | null;
}
const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;

/** Submits addresses and returns the job's id. */
async function submit(body: object = {}, headers: Record<string, string> = {}): Promise<string> {
  const answer = await server.call(
    token,
    'POST',
    '/api/v1/jobs/url',
    { urls: ['https://shop.example/'], modules: ['seo'], ...body },
    headers,
  );
  expect(answer.status).toBe(202);
  return (await json<{ id: string }>(answer)).id;
}

beforeAll(async () => {
  server = await startTestServer();
  token = server.token(['submit', 'read']);
  id = await submit({ label: 'nightly' });
  await server.engine.ended(id);
}, 120_000);
afterAll(() => server.close());

describe('a job over HTTP', () => {
  it('is accepted with its address, belongs to the tenant at once, and runs to its end', async () => {
    const answer = await server.call(token, 'POST', '/api/v1/jobs/url', {
      urls: ['shop.example', 'https://shop.example/#top'],
      mode: 'list',
      modules: ['seo'],
    });
    const accepted = await json<{ id: string; notes: string[] }>(answer);
    expect(answer.headers.get('location')).toBe(`/api/v1/jobs/${accepted.id}`);
    expect(accepted.notes).toHaveLength(3);
    expect(server.ledger.service.owners.tenantOf(accepted.id)).toBe('team');
    expect((await server.engine.ended(accepted.id)).state).toBe('DONE');
  });

  it('is shown with its pages, cells and totals', async () => {
    const job = await json<{ state: string; pages: { cells: unknown[] }[]; paused: boolean }>(
      await server.call(token, 'GET', `/api/v1/jobs/${id}`),
    );
    expect(job).toMatchObject({ state: 'DONE', paused: false, spec: { label: 'nightly' } });
    expect(job.pages.length).toBeGreaterThan(1);
    expect(job.pages.every((page) => page.cells.length > 0)).toBe(true);
  });

  it('gives its events page by page, each once and in order', async () => {
    const seqs: number[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: { events: { seq: number; jobId: string }[]; next: number | null } = await json(
        await server.call(token, 'GET', `/api/v1/jobs/${id}/events?after=${after}&limit=3`),
      );
      expect(page.events.length).toBeLessThanOrEqual(3);
      seqs.push(...page.events.map((event) => event.seq));
      after = page.next;
    }
    expect(seqs).toEqual(server.ledger.events(id).map((event) => event.seq));
  });

  it.each([
    ['json', 'application/json', '"contractVersion"'],
    ['html', 'text/html', '<!doctype html>'],
    ['sarif', 'application/sarif+json', 'sarif'],
    ['junit', 'application/xml', '<testsuites'],
    ['csv', 'text/csv', ','],
    ['md', 'text/markdown', '#'],
    ['gitlab', 'application/json', '['],
    ['zip', 'application/zip', 'report.html'],
  ])('gives its report as %s', async (format, type, part) => {
    const answer = await server.call(token, 'GET', `/api/v1/jobs/${id}/report?format=${format}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain(type);
    expect((await answer.text()).toLowerCase()).toContain(part.toLowerCase());
  });

  it('gives the report of the contract when no form is named, and refuses an unknown form', async () => {
    const report = Report.parse(await (await server.call(token, 'GET', `/api/v1/jobs/${id}/report`)).json());
    expect(report.job.id).toBe(id);
    expect((await server.call(token, 'GET', `/api/v1/jobs/${id}/report?format=exe`)).status).toBe(400);
  });

  it('lists its objects page by page and gives each, whole or in part', async () => {
    const paths: string[] = [];
    let next: string | null = `/api/v1/jobs/${id}/artifacts?limit=2`;
    while (next !== null) {
      const answer: Response = await server.call(token, 'GET', next);
      paths.push(...(await json<{ artifacts: { path: string }[] }>(answer)).artifacts.map(({ path }) => path));
      next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(paths).toContain('report.json');
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) {
      const object = await server.call(token, 'GET', `/api/v1/jobs/${id}/artifacts/${path}`);
      expect(object.status).toBe(200);
      expect(String((await object.arrayBuffer()).byteLength)).toBe(object.headers.get('content-length'));
      const head = await server.call(token, 'HEAD', `/api/v1/jobs/${id}/artifacts/${path}`);
      expect([head.status, head.headers.get('content-length')]).toEqual([200, object.headers.get('content-length')]);
    }
    const whole = await (await server.call(token, 'GET', `/api/v1/jobs/${id}/artifacts/report.json`)).text();
    const part = await server.call(token, 'GET', `/api/v1/jobs/${id}/artifacts/report.json`, undefined, {
      range: 'bytes=2-11',
    });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 2-11/${Buffer.byteLength(whole)}`);
    expect(await part.text()).toBe(whole.slice(2, 12));
    const beyond = { range: `bytes=${Buffer.byteLength(whole)}-` };
    expect(
      (await server.call(token, 'GET', `/api/v1/jobs/${id}/artifacts/report.json`, undefined, beyond)).status,
    ).toBe(416);
  });

  it('says that there is no report while there is none', async () => {
    const frozen = await startTestServer({ pods: 'frozen' });
    try {
      const own = frozen.token(['submit', 'read']);
      const made = await frozen.call(own, 'POST', '/api/v1/jobs/url', { urls: ['https://a.example/'] });
      const address = made.headers.get('location') ?? '';
      const answer = await frozen.call(own, 'GET', `${address}/report`);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: 'no_report' });
      expect((await frozen.call(own, 'DELETE', address)).status).toBe(409);

      expect((await frozen.call(own, 'POST', `${address}/cancel`)).status).toBe(200);
      expect(await (await frozen.call(own, 'GET', address)).json()).toMatchObject({
        state: 'FAILED',
        failure: { code: 'cancelled' },
      });
      expect((await frozen.call(own, 'POST', `${address}/pause`)).status).toBe(409);
      const again = await frozen.call(own, 'POST', `${address}/retry`, {});
      expect(again.status).toBe(202);
      const child = (await json<{ id: string }>(again)).id;
      expect(frozen.ledger.job(child)?.parent).toBe(address.split('/').at(-1));
      expect(frozen.ledger.service.owners.tenantOf(child)).toBe('team');
    } finally {
      await frozen.close();
    }
  });

  it('rests while it is paused and goes on when it is resumed', async () => {
    const frozen = await startTestServer({ pods: 'frozen' });
    try {
      const own = frozen.token(['submit', 'read']);
      const made = await frozen.call(own, 'POST', '/api/v1/jobs/url', { urls: ['https://a.example/'] });
      const address = made.headers.get('location') ?? '';
      expect(await (await frozen.call(own, 'POST', `${address}/pause`)).json()).toMatchObject({ paused: true });
      expect(await (await frozen.call(own, 'GET', address)).json()).toMatchObject({ paused: true });
      expect(await (await frozen.call(own, 'POST', `${address}/resume`)).json()).toMatchObject({ paused: false });
    } finally {
      await frozen.close();
    }
  });

  it('has one cell scanned again by a new job', async () => {
    const page = server.ledger.cells(id).find((cell) => cell.pageId !== '_site')?.pageId ?? '';
    const made = await server.call(token, 'POST', `/api/v1/jobs/${id}/cells/${page}/seo/retry`, {});
    expect(made.status).toBe(202);
    const child = (await json<{ id: string }>(made)).id;
    expect((await server.engine.ended(child)).state).toBe('DONE');
    const nowhere = await server.call(token, 'POST', `/api/v1/jobs/${id}/cells/p0000000000000000/seo/retry`, {});
    expect(nowhere.status).toBe(404);
  });
});

describe('the list of jobs', () => {
  it('goes back page by page, newest first, and sees only the own tenant', async () => {
    const other = server.token(['submit', 'read'], 'elsewhere');
    const made = new Set<string>();
    for (let n = 0; n < 5; n += 1) {
      const body = { urls: ['https://list.example/'], modules: ['seo'], mode: 'list' };
      made.add((await json<{ id: string }>(await server.call(other, 'POST', '/api/v1/jobs/url', body))).id);
    }
    const seen: string[] = [];
    let next: string | null = '/api/v1/jobs?limit=2';
    while (next !== null) {
      const answer: Response = await server.call(other, 'GET', next);
      const page: Page = await json(answer);
      seen.push(...page.jobs.map((job) => job.id));
      next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
      expect(next === null).toBe(page.next === null);
    }
    expect(seen).toEqual([...made].toSorted().toReversed());
    for (const jobId of made) await server.engine.ended(jobId);
    const admin: Page = await json(await server.call(server.token(['admin']), 'GET', '/api/v1/jobs?limit=200'));
    expect(admin.jobs.map((job) => job.id)).toEqual(expect.arrayContaining([id, ...made]));
  });

  it('filters by state', async () => {
    const done: Page = await json(await server.call(token, 'GET', '/api/v1/jobs?state=DONE,FAILED'));
    expect(done.jobs.map((job) => job.id)).toContain(id);
    const scanning: Page = await json(await server.call(token, 'GET', '/api/v1/jobs?state=EXTRACTING'));
    expect(scanning.jobs).toEqual([]);
  });

  it.each(['limit=0', 'limit=201', 'state=LOST', 'cursor=abc'])('refuses %s', async (query) => {
    expect((await server.call(token, 'GET', `/api/v1/jobs?${query}`)).status).toBe(400);
  });
});

describe('two jobs', () => {
  it('are compared by cause, and what makes them differ is said', async () => {
    const same = await submit();
    const other = await submit({ device: 'mobile' });
    await server.engine.ended(same);
    await server.engine.ended(other);
    const compare = async (b: string) =>
      json<Record<string, unknown[]>>(await server.call(token, 'GET', `/api/v1/compare?a=${id}&b=${b}`));
    expect(await compare(same)).toMatchObject({ comparable: true, reasons: [], new: [], fixed: [] });
    expect(await compare(other)).toMatchObject({
      comparable: false,
      reasons: expect.arrayContaining([expect.stringContaining('devices')]),
    });
    const stranger = server.token(['read'], 'stranger');
    expect((await server.call(stranger, 'GET', `/api/v1/compare?a=${id}&b=${same}`)).status).toBe(404);
  });
});

describe('findings that were set aside', () => {
  it('are listed until they expire or are taken back, for their own tenant', async () => {
    const made = await server.call(token, 'POST', '/api/v1/ignores', {
      fingerprint: 'f'.repeat(16),
      reason: 'by design',
    });
    expect(made.status).toBe(201);
    const ignore = await json<{ id: string; owner: string }>(made);
    expect(ignore).toMatchObject({ owner: 'test', reason: 'by design', expiresAt: null });
    const stranger = server.token(['submit', 'read'], 'stranger');
    const list = async (as: string) =>
      (await json<{ ignores: { id: string }[] }>(await server.call(as, 'GET', '/api/v1/ignores'))).ignores;
    expect(await list(token)).toHaveLength(1);
    expect(await list(stranger)).toEqual([]);
    expect((await server.call(stranger, 'DELETE', `/api/v1/ignores/${ignore.id}`)).status).toBe(404);
    expect((await server.call(token, 'DELETE', `/api/v1/ignores/${ignore.id}`)).status).toBe(204);
    expect(await list(token)).toEqual([]);
    const past = { fingerprint: 'f'.repeat(16), reason: 'x', expiresAt: 1 };
    expect((await server.call(token, 'POST', '/api/v1/ignores', past)).status).toBe(400);
  });
});

describe('an ended job', () => {
  it('is removed with rows, objects and shares', async () => {
    const gone = await submit();
    await server.engine.ended(gone);
    server.ledger.service.shares.add(
      { id: 'sh1', jobId: gone, createdBy: 'x', expiresAt: Date.now() + 60_000, settings: '{}' },
      'hash',
    );
    expect((await server.call(token, 'DELETE', `/api/v1/jobs/${gone}`)).status).toBe(204);
    expect(server.ledger.job(gone)).toBeNull();
    expect(server.ledger.service.shares.byId('sh1')).toBeNull();
    expect(await allOf(server.engine.store.list('scanner-artifacts', `${gone}/`))).toEqual([]);
    expect((await server.call(token, 'GET', `/api/v1/jobs/${gone}`)).status).toBe(404);
  });
});

it('the document describes every route of the API', async () => {
  const document = await json<{ openapi: string; paths: Record<string, object> }>(
    await server.call('', 'GET', '/api/v1/openapi.json'),
  );
  expect(document.openapi).toBe('3.1.0');
  expect(document.paths['/api/v1/jobs/{id}/artifacts/{path}']).toHaveProperty('get');
  expect(document.paths['/api/v1/jobs/url']).toHaveProperty('post.x-scope', 'submit');
});

describe('A5 the jobs of one tenant', () => {
  const PATIENT = { timeout: 15_000 };

  it('run as many as one may have; further ones wait while the server has room, and start when one ends', async () => {
    const busy = await startTestServer({ pods: 'frozen', engine: { maxConcurrentJobs: 3, maxPerTenant: 1 } });
    try {
      const send = async (bearer: string) => {
        const answer = await busy.call(bearer, 'POST', '/api/v1/jobs/url', { urls: ['https://shop.example/'] });
        return (await json<{ id: string }>(answer)).id;
      };
      const team = busy.token(['submit', 'read']);
      const waits = async (job: string) => {
        const answer = await busy.call(team, 'GET', `/api/v1/jobs/${job}`);
        return (await json<{ waiting: boolean }>(answer)).waiting;
      };
      const first = await send(team);
      const state = (job: string) => () => busy.ledger.job(job)?.state;
      await expect.poll(state(first), PATIENT).toBe('READY_TO_SCAN');
      const second = await send(team);
      await expect.poll(() => waits(second), PATIENT).toBe(true);
      await expect.poll(state(await send(busy.token(['submit'], 'others'))), PATIENT).toBe('READY_TO_SCAN');
      expect(await waits(second)).toBe(true);
      await busy.engine.cancel(first);
      await expect.poll(state(second), PATIENT).toBe('READY_TO_SCAN');
    } finally {
      await busy.close();
    }
  });
});
