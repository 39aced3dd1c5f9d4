import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newJobId } from '../../../engine/kernel/index.ts';
import { createApp } from '../../../server/app.ts';
import { hashSecret, newTokenText } from '../../../server/auth/principal.ts';
import { ROUTES } from '../../../server/routes/index.ts';
import { drafts, specOf } from '../../conformance/events.ts';
import { startTestServer, type TestServer } from './harness.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const addressOf = (path: string, jobId: string) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'id' ? jobId : 'x'));

/** Where an id of another tenant may be named outside a job's own address: how to ask for it, and for one that is nobody's. */
const NAMED: Readonly<Record<string, (theirs: Theirs) => { readonly path: string; readonly body?: unknown }>> = {
  'put /api/v1/uploads/{upload}': ({ upload }) => ({ path: `/api/v1/uploads/${upload}` }),
  'post /api/v1/jobs/zip': ({ upload }) => ({ path: '/api/v1/jobs/zip', body: { upload } }),
  'delete /api/v1/ignores/{ignore}': ({ ignore }) => ({ path: `/api/v1/ignores/${ignore}` }),
  'patch /api/v1/shares/{id}': ({ share }) => ({ path: `/api/v1/shares/${share}`, body: {} }),
  'delete /api/v1/shares/{id}': ({ share }) => ({ path: `/api/v1/shares/${share}` }),
  'get /api/v1/compare': ({ job, mine }) => ({ path: `/api/v1/compare?a=${mine}&b=${job}` }),
};
/** Lists and streams: they leave out what is another tenant's. */
const LISTS = ['get /api/v1/jobs', 'get /api/v1/ignores', 'get /api/v1/stream'];
/** Routes that name nothing that was there before. */
const NAMELESS = [
  'post /api/v1/jobs/url',
  'post /api/v1/uploads',
  'post /api/v1/jobs/import',
  'post /api/v1/ignores',
  'get /api/v1/scanners',
  'get /api/v1/session',
  'delete /api/v1/session',
];

/** Ids of another tenant's things; `mine` is a job of the asker's own. */
interface Theirs {
  readonly job: string;
  readonly mine: string;
  readonly upload: string;
  readonly ignore: string;
  readonly share: string;
}

describe('A4 every route that names a thing', () => {
  let theirs: Theirs;
  let stranger: string;
  const [job, mine] = [newJobId(Date.now()), newJobId(Date.now() + 1)];
  beforeAll(async () => {
    server.ledger.createJob({ id: job, spec: specOf('urls'), parent: null, owner: 'other-team' });
    server.ledger.createJob({ id: mine, spec: specOf('urls'), parent: null, owner: 'team' });
    const other = server.token(['submit', 'read'], 'other-team');
    stranger = server.token(['submit', 'read'], 'team');
    const make = async (path: string, body: unknown) =>
      ((await (await server.call(other, 'POST', path, body)).json()) as { id: string }).id;
    theirs = {
      job,
      mine,
      upload: await make('/api/v1/uploads', { filename: 'a.zip', bytes: 200 }),
      ignore: await make('/api/v1/ignores', { fingerprint: 'abcd1234', reason: 'known' }),
      share: await make(`/api/v1/jobs/${job}/shares`, {}),
    };
  });

  it('A4 is in one of the lists here, is an administrator’s, or has its job in its address', () => {
    const table = ROUTES.filter(({ scope, owner }) => scope !== 'public' && scope !== 'admin' && owner === null);
    const names = table.map(({ method, path }) => `${method} ${path}`);
    expect(names.toSorted()).toEqual([...Object.keys(NAMED), ...LISTS, ...NAMELESS].toSorted());
  });

  it('A4 is public only where anybody may look: no route of the interface but signing in and the document', () => {
    const open = ROUTES.filter(({ scope, path }) => scope === 'public' && path.startsWith('/api/'));
    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'post /api/v1/session',
      'get /api/v1/openapi.json',
    ]);
  });

  for (const [route, ask] of Object.entries(NAMED)) {
    it(`A4 ${route} does not know another tenant's thing`, async () => {
      const [method = ''] = route.split(' ');
      const answers = [];
      const nobodys = { job: newJobId(Date.now()), mine, upload: 'x.y', ignore: 'ign_0', share: 'shr_0' };
      for (const names of [theirs, nobodys]) {
        const { path, body } = ask(names);
        const raw = method === 'put' ? { 'content-type': 'application/zip' } : {};
        const sent = method === 'put' ? Buffer.from('PK') : body;
        const answer = await server.call(stranger, method.toUpperCase(), path, sent, raw);
        answers.push({ status: answer.status, ...((await answer.json()) as object), requestId: '', detail: '' });
      }
      expect(answers[0]).toMatchObject({ status: 404 });
      expect(answers[0]).toEqual(answers[1]);
    });
  }

  it.each(LISTS)('A4 %s leaves out what is another tenant’s', async (route) => {
    const ofAdmin = server.token(['admin'], 'other-team');
    const [, path = ''] = route.split(' ');
    const read = async (token: string) => {
      const answer = await server.call(token, 'GET', path);
      const reader = answer.body?.getReader();
      let text = '';
      // A stream says what it begins with in its first chunks and then nothing.
      for (let chunks = 0; chunks < 2; chunks += 1) text += new TextDecoder().decode((await reader?.read())?.value);
      await reader?.cancel();
      return text;
    };
    const known = [theirs.job, theirs.ignore];
    const hidden = await read(stranger);
    expect(known.filter((id) => hidden.includes(id))).toEqual([]);
    const shown = await read(ofAdmin);
    expect(known.some((id) => shown.includes(id))).toBe(true);
  });

  it('A4 get /api/v1/stream named for another tenant’s job carries nothing of it', async () => {
    const answer = await server.call(stranger, 'GET', `/api/v1/stream?jobs=${job},${mine}`);
    const reader = answer.body?.getReader();
    await reader?.read();
    const begun = new TextDecoder().decode((await reader?.read())?.value);
    expect(begun).toContain(mine);
    server.ledger.append(job, 1, [drafts.failed()]);
    server.ledger.append(mine, 1, [drafts.failed()]);
    const next = new TextDecoder().decode((await reader?.read())?.value);
    expect(next).toContain(mine);
    expect(begun + next).not.toContain(job);
    await reader?.cancel();
  });
});

