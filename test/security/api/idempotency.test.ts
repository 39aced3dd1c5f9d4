import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StageflowError } from '../../../engine/kernel/index.ts';
import { specOf } from '../../conformance/events.ts';
import { startTestServer, type TestServer } from '../../integration/server/harness.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer({ pods: 'frozen', config: { queuedJobs: 20 } });
  token = server.token(['submit', 'read']);
});
afterAll(() => server.close());

const job = { urls: ['https://a.example/'], modules: ['seo'] };
const zip = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(100)]);
const submit = (key: string, body: object = job, as = token) =>
  server.call(as, 'POST', '/api/v1/jobs/url', body, { 'idempotency-key': key });
const send = (key: string, bytes: Uint8Array) =>
  server.call(token, 'POST', '/api/v1/jobs/zip', bytes, { 'idempotency-key': key, 'content-type': 'application/zip' });
const jobs = () => server.ledger.jobs().length;

it('A9 a request repeated 100 times at once makes one job, and each answer is the first one or says to wait', async () => {
  const before = jobs();
  const answers = await Promise.all(Array.from({ length: 100 }, () => submit('a9')));
  expect(jobs()).toBe(before + 1);
  const accepted = answers.filter(({ status }) => status === 202);
  const waiting = answers.filter(({ status }) => status === 409);
  expect(accepted.length + waiting.length).toBe(100);
  const bodies = new Set(await Promise.all(accepted.map((answer) => answer.text())));
  expect(bodies.size).toBe(1);
  const later = await submit('a9');
  expect([later.status, later.headers.get('idempotency-replayed')]).toEqual([202, 'true']);
  expect(later.headers.get('location')).toBe(accepted[0]?.headers.get('location'));
  expect(bodies).toContain(await later.text());
});

it('A9 an archive repeated at once makes one job', async () => {
  const before = jobs();
  const answers = await Promise.all(Array.from({ length: 20 }, () => send('zip', zip)));
  expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
  expect(jobs()).toBe(before + 1);
  expect((await send('zip', zip)).status).toBe(202);
  expect((await send('zip', Buffer.concat([zip, zip]))).status).toBe(422);
  expect(jobs()).toBe(before + 1);
});

it('a key with another body, or at another address, is refused', async () => {
  expect((await submit('reused')).status).toBe(202);
  expect((await submit('reused', { ...job, device: 'mobile' })).status).toBe(422);
  const elsewhere = await server.call(token, 'POST', '/api/v1/ignores', job, { 'idempotency-key': 'reused' });
  expect(elsewhere.status).toBe(422);
});

it('keys of two tenants do not meet', async () => {
  const other = server.token(['submit'], 'other');
  const [mine, theirs] = [await submit('shared'), await submit('shared', job, other)];
  expect(mine.headers.get('location')).not.toBe(theirs.headers.get('location'));
});

it('a refusal is repeated as it was; a server that could not is asked anew', async () => {
  const bad = { urls: ['http://127.0.0.1/'] };
  const first = await (await submit('bad', bad)).json();
  expect(await (await submit('bad', bad)).json()).toEqual(first);

  const { createJob } = server.ledger;
  Object.assign(server.ledger, {
    createJob: () => {
      throw new Error('no');
    },
  });
  expect((await submit('broken')).status).toBe(500);
  Object.assign(server.ledger, { createJob });
  expect((await submit('broken')).status).toBe(202);
});

describe('a server that dies between storing a job and answering', () => {
  /** The commit goes through and nothing after it: what a kill at that line leaves. Then the next life starts. */
  const dieAfterTheCommit = async (request: () => Promise<Response>) => {
    const { createJob } = server.ledger;
    Object.assign(server.ledger, {
      createJob: (job: Parameters<typeof createJob>[0]) => {
        createJob(job);
        throw new Error('killed');
      },
    });
    await request();
    Object.assign(server.ledger, { createJob });
    server.ledger.service.idempotency.releaseAll();
  };
  const ended = async () => {
    const id = server.engine.submit({ spec: specOf('urls'), owner: 'team' });
    await server.engine.cancel(id);
    return id;
  };
  it.each([
    ['addresses', async () => () => submit('dies-url')],
    ['an archive', async () => () => send('dies-zip', zip)],
    [
      'a job to be tried again',
      async () => {
        const parent = await ended();
        return () =>
          server.call(token, 'POST', `/api/v1/jobs/${parent}/retry`, {}, { 'idempotency-key': 'dies-retry' });
      },
    ],
    [
      'a cell to be tried again',
      async () => {
        const parent = await ended();
        const path = `/api/v1/jobs/${parent}/cells/_site/seo/retry`;
        return () => server.call(token, 'POST', path, {}, { 'idempotency-key': 'dies-cell' });
      },
    ],
  ])('answers the repetition with that job: %s', async (_what, prepare) => {
    const request = await prepare();
    const before = jobs();
    await dieAfterTheCommit(request);
    expect(jobs()).toBe(before + 1);
    const made = server.ledger.jobs()[0]?.id;
    const again = await request();
    expect([again.status, again.headers.get('location')]).toEqual([202, `/api/v1/jobs/${made}`]);
    expect(await again.json()).toMatchObject({ id: made, state: 'PENDING' });
    expect((await request()).headers.get('idempotency-replayed')).toBe('true');
    expect(jobs()).toBe(before + 1);
  });

  it('makes the job when the commit itself did not go through', async () => {
    const before = jobs();
    const { createJob } = server.ledger;
    Object.assign(server.ledger, {
      createJob: () => {
        throw new Error('killed');
      },
    });
    await submit('dies-before');
    Object.assign(server.ledger, { createJob });
    server.ledger.service.idempotency.releaseAll();
    expect(jobs()).toBe(before);
    expect((await submit('dies-before')).status).toBe(202);
    expect(jobs()).toBe(before + 1);
  });
});

