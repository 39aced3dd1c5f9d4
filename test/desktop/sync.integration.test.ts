import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ArtifactStore, type S3Settings, S3Store } from '../../engine/artifact/index.ts';
import { silentLog, systemClock } from '../../engine/kernel/index.ts';
import { systemVault } from '../../main/servers/vault.ts';
import { openSync, type Sync } from '../../main/sync/keep.ts';
import { withOwnerRoutes } from '../../server/local/owner-routes.ts';
import { startTestServer, type TestServer } from '../integration/server/harness.ts';
import { type ObjectServer, withObjectServers } from '../integration/store/object-server.ts';
import { createWorld } from './electron/index.ts';

const NOTHING = { har: false, raw: false, traces: false, transcripts: false };
const EVERYTHING = { har: true, raw: true, traces: true, transcripts: true };
const SOON = { timeout: 30_000 };

await withObjectServers('uploads of the desktop app', (start) => {
  const world = createWorld(null);
  let here: TestServer;
  let there: ObjectServer;
  let agrees = true;
  const puts: string[] = [];
  const open: Sync[] = [];
  beforeAll(async () => {
    await world.electron.app.whenReady();
    [here, there] = await Promise.all([startTestServer(), start()]);
  });
  afterAll(async () => {
    for (const sync of open) await sync.stop();
    await here?.close();
    await there?.stop();
    world.dispose();
  });

  /** A real store whose puts are counted; `hang` is asked before each. */
  const counted = (settings: S3Settings, hang: (key: string) => boolean): ArtifactStore => {
    const store = new S3Store({ ...settings, timeoutMs: 5_000 });
    const put: ArtifactStore['put'] = async (bucket, key, ...rest) => {
      if (hang(key)) return new Promise<never>(() => {});
      puts.push(key);
      return store.put(bucket, key, ...rest);
    };
    return Object.assign(Object.create(store) as ArtifactStore, {
      put,
      prepare: (abandoned: (jobId: string) => boolean) => store.prepare(abandoned),
      get: store.get.bind(store),
      list: store.list.bind(store),
      remove: store.remove.bind(store),
    });
  };
  /** The app's uploads as a start of it has them. */
  const started = (hang: (key: string) => boolean = () => false): Sync => {
    const owner = withOwnerRoutes(here.app, here.engine, null);
    const sync = openSync({
      fetch: (request) => owner.fetch(request, { address: null, owner: true }),
      onReady: () => {},
      vault: systemVault(world.electron, 'linux'),
      agrees: async () => agrees,
      store: (settings) => counted(settings, hang),
      clock: systemClock,
      log: silentLog,
    });
    open.push(sync);
    return sync;
  };
  const named = () => {
    const { endpoint, region, accessKey, secretKey, share } = there.settings;
    const link = { linkAccessKey: share.accessKey, linkSecretKey: share.secretKey };
    return { endpoint, region, accessKey, secretKey, ...link, publicUrl: '' };
  };
  const scanned = async (): Promise<string> => {
    const made = await here.call(here.token(['admin']), 'POST', '/api/v1/jobs/url', {
      urls: ['https://shop.example'],
      modules: ['axe'],
    });
    const { id } = (await made.json()) as { id: string };
    await here.engine.ended(id);
    return id;
  };
  const hashOf = async (store: ArtifactStore, key: string): Promise<string | null> => {
    const object = await store.get('scanner-artifacts', key);
    if (object === null) return null;
    const hash = createHash('sha256');
    for await (const chunk of object.body) hash.update(chunk);
    return hash.digest('hex');
  };
  const keysIn = async (store: ArtifactStore, jobId: string): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of store.list('scanner-artifacts', `${jobId}/`)) keys.push(key);
    return keys;
  };
  const keysHere = (jobId: string) => keysIn(here.engine.store, jobId);
  const keysThere = (jobId: string) => keysIn(new S3Store(there.settings), jobId);
  const stateOf = (sync: Sync, jobId: string) => sync.now.uploads.find((one) => one.jobId === jobId)?.state;

  it('keeps a store once the person agreed and its keys work, with the keys in the vault alone', async () => {
    const sync = started();
    agrees = false;
    await expect(sync.connect(named())).rejects.toMatchObject({ code: 'cancelled' });
    agrees = true;
    await expect(sync.connect({ ...named(), secretKey: 'not-the-secret' })).rejects.toMatchObject({
      code: 'store_failed',
    });
    const tooMuch = { linkAccessKey: there.settings.upload.accessKey, linkSecretKey: there.settings.upload.secretKey };
    await expect(sync.connect({ ...named(), ...tooMuch })).rejects.toMatchObject({ code: 'bad_option' });
    expect(sync.now.target).toBeNull();
    const { endpoint, accessKey, secretKey, share } = there.settings;
    expect((await sync.connect(named())).target).toEqual({ endpoint, canLink: true });
    const kept = here.ledger.setting('desktop.sync') ?? '';
    for (const secret of [accessKey, secretKey, share.accessKey, share.secretKey]) expect(kept).not.toContain(secret);
  });

  it('sends what was listed, byte for byte, and a link to it opens for a stranger', async () => {
    const jobId = await scanned();
    const sync = started();
    const lines = await sync.plan(jobId);
    expect(lines.reduce((sum, { files }) => sum + files, 0)).toBe((await keysHere(jobId)).length);
    expect(await keysThere(jobId)).toEqual([]);
    const { url } = await sync.link(jobId, 1);
    expect(stateOf(sync, jobId)).toBe('done');
    const always = lines.filter(({ class: is }) => is === 'report' || is === 'pictures');
    const sent = await keysThere(jobId);
    expect(sent.length).toBe(always.reduce((sum, { files }) => sum + files, 0));
    for (const key of sent)
      expect(await hashOf(new S3Store(there.settings), key), key).toBe(await hashOf(here.engine.store, key));
    const opened = await fetch(url);
    expect(opened.status).toBe(200);
    expect(
      createHash('sha256')
        .update(await opened.text())
        .digest('hex'),
    ).toBe(await hashOf(here.engine.store, `${jobId}/report.html`));
  });

  it('goes on where it was killed: what is there and whole is not sent again, what somebody changed is', async () => {
    const jobId = await scanned();
    const files = await keysHere(jobId);
    let most = 3;
    const first = started(() => (most -= 1) < 0);
    await first.send(jobId, EVERYTHING);
    await expect.poll(() => first.now.uploads.find((one) => one.jobId === jobId)?.filesDone, SOON).toBe(3);
    const [changed = ''] = await keysThere(jobId);
    const store = new S3Store(there.settings);
    const { size } = (await store.head('scanner-artifacts', changed)) ?? { size: 0 };
    await store.put('scanner-artifacts', changed, Buffer.alloc(size, 'x'));
    puts.length = 0;
    // The first is never heard of again, as after a kill.
    const second = started();
    await expect.poll(() => stateOf(second, jobId), SOON).toBe('done');
    expect((await keysThere(jobId)).toSorted()).toEqual(files.toSorted());
    expect(puts.length).toBe(files.length - 2);
    expect(puts).toContain(changed);
    for (const key of files) expect(await hashOf(store, key), key).toBe(await hashOf(here.engine.store, key));
  });

  it('waits for a store that went away, says why, and is done when it is back', async () => {
    const jobId = await scanned();
    const sync = started();
    await expect.poll(() => sync.now.target, SOON).not.toBeNull();
    await there.kill();
    await sync.send(jobId, NOTHING);
    await expect
      .poll(() => sync.now.uploads.find((one) => one.jobId === jobId), SOON)
      .toMatchObject({
        state: 'waiting',
        reason: expect.stringMatching(/could not be stored/),
      });
    await there.revive();
    await expect.poll(() => stateOf(sync, jobId), SOON).toBe('done');
  });

  it('uploads no file that is not what was recorded', async () => {
    const jobId = await scanned();
    const key = (await keysHere(jobId)).find((one) => one.endsWith('.json.zst')) ?? '';
    const { size } = (await here.engine.store.head('scanner-artifacts', key)) ?? { size: 0 };
    await here.engine.store.put('scanner-artifacts', key, Buffer.alloc(size, 'x'));
    const sync = started();
    await sync.send(jobId, EVERYTHING);
    await expect.poll(() => stateOf(sync, jobId), SOON).toBe('failed');
    expect(sync.now.uploads.find((one) => one.jobId === jobId)?.reason).toContain(key);
    const sent = await keysThere(jobId);
    expect([sent.includes(key), sent.includes(`${jobId}/report.html`)]).toEqual([false, false]);
  });

  it('forgets the store with its keys', async () => {
    const sync = started();
    expect((await sync.connect(null)).target).toBeNull();
    expect(JSON.parse(here.ledger.setting('desktop.sync') ?? '{}')).toMatchObject({ target: null });
    await expect(sync.link(await scanned(), 1)).rejects.toMatchObject({ code: 'no_link_place' });
  });
});
