import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveEngine } from '../../engine/run/index.ts';
import { leftovers } from '../e2e/cli.ts';
import { type RunningApp, startApp } from './app.ts';

/** Ports on which a process listens, by inode of its sockets. */
function listening(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  const LISTEN = '0A';
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(/\s+/))
      .filter(
        ([, , , state, , , , , , inode]) => inodes.has(inode ?? '') && (state === LISTEN || kind.startsWith('udp')),
      )
      .map(([, local]) => `${kind} ${local}`),
  );
}

/** A busy machine may take its time; nothing here depends on how long. */
const SOON = { timeout: 60_000 };

describe('the life of the desktop app, without a screen', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(null);
    await app.ready();
  });
  afterAll(() => app.world.dispose());
  const status = async () => (await app.ask('/api/v1/session')).status;
  const pid = () => app.world.hosts.at(-1)?.pid ?? 0;

  it('begins in a sandbox, with rights for its own scheme alone, and one engine that answers its owner', async () => {
    expect(app.world.sandboxed).toBe(true);
    expect([...app.world.schemes.keys()]).toEqual(['stageflow-app']);
    expect(app.world.linkSchemes).toEqual(['stageflow']);
    expect(await (await app.ask('/api/v1/session')).json()).toMatchObject({ tenant: 'local', scopes: ['admin'] });
    expect(app.world.hosts.length).toBe(1);
  });

  it('opens no port: neither main nor the engine listens on one', () => {
    expect(listening(pid())).toEqual([]);
  });

  it('keeps nothing of requests and streams that are over', async () => {
    const round = async (times: number) => {
      for (let turn = 0; turn < times; turn += 1) {
        await (await app.ask('/api/v1/jobs')).text();
        // The engine has no more than a hundred streams of one person: one that was left has to be gone there too.
        const stream = await app.ask('/api/v1/stream');
        expect(stream.status, `stream ${turn}`).toBe(200);
        await stream.body?.cancel();
      }
    };
    const descriptors = () => readdirSync(`/proc/${pid()}/fd`).length;
    await round(10);
    const before = [descriptors(), process.getActiveResourcesInfo().length];
    await round(150);
    await expect.poll(descriptors, SOON).toBeLessThanOrEqual((before[0] ?? 0) + 2);
    await expect.poll(() => process.getActiveResourcesInfo().length, SOON).toBeLessThanOrEqual((before[1] ?? 0) + 2);
  });

  it('keeps settings where the jobs are', async () => {
    expect(await app.call('settings.change', { closeToTray: false })).toMatchObject({ ok: true });
    expect(await app.call('settings.read', {})).toMatchObject({ ok: true, answer: { closeToTray: false } });
    expect((await app.ask('/local/v1/desktop/settings')).status).toBe(404);
  });

  it('starts the engine again when it is killed, tells so, and goes on with what was asked meanwhile', async () => {
    const killed = pid();
    app.world.hosts.at(-1)?.kill();
    await expect.poll(() => app.world.trays[0]?.tooltip, SOON).toMatch(/started again|starting/);
    await app.ready();
    expect(await status()).toBe(200);
    expect(pid()).not.toBe(killed);
    expect(await app.call('settings.read', {})).toMatchObject({ answer: { closeToTray: false } });
    await expect.poll(() => app.world.trays[0]?.tooltip, SOON).toBe('Stageflow: Nothing is being scanned');
  });

  it('shows its logs, and starts nothing twice', async () => {
    app.chooseInTray('Show the logs');
    expect(app.world.openedPaths).toEqual([join(app.world.folder, 'logs')]);
    expect(readFileSync(join(app.world.folder, 'logs', 'stageflow.log'), 'utf8')).toContain('"phase":"pausing"');
    expect(await app.call('engine.again', {})).toMatchObject({ ok: true, answer: { phase: 'ready' } });
    expect(app.world.hosts.length).toBe(2);
  });

  it('takes what a second start was given, and refuses in a sentence what cannot be scanned', async () => {
    const { app: electron } = app.world.electron;
    electron.emit('second-instance', {}, ['electron', 'main', '--switch', 'gone.zip'], app.world.folder);
    const place = join(app.world.folder, 'gone.zip');
    await expect
      .poll(() => app.world.errorBoxes, SOON)
      .toEqual([
        `This cannot be scanned: There is no file or folder at ${place}. Check the path and run the scan again.`,
      ]);
  });

  it('takes what is dropped on its icon, as what is dropped on its window', async () => {
    const before = app.world.errorBoxes.length;
    const picture = join(app.world.folder, 'a.jpg');
    writeFileSync(picture, 'no archive');
    app.world.trays[0]?.drop(picture);
    await expect
      .poll(() => app.world.errorBoxes.slice(before), SOON)
      .toEqual([expect.stringContaining('is not a ZIP archive')]);
  });

  it('leaves to an instance that is there already', async () => {
    const second = await startApp(null, { before: (world) => void (world.isFirst = false) });
    await second.world.ended.promise;
    expect([second.world.hosts.length, second.world.windows.size]).toEqual([0, 0]);
    second.world.dispose();
  });

  it('quits with its window where there is no tray, without asking', async () => {
    const bare = await startApp(null, { before: (world) => void (world.noTray = true) });
    await bare.ready();
    expect([bare.world.trays.length, await bare.call('about.read', {})]).toMatchObject([
      0,
      { answer: { hasTray: false } },
    ]);
    bare.window().close();
    await bare.world.ended.promise;
    expect(bare.world.questions).toEqual([]);
    bare.world.dispose();
  });

  it('fetches a newer version while nothing is scanned, offers it in the tray, and starts it once its engine has ended', async () => {
    const asked: string[] = [];
    let ready: (version: string) => void = () => {};
    const renewed = await startApp(null, {
      parts: {
        updater: {
          ask: async () => void asked.push('asked'),
          onReady: (tell) => (ready = tell),
          install: () => {
            asked.push(`installed over ${leftovers(renewed.home).length} processes`);
            renewed.world.electron.app.quit();
          },
        },
      },
    });
    await renewed.ready();
    await expect.poll(() => asked, SOON).toEqual(['asked']);
    ready('9.9.9');
    renewed.chooseInTray('Restart to update to 9.9.9');
    await renewed.world.ended.promise;
    expect(asked).toEqual(['asked', 'installed over 0 processes']);
    renewed.world.dispose();
  });

  it('keeps no crash dumps unless it is told to, sends none ever, and ends when the system says so', async () => {
    expect(app.world.crashDumps).toBe('none');
    const { home } = app;
    expect(await app.call('settings.change', { keepCrashDumps: true })).toMatchObject({ ok: true });
    app.world.electron.app.quit();
    await app.world.ended.promise;
    let end = () => {};
    app = await startApp(null, { home, parts: { whenTold: (then) => (end = then) } });
    await app.ready();
    await expect.poll(() => app.world.crashDumps, SOON).toBe('kept');
    end();
    await app.world.ended.promise;
    expect(leftovers(home)).toEqual([]);
    app = await startApp(null, { home });
    await app.ready();
  });

  it('ends with its window, and leaves nothing running', async () => {
    app.window().close();
    await app.world.ended.promise;
    expect(app.world.trays[0]?.removed).toBe(true);
    expect(leftovers(app.home)).toEqual([]);
  });
});

describe('two programs of one person over one data folder', () => {
  it('share one engine, and when its owner ends the other starts its own and goes on', async () => {
    const first = await startApp(null);
    await first.ready();
    const second = await startApp(null, { home: first.home });
    await second.ready();
    const owner = () => liveEngine(first.home)?.pid;
    expect(owner()).toBe(first.world.hosts[0]?.pid);
    const made = await second.ask('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"made by the second","scopes":["read"]}',
    });
    expect(made.status).toBe(201);
    expect(await (await first.ask('/api/v1/tokens')).text()).toContain('made by the second');

    first.world.electron.app.quit();
    await first.world.ended.promise;
    await expect.poll(() => second.world.hosts.length, SOON).toBe(2);
    await expect.poll(() => owner() === second.world.hosts[1]?.pid, SOON).toBe(true);
    await second.ready();
    expect(await (await second.ask('/api/v1/tokens')).text()).toContain('made by the second');
    second.world.electron.app.quit();
    await second.world.ended.promise;
    expect(leftovers(first.home)).toEqual([]);
    first.world.dispose();
    second.world.dispose();
  });
});
