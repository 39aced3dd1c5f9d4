import {
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { firstSignIn, firstToken, forgetFirstSignIn, isKept } from '../../../server/ops/first-token.ts';
import { startTestServer, type TestServer } from './harness.ts';

interface Made {
  readonly token: { readonly id: string; readonly scopes: string[]; readonly live: boolean };
  readonly text: string;
}

let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await startTestServer();
  admin = server.token(['admin']);
});
afterAll(() => server.close());

const make = async (body: Record<string, unknown>) => {
  const answer = await server.call(admin, 'POST', '/api/v1/tokens', body);
  return { status: answer.status, body: (await answer.json()) as Made };
};

describe('A3 a token', () => {
  it('is made by an administrator, its text shown once, kept as a hash, never logged', async () => {
    const { status, body } = await make({ name: 'ci', tenant: 'shop', scopes: ['submit', 'read'] });
    expect(status).toBe(201);
    const session = await server.call(body.text, 'GET', '/api/v1/session');
    expect(await session.json()).toEqual({ tenant: 'shop', scopes: ['submit', 'read'], uploads: 'server' });
    const list = await (await server.call(admin, 'GET', '/api/v1/tokens')).text();
    expect(list).toContain(body.token.id);
    expect(list).not.toContain(body.text);
    expect(server.logged.join('\n')).toContain('token-made');
    expect(server.logged.join('\n')).not.toContain(body.text);
  });

  it('that is revoked is refused with the next request', async () => {
    const { body } = await make({ name: 'old', scopes: ['read'] });
    expect((await server.call(body.text, 'GET', '/api/v1/session')).status).toBe(200);
    expect((await server.call(admin, 'DELETE', `/api/v1/tokens/${body.token.id}`)).status).toBe(204);
    expect((await server.call(body.text, 'GET', '/api/v1/session')).status).toBe(401);
    expect((await server.call(admin, 'DELETE', '/api/v1/tokens/tok_none')).status).toBe(404);
  });

  it('that has expired is refused', async () => {
    const expiresAt = new Date(Date.now() + 300).toISOString();
    const { body } = await make({ name: 'short', scopes: ['read'], expiresAt });
    expect(body.token.live).toBe(true);
    await expect.poll(async () => (await server.call(body.text, 'GET', '/api/v1/session')).status).toBe(401);
  });

  it.each([
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['root'] },
    { name: '', scopes: ['read'] },
    { name: 'x', scopes: ['read'], tenant: '../other' },
    { name: 'x', scopes: ['read'], expires: '2030-01-01T00:00:00Z' },
    { name: 'x', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' },
  ])('made of %j is refused', async (body) => {
    expect((await make(body)).status).toBe(400);
  });

  it('of the first run is given once, and again only when its owner asks', async () => {
    const first = firstToken(server.ledger, false);
    expect(first).toMatch(/^sf_/);
    expect(firstToken(server.ledger, false)).toBeNull();
    const again = firstToken(server.ledger, true);
    expect(again).not.toBe(first);
    for (const text of [first, again])
      expect((await server.call(text ?? '', 'GET', '/api/v1/tokens')).status).toBe(200);
  });
});

describe('the first sign-in', () => {
  it('is kept by a file and by the journal, and not by a terminal or by whoever reads a pipe', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kept-'));
    const [file, elsewhere] = [openSync(join(folder, 'log'), 'w'), openSync('/dev/null', 'w')];
    try {
      const { dev, ino } = fstatSync(elsewhere);
      expect(isKept({}, { fd: file })).toBe(true);
      expect(isKept({}, { fd: elsewhere })).toBe(false);
      expect(isKept({ JOURNAL_STREAM: `${dev}:${ino}` }, { fd: elsewhere })).toBe(true);
      expect(isKept({ JOURNAL_STREAM: '8:12345' }, { fd: elsewhere })).toBe(false);
      expect(isKept({ JOURNAL_STREAM: `${dev}:${ino}` }, { fd: elsewhere, isTTY: true })).toBe(false);
    } finally {
      for (const open of [file, elsewhere]) closeSync(open);
      rmSync(folder, { recursive: true });
    }
  });

  it('is a line for whoever looks on; where lines are kept, a file of the owner alone that goes when it was used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'first-token-'));
    try {
      const token = firstToken(server.ledger, true) ?? '';
      const address = `http://127.0.0.1:7070/signin#${token}`;
      expect(firstSignIn(address, null).split(token)).toHaveLength(2);
      writeFileSync(join(folder, 'first-sign-in'), 'of an earlier one', { mode: 0o644 });
      const line = firstSignIn(address, { folder });
      const file = join(folder, 'first-sign-in');
      expect(line).toContain(file);
      expect(line).not.toContain(token);
      expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8')]).toEqual([0o600, `${address}\n`]);

      const onSignedIn = (tokenId: string) => forgetFirstSignIn(server.ledger, tokenId, folder);
      const app = createApp({ ...server.services, onSignedIn });
      const signIn = async (text: string) =>
        (
          await app.fetch(
            new Request('http://127.0.0.1:7070/api/v1/session', {
              method: 'POST',
              headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:7070' },
              body: JSON.stringify({ token: text }),
            }),
          )
        ).status;
      expect([await signIn(server.token(['admin'])), existsSync(file)]).toEqual([200, true]);
      expect([await signIn(token), existsSync(file)]).toEqual([200, false]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('A14 the audit log', () => {
  it('has one line for each refused token, with the route and the address and no secret', async () => {
    const begun = server.logged.length;
    const request = new Request('http://127.0.0.1:7070/api/v1/tokens', {
      headers: { authorization: 'Bearer sf_guess' },
    });
    await server.app.fetch(request, { address: '203.0.113.9' });
    const lines = server.logged.slice(begun).filter((line) => line.includes('"audit"'));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        act: 'refused',
        code: 'unauthenticated',
        pattern: '/api/v1/tokens',
        address: '203.0.113.9',
      }),
    ]);
    expect(lines.join('')).not.toContain('guess');
  });

  it('has one for a token without the scope, and one for a browser that signs in', async () => {
    const reader = server.token(['read']);
    const begun = server.logged.length;
    await server.call(reader, 'GET', '/api/v1/tokens');
    await server.call('', 'POST', '/api/v1/session', { token: reader });
    const lines = server.logged.slice(begun).filter((line) => line.includes('"audit"'));
    expect(lines.map((line) => (JSON.parse(line) as { act: string }).act)).toEqual(['refused', 'signed-in']);
    expect(server.logged.join('')).not.toContain(reader);
  });
});
