import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTar, type TarFile, writeTar } from '../../../engine/run/bundle/tar.ts';
import type { StageflowEvent } from '../../../engine/event/index.ts';
import { newJobId, sha256Hex } from '../../../engine/kernel/index.ts';
import { specOf } from '../../conformance/events.ts';
import { allOf } from './all-of.ts';
import { startTestServer, type TestServer } from './harness.ts';

interface Part {
  readonly name: string;
  readonly bytes: Buffer;
}

let here: TestServer;
let there: TestServer;
let id: string;
let bundle: Buffer;
let parts: readonly Part[];
const tokens = { here: '', there: '' };

beforeAll(async () => {
  [here, there] = await Promise.all([startTestServer(), startTestServer()]);
  tokens.here = here.token(['submit', 'read']);
  tokens.there = there.token(['submit', 'read'], 'laptop');
  const body = { urls: ['https://shop.example/'], modules: ['seo'] };
  const made = await here.call(tokens.here, 'POST', '/api/v1/jobs/url', body);
  id = ((await made.json()) as { id: string }).id;
  await here.engine.ended(id);
  const answer = await here.call(tokens.here, 'GET', `/api/v1/jobs/${id}/export`);
  bundle = Buffer.from(await answer.arrayBuffer());
  parts = await unpack(bundle);
}, 120_000);
afterAll(() => Promise.all([here.close(), there.close()]));

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function unpack(bytes: Buffer): Promise<Part[]> {
  const files: Part[] = [];
  for await (const file of readTar(once(bytes))) {
    files.push({ name: file.name, bytes: Buffer.concat(await allOf(file.body)) });
  }
  return files;
}

async function pack(files: readonly Part[]): Promise<Buffer> {
  async function* all(): AsyncGenerator<TarFile> {
    for (const { name, bytes } of files) yield { name, size: bytes.length, body: once(bytes) };
  }
  return Buffer.concat(await allOf(writeTar(all())));
}

/** The bundle with one part changed, and the list of contents made to agree with it, as a forger would. */
async function forged(change: (part: Part) => Part | null): Promise<Buffer> {
  const changed = parts.flatMap((part) => change(part) ?? []);
  const manifest = JSON.parse(parts.at(-1)?.bytes.toString() ?? '') as { objects: { bucket: string; key: string }[] };
  const events = changed.find(({ name }) => name === 'events.jsonl')?.bytes ?? Buffer.alloc(0);
  const objects = changed.flatMap(({ name, bytes }) => {
    const [, bucket, key] = /^objects\/([^/]+)\/(.*)$/.exec(name) ?? [];
    return key === undefined ? [] : [{ bucket, key, size: bytes.length, sha256: sha256Hex(bytes) }];
  });
  const lines = events.toString().split('\n').length - 1;
  const text = JSON.stringify({ ...manifest, events: lines, eventsSha256: sha256Hex(events), objects });
  return pack([...changed.slice(0, -1), { name: 'manifest.json', bytes: Buffer.from(text) }]);
}

const take = (bytes: Uint8Array, server = there, token = tokens.there) =>
  server.call(token, 'POST', '/api/v1/jobs/import', bytes, { 'content-type': 'application/x-tar' });

/** Nothing of the job is there: no row, no object, nothing waiting to be published. */
async function assertNothing(): Promise<void> {
  expect(there.ledger.job(id)).toBeNull();
  expect(await allOf(there.engine.store.list('scanner-artifacts', `${id}/`))).toEqual([]);
  expect(await allOf(there.engine.store.list('scanner-staging', 'staging/'))).toEqual([]);
  expect(there.ledger.service.intakes.list()).toEqual([]);
}

const edit = (name: string, change: (text: string) => string) =>
  forged((part) => (part.name === name ? { name, bytes: Buffer.from(change(part.bytes.toString())) } : part));
const rename = (from: RegExp, to: string) =>
  forged((part) => (from.test(part.name) ? { ...part, name: part.name.replace(from, to) } : part));

