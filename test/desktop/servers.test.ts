import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServers } from '../../main/servers/keep.ts';
import { openPassage } from '../../main/servers/passage.ts';
import { systemVault } from '../../main/servers/vault.ts';
import { remoteApi } from '../../server/cli/desk/remote-api.ts';
import { listen, type Listener } from '../../server/listen/listen.ts';
import { withOwnerRoutes } from '../../server/local/owner-routes.ts';
import { startTestServer, type TestServer } from '../integration/server/harness.ts';
import { createWorld } from './electron/index.ts';

describe('a server that the desktop knows', () => {
  const world = createWorld(null);
  let here: TestServer;
  let there: TestServer;
  let listener: Listener;
  let url: string;
  let agrees = true;
  beforeAll(async () => {
    await world.electron.app.whenReady();
    [here, there] = await Promise.all([startTestServer(), startTestServer()]);
    const { config, clock, log } = there.services;
    listener = await listen({ app: there.app, config: { ...config, port: 0 }, clock, log });
    url = `http://127.0.0.1:${listener.port}`;
  });
  afterAll(async () => {
    await listener.close(0);
    await Promise.all([here.close(), there.close()]);
    world.dispose();
  });
  const asked: string[] = [];
  const owner = () => withOwnerRoutes(here.app, here.engine, null);
  const servers = () =>
    openServers({
      fetch: (request) => owner().fetch(request, { address: null, owner: true }),
      vault: systemVault(world.electron, 'linux'),
      api: remoteApi,
      agrees: async (address) => {
        asked.push(address);
        return agrees;
      },
    });
  const kept = () => here.ledger.setting('desktop.servers') ?? '';

  it('is kept once the person agreed and the server took the token, which is in the vault and nowhere else', async () => {
    const token = there.token(['submit', 'read']);
    expect(await servers().add({ name: 'team', url: `${url}/some/page`, token })).toEqual([{ name: 'team', url }]);
    expect(asked).toEqual([url]);
    expect(await servers().list()).toEqual([{ name: 'team', url }]);
    expect(kept()).toContain('team');
    expect(kept()).not.toContain(token);
  });

  it('is not kept without the person, with a wrong token, under a bad name, without encryption on the way, or without a vault', async () => {
    const token = there.token(['submit']);
    const before = kept();
    agrees = false;
    await expect(servers().add({ name: 'other', url, token })).rejects.toMatchObject({ code: 'cancelled' });
    agrees = true;
    await expect(servers().add({ name: 'other', url, token: 'sf_wrong' })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(servers().add({ name: 'No Name', url, token })).rejects.toMatchObject({ code: 'bad_option' });
    await expect(servers().add({ name: 'other', url: 'http://scan.example.org', token })).rejects.toMatchObject({
      code: 'bad_option',
    });
    world.hasVault = false;
    await expect(servers().add({ name: 'other', url, token })).rejects.toMatchObject({ code: 'no_vault' });
    world.hasVault = true;
    expect(kept()).toBe(before);
  });

  it('takes a finished job under its own id, with its history and its report, and tells where it is', async () => {
    const admin = here.token(['admin']);
    const made = await here.call(admin, 'POST', '/api/v1/jobs/url', {
      urls: ['https://shop.example'],
      modules: ['axe'],
    });
    const { id } = (await made.json()) as { id: string };
    await here.engine.ended(id);
    expect(await servers().send(id, 'team')).toBe(`${url}/scan/${id}/report`);
    expect(there.ledger.job(id)?.state).toBe('DONE');
    expect(there.ledger.events(id).map(({ seq, type }) => [seq, type])).toEqual(
      here.ledger.events(id).map(({ seq, type }) => [seq, type]),
    );
    await expect(servers().send(id, 'team')).rejects.toMatchObject({ code: 'job_exists' });
  });

  it('takes nothing that still runs, that is not there, or for a server that nobody knows', async () => {
    await expect(servers().send('01k9x2v7q3m4n5p6r8s9t0w1y2', 'team')).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(servers().send('01k9x2v7q3m4n5p6r8s9t0w1y2', 'nobody')).rejects.toMatchObject({
      code: 'remote_unknown',
    });
    const frozen = await startTestServer({ pods: 'frozen' });
    const made = await frozen.call(frozen.token(['admin']), 'POST', '/api/v1/jobs/url', {
      urls: ['https://a.example'],
    });
    const { id } = (await made.json()) as { id: string };
    const own = withOwnerRoutes(frozen.app, frozen.engine, null);
    frozen.ledger.setSetting('desktop.servers', kept());
    const running = openServers({
      fetch: (request) => own.fetch(request, { address: null, owner: true }),
      vault: systemVault(world.electron, 'linux'),
      api: remoteApi,
      agrees: async () => true,
    });
    await expect(running.send(id, 'team')).rejects.toMatchObject({ code: 'conflict' });
    await frozen.close();
  });

  it('U9: takes scans and shows them to the window, which never sees the token and can do nothing else there', async () => {
    const passage = openPassage({ remoteOf: servers().known, api: remoteApi });
    const ask = (method: string, path: string, body?: string, name = 'team') =>
      passage(
        new Request(`stageflow-app://window/on/${name}${path}`, {
          method,
          headers: { 'content-type': 'application/json', cookie: 'a=b', authorization: 'Bearer of-the-page' },
          ...(body === undefined ? {} : { body }),
        }),
        name,
        path.split('?', 1)[0] ?? path,
      );
    const made = await ask('POST', '/api/v1/jobs/url', '{"urls":["https://shop.example"],"modules":["axe"]}');
    expect(made.status).toBe(202);
    const { id } = (await made.json()) as { id: string };
    const stream = await ask('GET', `/api/v1/jobs/${id}/stream`);
    expect(await stream.text()).toContain('event: end');
    const report = await ask('GET', `/api/v1/jobs/${id}/report?format=html`);
    expect(report.headers.get('content-security-policy')).toContain('sandbox;');
    expect([...report.headers.keys()]).not.toContain('set-cookie');
    expect(await report.text()).toContain('<html');
    const denied = [
      ['GET', '/api/v1/tokens'],
      ['POST', '/api/v1/tokens'],
      ['DELETE', `/api/v1/jobs/${id}`],
      ['POST', '/api/v1/jobs/import'],
      ['GET', '/api/v1/webhooks'],
      ['GET', '/metrics'],
      ['GET', `/api/v1/jobs/${id}/../../tokens`],
    ] as const;
    for (const [method, path] of denied)
      await expect(ask(method, path), `${method} ${path}`).rejects.toMatchObject({ code: 'not_found' });
    await expect(ask('GET', '/api/v1/jobs', undefined, 'nobody')).rejects.toMatchObject({ code: 'remote_unknown' });
  });

  it('is forgotten with its token', async () => {
    expect(await servers().remove('team')).toEqual([]);
    expect(kept()).toBe('[]');
  });
});
