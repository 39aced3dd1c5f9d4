import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allOf } from './all-of.ts';
import { createApp } from '../../../server/app.ts';
import { startTestServer, type TestServer } from './harness.ts';

let server: TestServer;
let token: string;
beforeEach(async () => {
  server = await startTestServer({ pods: 'frozen' });
  token = server.token(['submit', 'read']);
});
afterEach(() => server.close());

const MIB = 2 ** 20;
const ZIP = { 'content-type': 'application/zip' };
const zip = (bytes = 200) => Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(bytes - 4, 7)]);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const staged = () => allOf(server.engine.store.list('scanner-staging', 'staging/'));
const send = (body: Uint8Array | ReadableStream, headers: Record<string, string> = {}, query = '?filename=dist.zip') =>
  server.call(token, 'POST', `/api/v1/jobs/zip${query}`, body, { ...ZIP, ...headers });

/** A body of `size` bytes made while it is read, an archive by its first bytes; `end` says how it ends. */
function streamed(size: number, end: 'well' | 'abort' = 'well'): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent >= size) {
          if (end === 'abort') controller.error(new TypeError('terminated'));
          else controller.close();
          return;
        }
        const chunk = new Uint8Array(Math.min(MIB, size - sent));
        if (sent === 0) chunk.set(zip(4));
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
}

describe('A6 an archive', () => {
  it('A6 is staged while it streams, with its hash, and its job is the tenant’s', async () => {
    const bytes = zip(300_000);
    const options = JSON.stringify({ modules: ['seo'], label: 'from CI' });
    const answer = await send(bytes, { 'x-stageflow-options': options });
    expect(answer.status).toBe(202);
    const { id, sha256: hash } = (await answer.json()) as { id: string; sha256: string };
    expect(hash).toBe(sha256(bytes));
    expect(server.ledger.job(id)?.spec).toMatchObject({
      label: 'from CI',
      source: { kind: 'zip', filename: 'dist.zip', bytes: bytes.length, stagingKey: `staging/${id}/dist.zip` },
    });
    expect(server.ledger.service.owners.tenantOf(id)).toBe('team');
  });

  it('A6 without a Content-Length is taken as it comes', async () => {
    expect((await send(streamed(3 * MIB))).status).toBe(202);
  });

  it('A6 of exactly 200 MiB is taken, of one byte more refused as 413, and nothing stays of it', async () => {
    expect((await send(streamed(200 * MIB + 1))).status).toBe(413);
    expect(await staged()).toEqual([]);
    expect((await send(streamed(200 * MIB))).status).toBe(202);
    expect((await staged()).map(({ size }) => size)).toEqual([200 * MIB]);
  });

  it('A6 that announces 201 MiB is refused before a byte of it is read', async () => {
    let asked = 0;
    const body = new ReadableStream<Uint8Array>({ pull: () => void (asked += 1) }, { highWaterMark: 0 });
    expect((await send(body, { 'content-length': String(201 * MIB) })).status).toBe(413);
    expect(asked).toBe(0);
  });

  it.each([
    ['fewer bytes than it announced', zip(), { 'content-length': '300' }],
    ['more bytes than it announced', zip(), { 'content-length': '100' }],
    ['a length that is no number', zip(), { 'content-length': '2e2' }],
    ['no bytes', new Uint8Array(), {}],
    ['something that is no archive', Buffer.from('<html></html>'), {}],
    ['options that are no JSON', zip(), { 'x-stageflow-options': '{' }],
    ['options that do not exist', zip(), { 'x-stageflow-options': '{"isolation":"process"}' }],
    ['a module that does not exist', zip(), { 'x-stageflow-options': '{"modules":["nope"]}' }],
  ])('A6 with %s is 400, and nothing stays of it', async (_, body, headers) => {
    const answer = await send(body, headers as Record<string, string>);
    expect(answer.status).toBe(400);
    expect(await staged()).toEqual([]);
    expect(server.ledger.jobs()).toEqual([]);
  });

  it.each(['text/html', 'multipart/form-data; boundary=x', 'application/octet-stream', ''])(
    'A6 of type %j is 415',
    async (type) => {
      expect((await send(zip(), { 'content-type': type })).status).toBe(415);
    },
  );

  it('A6 that breaks off at 99 % leaves nothing', async () => {
    const answer = await send(streamed(10 * MIB, 'abort'), { 'content-length': String(11 * MIB) });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'body_broken', detail: expect.stringContaining('broke off') });
    expect(await staged()).toEqual([]);
    expect(server.ledger.jobs()).toEqual([]);
  });

  it('A9 that breaks off under an Idempotency-Key may be sent again under it', async () => {
    const key = { 'idempotency-key': 'upload-1' };
    expect((await send(streamed(2 * MIB, 'abort'), { ...key, 'content-length': String(3 * MIB) })).status).toBe(400);
    expect((await send(zip(), key)).status).toBe(202);
    expect(server.ledger.jobs()).toHaveLength(1);
  });

  it('A6 whose job cannot be stored leaves nothing', async () => {
    const { createJob } = server.ledger;
    Object.assign(server.ledger, {
      createJob: () => {
        throw new Error('no');
      },
    });
    expect((await send(zip())).status).toBe(500);
    expect(await staged()).toEqual([]);
    Object.assign(server.ledger, { createJob });
  });
});

