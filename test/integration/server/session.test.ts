import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashSecret } from '../../../server/auth/principal.ts';
import { startTestServer, type TestServer } from './harness.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const HERE = { origin: 'http://127.0.0.1:7070' };
const signIn = async (token: string) => {
  const answer = await server.call('', 'POST', '/api/v1/session', { token });
  const header = answer.headers.get('set-cookie') ?? '';
  return { header, cookie: header.split(';')[0] ?? '' };
};
const ask = (cookie: string, headers = {}) =>
  server.call('', 'GET', '/api/v1/session', undefined, { cookie, ...headers });

describe('the session of a browser', () => {
  it('is a secret of its own: the cookie is not the token, and scripts cannot read it', async () => {
    const token = server.token(['read'], 'shop');
    const { header, cookie } = await signIn(token);
    expect(header).not.toContain(token);
    expect(header).toMatch(/^stageflow_session=ss_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
    expect(await (await ask(cookie)).json()).toEqual({ tenant: 'shop', scopes: ['read'], uploads: 'server' });
  });

  it('opens nothing as a token, and a token opens nothing as a cookie', async () => {
    const token = server.token(['read']);
    const { cookie } = await signIn(token);
    expect((await server.call(cookie.split('=')[1] ?? '', 'GET', '/api/v1/session')).status).toBe(401);
    expect((await ask(`stageflow_session=${token}`)).status).toBe(401);
  });

  it('ends when it is signed out, and only it', async () => {
    const token = server.token(['read']);
    const [one, other] = [await signIn(token), await signIn(token)];
    const out = await server.call('', 'DELETE', '/api/v1/session', undefined, { ...HERE, cookie: one.cookie });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect([(await ask(one.cookie)).status, (await ask(other.cookie)).status]).toEqual([401, 200]);
    expect((await server.call(token, 'GET', '/api/v1/session')).status).toBe(200);
  });

  it('ends when its token is revoked', async () => {
    const text = server.token(['read']);
    const { cookie } = await signIn(text);
    server.ledger.service.tokens.revoke(server.ledger.service.tokens.byHash(hashSecret(text))?.id ?? '');
    expect((await ask(cookie)).status).toBe(401);
  });

  it('changes nothing at the word of a page of another site', async () => {
    const { cookie } = await signIn(server.token(['admin']));
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:7071']) {
      const answer = await server.call('', 'DELETE', '/api/v1/session', undefined, { origin, cookie });
      expect(answer.status).toBe(403);
    }
    expect((await server.call('', 'DELETE', '/api/v1/session', undefined, { cookie })).status).toBe(403);
    expect((await ask(cookie)).status).toBe(200);
  });
});