describe('what is made with a secret in its answer', () => {
  let admin: string;
  let shared: string;
  beforeAll(async () => {
    admin = server.token(['admin']);
    shared = server.engine.submit({ spec: specOf('urls'), owner: 'team' });
    await server.engine.cancel(shared);
    await server.engine.ended(shared);
    await server.engine.store.put('scanner-artifacts', `${shared}/report.json`, Buffer.from('{}'));
  });
  const things = {
    'a token': {
      path: () => '/api/v1/tokens',
      body: { name: 'ci', scopes: ['read'] },
      count: () => server.ledger.service.tokens.list().length,
      secret: (answer: Record<string, unknown>) => String(answer['text']),
    },
    'a webhook': {
      path: () => '/api/v1/webhooks',
      body: { url: 'https://hooks.example/in' },
      count: () => server.ledger.service.webhooks.list(null).length,
      secret: (answer: Record<string, unknown>) => String(answer['secret']),
    },
    'a share': {
      path: () => `/api/v1/jobs/${shared}/shares`,
      body: { kind: 'link' },
      count: () => server.ledger.service.shares.ofJob(shared).length,
      secret: (answer: Record<string, unknown>) => String(answer['url']).replace(/^.*\/s\//, ''),
    },
  } as const;
  type Thing = keyof typeof things;
  const names = Object.keys(things) as Thing[];
  const keyOf = (of: string, thing: Thing) => `${of}-${thing.replace(' ', '-')}`;
  const make = (thing: Thing, key: string, as = admin) =>
    server.call(as, 'POST', things[thing].path(), things[thing].body, { 'idempotency-key': key });
  /** All that the ledger was given to keep while `work` ran. */
  const keptDuring = async (work: () => Promise<unknown>) => {
    const { idempotency } = server.ledger.service;
    const { answer } = idempotency;
    const kept: string[] = [];
    Object.assign(idempotency, {
      answer: (row: Parameters<typeof answer>[0]) => {
        kept.push(JSON.stringify(row));
        answer(row);
      },
    });
    await work();
    Object.assign(idempotency, { answer });
    return kept.join();
  };

  it.each(names)(
    '%s is made once, and its repetition tells the same secret, which is kept nowhere in clear',
    async (thing) => {
      const before = things[thing].count();
      let first = '';
      const kept = await keptDuring(async () => {
        const answer = await make(thing, keyOf('once', thing));
        expect(answer.status).toBe(201);
        first = await answer.text();
      });
      const again = await make(thing, keyOf('once', thing));
      expect([again.status, await again.text(), again.headers.get('cache-control')]).toEqual([201, first, 'no-store']);
      expect(things[thing].count()).toBe(before + 1);
      const secret = things[thing].secret(JSON.parse(first) as Record<string, unknown>);
      expect(secret.length).toBeGreaterThan(20);
      expect(kept).toContain('sealed:');
      expect(kept).not.toContain(secret);
      expect(kept).not.toContain(keyOf('once', thing));
    },
  );

  it.each(names)(
    '%s that was made when the server died is told by the repetition, and no second one is made',
    async (thing) => {
      const { service } = server.ledger;
      const { inOne } = service;
      const before = things[thing].count();
      Object.assign(service, {
        inOne: <T>(work: () => T): T => {
          inOne(work);
          throw new Error('killed');
        },
      });
      expect((await make(thing, keyOf('dies', thing))).status).toBe(500);
      Object.assign(service, { inOne });
      service.idempotency.releaseAll();
      expect(things[thing].count()).toBe(before + 1);
      const again = await make(thing, keyOf('dies', thing));
      expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
      expect(things[thing].secret((await again.json()) as Record<string, unknown>).length).toBeGreaterThan(20);
      expect(things[thing].count()).toBe(before + 1);
    },
  );

  it.each(names)('%s is told to nobody else who uses the same key', async (thing) => {
    expect((await make(thing, keyOf('mine', thing))).status).toBe(201);
    const other = await make(thing, keyOf('mine', thing), server.token(['admin']));
    expect([other.status, await other.json()]).toMatchObject([422, { code: 'idempotency_reused' }]);
  });

  it('is not made when its answer cannot be kept', async () => {
    const { idempotency } = server.ledger.service;
    const { answer } = idempotency;
    const before = things['a token'].count();
    Object.assign(idempotency, {
      answer: () => {
        throw new StageflowError('disk_full', { path: 'the ledger' });
      },
    });
    expect((await make('a token', 'full')).status).toBe(507);
    Object.assign(idempotency, { answer });
    expect(things['a token'].count()).toBe(before);
    expect((await make('a token', 'full')).status).toBe(201);
  });
});

it('a key that is no printable text is refused', async () => {
  expect((await submit('x'.repeat(256))).status).toBe(400);
});
