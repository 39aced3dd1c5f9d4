import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newJobId } from '../../../engine/kernel/index.ts';
import { hashSecret, newTokenText } from '../../../server/auth/principal.ts';
import { ROUTES } from '../../../server/routes/index.ts';
import { specOf } from '../../conformance/events.ts';
import { startTestServer, type TestServer } from './harness.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const addressOf = (path: string, jobId: string) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'id' ? jobId : 'x'));

describe('A4 every route', () => {
  const jobId = newJobId(Date.now());
  beforeAll(() => {
    server.ledger.createJob({ id: jobId, spec: specOf('urls'), parent: null });
    server.ledger.service.owners.set(jobId, 'other-team');
  });

  for (const { method, path, scope, owner } of ROUTES.filter((route) => route.scope !== 'public')) {
    const ask = (token: string) => server.call(token, method.toUpperCase(), addressOf(path, jobId));

    it(`${method} ${path} wants a token that is known and alive`, async () => {
      const revoked = server.token(['admin']);
      const id = server.ledger.service.tokens.list().at(-1)?.id ?? '';
      server.ledger.service.tokens.revoke(id);
      const expired = newTokenText();
      const row = { id: `tok_old_${method}_${path}`, name: 'old', tenant: 'team', scopes: ['admin'] as const };
      server.ledger.service.tokens.add({ ...row, expiresAt: Date.now() - 1 }, hashSecret(expired));
      for (const token of ['', 'sf_unknown', revoked, expired]) expect((await ask(token)).status).toBe(401);
    });

    if (scope !== 'any') {
      it(`${method} ${path} refuses a token without the scope ${scope}`, async () => {
        const wrong = server.token(scope === 'read' ? ['submit'] : ['read']);
        expect((await ask(wrong)).status).toBe(403);
      });
    }

    if (owner === 'job') {
      it(`${method} ${path} does not know another tenant's job`, async () => {
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