it('A4 A11 a build whose guard takes every job for the caller’s own is found out by the tries here', async () => {
  const id = newJobId(Date.now());
  server.ledger.createJob({ id, spec: specOf('urls'), parent: null, owner: 'other-team' });
  const { engine } = server.services;
  const owners = { ...engine.ledger.service.owners, tenantOf: () => 'team' };
  const ledger = Object.assign(Object.create(engine.ledger), { service: { ...engine.ledger.service, owners } });
  const seeded = createApp({ ...server.services, engine: Object.assign(Object.create(engine), { ledger }) });
  const stranger = server.token(['submit', 'read'], 'team');
  const passed: string[] = [];
  for (const { method, path, owner } of ROUTES) {
    if (owner !== 'job' || method !== 'get') continue;
    const headers = { authorization: `Bearer ${stranger}` };
    const answer = await seeded.fetch(new Request(`http://127.0.0.1:7070${addressOf(path, id)}`, { headers }));
    const { code } = answer.ok ? { code: '' } : ((await answer.json()) as { code: string });
    await answer.body?.cancel().catch(() => {});
    if (answer.ok || code !== 'not_found') passed.push(path);
  }
  expect(passed).toEqual(
    expect.arrayContaining(['/api/v1/jobs/{id}', '/api/v1/jobs/{id}/events', '/api/v1/jobs/{id}/stream']),
  );
});

describe('A4 every route', () => {
  const jobId = newJobId(Date.now());
  beforeAll(() => {
    server.ledger.createJob({ id: jobId, spec: specOf('urls'), parent: null });
    server.ledger.service.owners.set(jobId, 'other-team');
  });

  for (const { method, path, scope, owner } of ROUTES.filter((route) => route.scope !== 'public')) {
    const ask = (token: string) => server.call(token, method.toUpperCase(), addressOf(path, jobId));

    it(`A4 ${method} ${path} wants a token that is known and alive`, async () => {
      const revoked = server.token(['admin']);
      const id = server.ledger.service.tokens.byHash(hashSecret(revoked))?.id ?? '';
      server.ledger.service.tokens.revoke(id);
      const expired = newTokenText();
      const row = { id: `tok_old_${method}_${path}`, name: 'old', tenant: 'team', scopes: ['admin'] as const };
      server.ledger.service.tokens.add({ ...row, expiresAt: Date.now() - 1 }, hashSecret(expired));
      for (const token of ['', 'sf_unknown', revoked, expired]) expect((await ask(token)).status).toBe(401);
    });

    if (scope !== 'any') {
      it(`A4 ${method} ${path} refuses a token without the scope ${scope}`, async () => {
        const wrong = server.token(scope === 'read' ? ['submit'] : ['read']);
        expect((await ask(wrong)).status).toBe(403);
      });
    }

    if (owner === 'job') {
      it(`A4 ${method} ${path} does not know another tenant's job`, async () => {
        const stranger = server.token(['submit', 'read'], 'team');
        const answer = await ask(stranger);
        // The very words of an address where nothing is: that the job exists is not told either.
        const nothing = await server.call(stranger, method.toUpperCase(), addressOf(path, newJobId(Date.now())));
        expect([answer.status, nothing.status]).toEqual([404, 404]);
        const words = async (response: Response) => ({ ...((await response.json()) as object), requestId: '' });
        expect(await words(answer)).toEqual(await words(nothing));
      });
    }
  }
});