describe('L10 hostile names', () => {
  it.each([
    '../../../etc/passwd',
    '..%2f..%2fx.zip',
    'a/../../b.zip',
    'con.zip',
    '.hidden',
    'x\\..\\y.zip',
    '\u202egpj.zip',
    'a b\r\nX: y.zip',
  ])('L10 an archive called %j is kept under a plain name in its own folder', async (name) => {
    const answer = await send(zip(), {}, `?filename=${encodeURIComponent(name)}`);
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    const [object] = await staged();
    expect(object?.key).toMatch(new RegExp(`^staging/${id}/[A-Za-z0-9_][A-Za-z0-9._-]*\\.zip$`));
  });

  it('L10 an object of another job, or of no job, is not reached through a path', async () => {
    const own = ((await (await send(zip())).json()) as { id: string }).id;
    const other = ((await (await send(zip())).json()) as { id: string }).id;
    await server.engine.store.put('scanner-artifacts', `${other}/report.json`, Buffer.from('{"secret":1}'));
    for (const path of [
      `../${other}/report.json`,
      `..%2f${other}%2freport.json`,
      `%2e%2e/${other}/report.json`,
      `x/../../${other}/report.json`,
      `%2fetc%2fpasswd`,
      `..%5c${other}%5creport.json`,
      `report.json%00`,
      'a'.repeat(700),
    ]) {
      const answer = await server.call(token, 'GET', `/api/v1/jobs/${own}/artifacts/${path}`);
      expect([path, [400, 404].includes(answer.status)]).toEqual([path, true]);
      expect(await answer.text()).not.toContain('secret');
    }
  });
});

