import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFoundEngine } from '../../main/host/found-engine.ts';
import { listenLocally, type LocalListener } from '../../server/local/listen.ts';
import { withOwnerRoutes } from '../../server/local/owner-routes.ts';
import { startTestServer, type TestServer } from '../integration/server/harness.ts';

describe('an engine that another program runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'found-'));
  const socket = join(folder, 's');
  let server: TestServer;
  let listener: LocalListener;
  beforeAll(async () => {
    server = await startTestServer();
    listener = await listenLocally(withOwnerRoutes(server.app, server.engine, null), socket);
  });
  afterAll(async () => {
    await listener.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const found = openFoundEngine(socket);
  const ask = (path: string, init: RequestInit & { duplex?: 'half' } = {}) =>
    found.fetch(new Request(`http://localhost${path}`, init));

  it("is asked as the machine's owner, without a token", async () => {
    expect(await (await ask('/api/v1/session')).json()).toMatchObject({ scopes: ['admin'] });
    const post = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"urls":["https://a.example"]}',
    };
    const made = await ask('/api/v1/jobs/url', post);
    expect(made.status).toBe(202);
    const { id } = (await made.json()) as { id: string };
    expect((await ask(`/api/v1/jobs/${id}`)).status).toBe(200);
  });

  it('gives streams as they come, and ends them when nobody reads', async () => {
    const answer = await ask('/api/v1/stream');
    const reader = answer.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('event: snapshot');
    await reader?.cancel();
  });

  it("keeps the desktop's settings in its ledger, and nothing that is none or too long", async () => {
    expect(await (await ask('/local/v1/desktop/settings')).json()).toEqual({});
    const put = (body: string) => ask('/local/v1/desktop/settings', { method: 'PUT', body });
    expect((await put('{"openAtLogin":true}')).status).toBe(204);
    expect(await (await ask('/local/v1/desktop/settings')).json()).toEqual({ openAtLogin: true });
    for (const body of ['7', 'null', 'no json', JSON.stringify({ x: 'x'.repeat(200_000) })])
      expect((await put(body)).ok, body.slice(0, 20)).toBe(false);
    expect(await (await ask('/local/v1/desktop/settings')).json()).toEqual({ openAtLogin: true });
  });

  it('rejects when it has ended', async () => {
    const gone = openFoundEngine(join(folder, 'nobody'));
    await expect(gone.fetch(new Request('http://localhost/livez'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