describe('a bundle that was tampered with is refused, and nothing stays of it:', () => {
  const cases: Record<string, () => Promise<Buffer>> = {
    'a flipped byte in an object': async () => {
      const at = bundle.indexOf('"contractVersion"');
      const bytes = Buffer.from(bundle);
      bytes[at + 2] = (bytes[at + 2] ?? 0) ^ 1;
      return bytes;
    },
    'another object that its history does not name': () =>
      pack(parts.map((part) => (part.name.endsWith('/results.json') ? { ...part, bytes: Buffer.from('{}') } : part))),
    'cut in the middle': async () => bundle.subarray(0, Math.floor(bundle.length / 2)),
    'without its list of contents': () => pack(parts.slice(0, -1)),
    'an object left out': () => pack(parts.filter(({ name }) => !name.endsWith('report.html'))),
    'the history left out': () => pack(parts.filter(({ name }) => name !== 'events.jsonl')),
    'no tar archive': async () => Buffer.from('PK\x03\x04'.repeat(500), 'latin1'),
    'an object outside of its job': () =>
      rename(/^objects\/scanner-artifacts\/[^/]+\//, 'objects/scanner-artifacts/01aaaaaaaaaaaaaaaaaaaaaaaa/'),
    'an object with a path that climbs': () => rename(/report\.json$/, '../../../x.json'),
    'an object in a bucket that is none': () => rename(/^objects\/scanner-artifacts/, 'objects/etc'),
    'something after its list of contents': () => pack([...parts, { name: 'more', bytes: Buffer.from('x') }]),
    'a job id that is a path': () => edit('job.json', (text) => text.replace(id, '../../../../../../etc/pass')),
    'a history of another job': () =>
      edit('events.jsonl', (text) => text.replaceAll(`"jobId":"${id}"`, '"jobId":"01aaaaaaaaaaaaaaaaaaaaaaaa"')),
    'a history with a hole': () => edit('events.jsonl', (text) => text.split('\n').toSpliced(3, 1).join('\n')),
    'a history that does not end': () =>
      edit('events.jsonl', (text) => `${text.trimEnd().split('\n').slice(0, 3).join('\n')}\n`),
    'a history that names what is not its own': () =>
      edit('events.jsonl', (text) => text.replaceAll(`"key":"${id}/`, '"key":"01aaaaaaaaaaaaaaaaaaaaaaaa/')),
    'a history whose objects have other hashes': () =>
      edit('events.jsonl', (text) => text.replace(/"sha256":"[0-9a-f]{8}/g, '"sha256":"00000000')),
    'an event from the future': () => edit('events.jsonl', (text) => text.replace('"version":1', '"version":99')),
    'events that are none': () => edit('events.jsonl', () => '{"__proto__":{"x":1}}\n'),
    'a symbolic link': async () => {
      const bytes = Buffer.from(bundle);
      bytes.write('2', 156, 'latin1');
      const sum = bytes.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
      bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
      return bytes;
    },
  };
  it.each(Object.keys(cases))('%s', async (name) => {
    const answer = await take((await cases[name]?.()) ?? Buffer.alloc(0));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'bundle_refused' });
    await assertNothing();
  });

  it('at any length it is cut to', async () => {
    for (let cut = 0; cut < bundle.length - 1024; cut += Math.ceil(bundle.length / 40)) {
      expect((await take(bundle.subarray(0, cut))).status).toBe(422);
    }
    await assertNothing();
  });
});

describe('a whole bundle', () => {
  it('becomes the same job on another machine, owned by whoever brought it, and nothing is published', async () => {
    const before = there.ledger.outbox(1000).length;
    const heard: unknown[] = [];
    const stop = there.ledger.onCommit((events) => heard.push(...events));
    const answer = await take(bundle);
    stop();
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ id, state: 'DONE' });
    expect(there.ledger.events(id)).toEqual(here.ledger.events(id));
    expect(there.ledger.cells(id)).toEqual(here.ledger.cells(id));
    expect(there.engine.view(id)).toEqual(here.engine.view(id));
    expect(there.ledger.service.owners.tenantOf(id)).toBe('laptop');
    expect([heard, there.ledger.outbox(1000).length]).toEqual([[], before]);
    const text = async (server: TestServer, token: string) =>
      (await server.call(token, 'GET', `/api/v1/jobs/${id}/report`)).text();
    expect(await text(there, tokens.there)).toBe(await text(here, tokens.here));
    const again = await there.call(tokens.there, 'GET', `/api/v1/jobs/${id}/export`);
    expect(Buffer.from(await again.arrayBuffer()).equals(bundle)).toBe(true);
  });

  it('sent again under its Idempotency-Key gets the first answer; another one under it is refused', async () => {
    const third = await startTestServer();
    try {
      const token = third.token(['submit', 'read']);
      const send = (bytes: Uint8Array) =>
        third.call(token, 'POST', '/api/v1/jobs/import', bytes, {
          'content-type': 'application/x-tar',
          'idempotency-key': 'move',
        });
      const first = await (await send(bundle)).text();
      const again = await send(bundle);
      expect([again.status, await again.text()]).toEqual([201, first]);
      expect((await send(Buffer.concat([bundle, Buffer.alloc(512)]))).status).toBe(422);
    } finally {
      await third.close();
    }
  });

  it('is taken in while another sender takes its time, and what a sender that leaves had sent is gone', async () => {
    const third = await startTestServer();
    try {
      let leave = () => {};
      const slow = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(new Uint8Array(bundle.subarray(0, 700)));
          leave = () => controller.error(new Error('gone'));
        },
      });
      const token = third.token(['submit', 'read'], 'slow');
      const type = { 'content-type': 'application/x-tar' };
      const waiting = third.call(token, 'POST', '/api/v1/jobs/import', slow, type);
      await expect.poll(() => third.ledger.service.intakes.list()).toHaveLength(1);
      expect((await take(bundle, third, third.token(['submit'], 'quick'))).status).toBe(201);
      leave();
      expect(await (await waiting).json()).toMatchObject({ code: 'body_broken' });
      expect(third.ledger.service.intakes.list()).toEqual([]);
      const left = (await allOf(third.engine.store.list('scanner-staging', 'staging/'))).map(({ key }) => key);
      expect(left.filter((key) => key.endsWith('.tar'))).toEqual([]);
    } finally {
      await third.close();
    }
  });

  it('whose server dies between the job and the answer is answered when it is sent again, and is there once', async () => {
    const third = await startTestServer();
    try {
      const token = third.token(['submit', 'read']);
      const send = () =>
        third.call(token, 'POST', '/api/v1/jobs/import', bundle, {
          'content-type': 'application/x-tar',
          'idempotency-key': 'dies',
        });
      // The commit goes through and nothing after it: what a kill at that line leaves. Then the next life starts.
      const { importJob } = third.ledger;
      Object.assign(third.ledger, {
        importJob: (job: Parameters<typeof importJob>[0]) => {
          importJob(job);
          throw new Error('killed');
        },
      });
      expect((await send()).status).toBe(500);
      Object.assign(third.ledger, { importJob });
      third.ledger.service.idempotency.releaseAll();
      await third.engine.sweepIntakes();
      const again = await send();
      expect([again.status, again.headers.get('location')]).toEqual([201, `/api/v1/jobs/${id}`]);
      expect(await again.json()).toEqual({ id, state: 'DONE', sha256: sha256Hex(bundle), notes: [] });
      const report = await third.call(token, 'GET', `/api/v1/jobs/${id}/report`);
      expect(report.status).toBe(200);
      await report.body?.cancel();
      expect(third.ledger.service.intakes.list()).toEqual([]);
    } finally {
      await third.close();
    }
  });

  it('of a job that is there already is 409 and touches nothing', async () => {
    const answer = await take(bundle, here, tokens.here);
    expect(await answer.json()).toMatchObject({ status: 409, code: 'job_exists' });
    const stranger = here.token(['submit', 'read'], 'stranger');
    expect((await take(await edit('events.jsonl', () => 'x\n'), here, stranger)).status).toBe(409);
    expect((await here.call(tokens.here, 'HEAD', `/api/v1/jobs/${id}/report`)).status).toBe(200);
  });

  it.each([
    ['leave its pod', '"isolation":"pod"', '"isolation":"process"', 400],
    ['scan a private address', '"urls":["https://shop.example/"]', '"urls":["http://127.0.0.1/"]', 400],
    ['open private addresses', '"allowHosts":[]', '"allowHosts":["127.0.0.1:80"]', 403],
    ['take all memory', /"memoryMiB":\d+/, '"memoryMiB":1000000', 400],
    ['run for years', /"jobSeconds":\d+/, '"jobSeconds":900000000', 400],
    ['stay on a page for years', /"pageSeconds":\d+/, '"pageSeconds":900000000', 400],
    ['bring modules of its own', '"modules":[{"id":"seo"', '"modules":[{"id":"own"', 400],
  ])('goes on as a new job by the rules of this server: it may not %s', async (_, from, to, status) => {
    const evil = await edit('events.jsonl', (text) => text.replace(from, to));
    const third = await startTestServer();
    try {
      const token = third.token(['submit', 'read']);
      expect((await take(evil, third, token)).status).toBe(201);
      const answer = await third.call(token, 'POST', `/api/v1/jobs/${id}/retry`, {});
      expect(answer.status).toBe(status);
      expect(third.ledger.jobs()).toHaveLength(1);
    } finally {
      await third.close();
    }
  });

  it('cannot reach the archive of another tenant', async () => {
    const frozen = await startTestServer({ pods: 'frozen' });
    try {
      const victim = frozen.token(['submit'], 'victim');
      const zip = Buffer.from('PK\x03\x04 their build', 'latin1');
      const theirs = await frozen.call(victim, 'POST', '/api/v1/jobs/zip', zip, { 'content-type': 'application/zip' });
      const { source } = frozen.ledger.job(((await theirs.json()) as { id: string }).id)?.spec ?? specOf('zip');
      const jobId = newJobId(Date.now());
      const common = { time: 1, jobId, attempt: 1, cause: null, version: 1 };
      const failure = { code: 'cancelled', sentence: 'x', about: null };
      const spec = { ...specOf('zip'), source };
      const events: StageflowEvent[] = [
        { ...common, id: `${jobId}:1`, seq: 1, type: 'jobs.events.created', data: { spec } },
        { ...common, id: `${jobId}:2`, seq: 2, type: 'jobs.events.failed', data: { failure, report: null } },
      ];
      frozen.ledger.importJob({ id: jobId, parent: null, owner: 'team', events });
      const answer = await frozen.call(frozen.token(['submit']), 'POST', `/api/v1/jobs/${jobId}/retry`, {});
      expect(await answer.json()).toMatchObject({ status: 410, code: 'input_expired' });
    } finally {
      await frozen.close();
    }
  });

  it('cannot take the place of an event that another job has yet to record', async () => {
    const frozen = await startTestServer({ pods: 'frozen' });
    try {
      const made = await frozen.call(frozen.token(['submit'], 'victim'), 'POST', '/api/v1/jobs/url', {
        urls: ['https://a.example/'],
      });
      const { id: victim } = (await made.json()) as { id: string };
      const jobId = newJobId(Date.now());
      const common = { time: 1, jobId, attempt: 1, cause: null, version: 1 };
      const failure = { code: 'cancelled', sentence: 'x', about: null };
      const events: StageflowEvent[] = [
        { ...common, id: `${jobId}:1`, seq: 1, type: 'jobs.events.created', data: { spec: specOf('urls') } },
        {
          ...common,
          id: `${victim}:jobs.events.failed:`,
          seq: 2,
          type: 'jobs.events.failed',
          data: { failure, report: null },
        },
      ];
      const importing = () => frozen.ledger.importJob({ id: jobId, parent: null, owner: 'team', events });
      expect(importing).toThrow(expect.objectContaining({ code: 'bundle_refused' }));
      await frozen.engine.cancel(victim);
      expect(frozen.ledger.job(victim)?.state).toBe('FAILED');
    } finally {
      await frozen.close();
    }
  });

  it('cannot be made of a job that runs', async () => {
    const frozen = await startTestServer({ pods: 'frozen' });
    try {
      const token = frozen.token(['submit', 'read']);
      const made = await frozen.call(token, 'POST', '/api/v1/jobs/url', { urls: ['https://a.example/'] });
      const answer = await frozen.call(token, 'GET', `${made.headers.get('location')}/export`);
      expect(answer.status).toBe(409);
    } finally {
      await frozen.close();
    }
  });
});