describe('objects of a job', () => {
  it('U2 never run on our address: pictures and JSON are shown, pages of ours behind walls, the rest is saved', async () => {
    const { id } = (await (await send(zip())).json()) as { id: string };
    const hostile = Buffer.from('<script>alert(1)</script>');
    const types: Record<string, [string, RegExp]> = {
      'axe/evidence/p1/a.png': ['image/png', /^inline/],
      'axe/evidence/p1/a.json': ['application/json', /^inline/],
      'axe/evidence/p1/a.html': ['application/octet-stream', /^attachment/],
      'axe/evidence/p1/a.svg': ['application/octet-stream', /^attachment/],
      'axe/evidence/p1/a.pdf': ['application/octet-stream', /^attachment/],
      'axe/evidence/p1/report.html': ['application/octet-stream', /^attachment/],
    };
    for (const [path, [type, disposition]] of Object.entries(types)) {
      await server.engine.store.put('scanner-artifacts', `${id}/${path}`, hostile);
      const { headers } = await server.call(token, 'HEAD', `/api/v1/jobs/${id}/artifacts/${path}`);
      expect([path, headers.get('content-type')]).toEqual([path, type]);
      expect(headers.get('content-disposition')).toMatch(disposition);
      expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    for (const path of ['report.html', 'axe/report.html']) {
      await server.engine.store.put('scanner-artifacts', `${id}/${path}`, hostile);
      const { headers } = await server.call(token, 'HEAD', `/api/v1/jobs/${id}/artifacts/${path}`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^sandbox allow-scripts/);
      expect(policy).not.toContain('allow-same-origin');
      expect(policy).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('an upload that is announced', () => {
  const announce = async (body: object, as = token) => {
    const answer = await server.call(as, 'POST', '/api/v1/uploads', body);
    expect(answer.status).toBe(201);
    return (await answer.json()) as { id: string; method: string; url: string; headers: Record<string, string> };
  };

  it('is sent to the address that was given, and becomes one job', async () => {
    const bytes = zip();
    const upload = await announce({ filename: 'dist.zip', bytes: bytes.length, sha256: sha256(bytes) });
    const put = await server.call(token, upload.method, upload.url, bytes, upload.headers);
    expect(await put.json()).toEqual({ id: upload.id, bytes: bytes.length, sha256: sha256(bytes) });
    const order = { upload: upload.id, options: { modules: ['seo'] } };
    const made = await server.call(token, 'POST', '/api/v1/jobs/zip', order);
    expect(made.status).toBe(202);
    expect(await staged()).toHaveLength(1);
    expect((await server.call(token, 'POST', '/api/v1/jobs/zip', order)).status).toBe(409);
    expect((await server.call(token, 'PUT', upload.url, bytes, upload.headers)).status).toBe(409);
    expect(await staged()).toHaveLength(1);
  });

  it('is refused and removed when it is not what was announced', async () => {
    const upload = await announce({ filename: 'a.zip', bytes: 200, sha256: sha256(zip(300)) });
    expect((await server.call(token, 'PUT', upload.url, zip(300), ZIP)).status).toBe(413);
    expect((await server.call(token, 'PUT', upload.url, zip(200), ZIP)).status).toBe(200);
    const made = await server.call(token, 'POST', '/api/v1/jobs/zip', { upload: upload.id });
    expect(await made.json()).toMatchObject({ status: 422, code: 'upload_mismatch' });
    expect(await staged()).toEqual([]);
  });

  it('is nobody else’s, cannot be made up, and is not there before it was sent', async () => {
    const upload = await announce({ filename: 'a.zip', bytes: 200 });
    const stranger = server.token(['submit'], 'stranger');
    expect((await server.call(stranger, 'PUT', upload.url, zip(), ZIP)).status).toBe(404);
    const forged = upload.id.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    for (const id of [forged, 'x', 'x.y', `${upload.id}.z`.slice(2)]) {
      expect((await server.call(token, 'POST', '/api/v1/jobs/zip', { upload: id })).status).toBe(404);
    }
    expect((await server.call(token, 'POST', '/api/v1/jobs/zip', { upload: upload.id })).status).toBe(422);
    const large = await server.call(token, 'POST', '/api/v1/uploads', { filename: 'a.zip', bytes: 201 * MIB });
    expect(large.status).toBe(400);
  });

  it('goes straight to the object store where that can be', async () => {
    const signed = {
      method: 'PUT' as const,
      url: 'https://s3.example/x',
      headers: { 'content-type': 'application/zip' },
    };
    let uploadOrigin: string | null = null;
    const app = createApp({
      ...server.services,
      uploadOrigin: () => uploadOrigin,
      uploadSigner: {
        archive: (jobId, filename) => ({ ...signed, expiresAt: 1, key: `staging/${jobId}/${filename}` }),
      },
    });
    const ask = async (body: object, headers = {}) => {
      const answer = await app.fetch(
        new Request('http://127.0.0.1:7070/api/v1/uploads', {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        }),
      );
      const { url, browser } = (await answer.json()) as { url: string; browser: boolean };
      return {
        url,
        browser,
        connects: /connect-src [^;]*/.exec(answer.headers.get('content-security-policy') ?? '')?.[0] ?? null,
      };
    };
    const whole = { filename: 'a.zip', bytes: 200, sha256: sha256(zip()) };
    const page = { origin: 'http://127.0.0.1:7070' };
    const here = { url: expect.stringMatching(/^\/api\/v1\/uploads\//), browser: true };
    // This store takes them from programs only: a page sends to this server.
    expect(await ask(whole)).toEqual({ url: signed.url, browser: false, connects: null });
    expect(await ask(whole, page)).toMatchObject(here);
    expect(await ask({ filename: 'a.zip', bytes: 200 })).toMatchObject(here);
    uploadOrigin = 'https://s3.example';
    const there = { url: signed.url, browser: true, connects: "connect-src 'self' https://s3.example" };
    expect(await ask(whole, page)).toMatchObject(there);
    expect(await ask(whole)).toMatchObject(there);
  });
});
