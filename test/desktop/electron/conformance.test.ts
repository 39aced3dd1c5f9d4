import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { windowOptions } from '../../../main/window/open.ts';
import { createWorld } from './index.ts';
import type { World } from './world.ts';

const worlds: World[] = [];
afterEach(() => {
  for (const world of worlds.splice(0)) world.dispose();
});

/** A machine without a screen, its app ready unless told otherwise. */
async function machine({ ready = true } = {}) {
  const world = createWorld(null);
  worlds.push(world);
  if (ready) await world.electron.app.whenReady();
  const preload = join(world.folder, 'preload.cjs');
  writeFileSync(preload, '');
  const order: string[] = [];
  const open = (name = 'window') => {
    const window = new world.electron.BrowserWindow(windowOptions(preload, null));
    window.on('close', () => order.push(`${name} close`));
    window.on('closed', () => order.push(`${name} closed`));
    return window;
  };
  for (const event of ['before-quit', 'will-quit', 'quit', 'window-all-closed'] as const)
    world.electron.app.on(event as 'quit', () => order.push(event));
  return { world, ...world.electron, order, open, preload };
}

describe("the stand-in does as Electron's pages say", () => {
  it('app.quit: before-quit, every window closed, will-quit, quit; and no window-all-closed', async () => {
    const { app, open, order, world } = await machine();
    open('one');
    open('two');
    app.quit();
    await world.ended.promise;
    expect(order).toEqual(['before-quit', 'one close', 'one closed', 'two close', 'two closed', 'will-quit', 'quit']);
  });

  it('app.quit: stopped by before-quit, by a window that does not close, and by will-quit', async () => {
    const { app, open, order } = await machine();
    app.once('before-quit', (event) => event.preventDefault());
    app.quit();
    expect(order).toEqual(['before-quit']);
    const window = open();
    window.once('close', (event) => event.preventDefault());
    app.quit();
    expect(order).toEqual(['before-quit', 'before-quit', 'window close']);
    app.once('will-quit', (event) => event.preventDefault());
    app.quit();
    expect(order.slice(3)).toEqual(['before-quit', 'window close', 'window closed', 'will-quit']);
  });

  it('window-all-closed: when the last window was closed by itself', async () => {
    const { open, order } = await machine();
    const [one, two] = [open('one'), open('two')];
    one.close();
    expect(order).toEqual(['one close', 'one closed']);
    two.close();
    expect(order.slice(2)).toEqual(['two close', 'two closed', 'window-all-closed']);
  });

  it('before ready: schemes get their rights and the sandbox is switched on; after it neither can be', async () => {
    const early = await machine({ ready: false });
    early.app.enableSandbox();
    early.protocol.registerSchemesAsPrivileged([{ scheme: 'a', privileges: { standard: true } }]);
    expect(() => early.protocol.handle('a', () => new Response())).toThrow('after app is ready');
    expect(() => early.open()).toThrow('before app is ready');
    expect(() => early.utilityProcess.fork('/none')).toThrow('before app is ready');
    const late = await machine();
    expect(() => late.app.enableSandbox()).toThrow('before app is ready');
    expect(() => late.protocol.registerSchemesAsPrivileged([])).toThrow('before app is ready');
  });

  it('ipcMain.handle and protocol.handle: one handler a name', async () => {
    const { ipcMain, protocol } = await machine();
    ipcMain.handle('a', () => 1);
    expect(() => ipcMain.handle('a', () => 2)).toThrow('second handler');
    protocol.handle('a', () => new Response());
    expect(() => protocol.handle('a', () => new Response())).toThrow('there already');
  });

  it('web-contents-created: told of every window before its page is loaded', async () => {
    const { app, open } = await machine();
    const seen: unknown[] = [];
    app.on('web-contents-created', (_event, contents) => seen.push(contents));
    const window = open();
    expect(seen).toEqual([window.webContents]);
  });

  it('utilityProcess: structured clones both ways, queued until they are listened for; exit tells the code', async () => {
    const { utilityProcess } = await machine();
    const folder = mkdtempSync(join(tmpdir(), 'utility-'));
    const entry = join(folder, 'child.mjs');
    writeFileSync(
      entry,
      `await new Promise((resolve) => setTimeout(resolve, 50));
       process.parentPort.on('message', ({ data, ports }) => {
         if (data === 'end') process.exit(7);
         process.parentPort.postMessage({ back: data, ports: ports.length, isMap: data.map instanceof Map });
       });`,
    );
    const child = utilityProcess.fork(entry, [], { stdio: 'pipe' });
    const answers: unknown[] = [];
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.on('message', (answer) => {
      answers.push(answer);
      child.postMessage('end');
    });
    const sent = { bytes: new Uint8Array([1, 2, 3]), at: new Date(5), map: new Map([['a', 1]]) };
    child.postMessage(sent);
    expect(await ended).toBe(7);
    expect(answers).toEqual([{ back: sent, ports: 0, isMap: true }]);
    expect(child.pid).toBeUndefined();
    rmSync(folder, { recursive: true });
  });

  it('Tray, Menu, nativeImage, Notification: take what the app gives, and throw where there is no tray', async () => {
    const { Tray, Menu, nativeImage, world } = await machine();
    expect(() => nativeImage.createFromBuffer(Buffer.from('no picture'))).toThrow('no PNG');
    const png = Buffer.from('\u0089PNG', 'latin1');
    const tray = new Tray(nativeImage.createFromBuffer(png));
    tray.setContextMenu(Menu.buildFromTemplate([{ label: 'a' }]));
    expect(world.trays[0]?.menu).toEqual([{ label: 'a' }]);
    world.noTray = true;
    expect(() => new Tray(nativeImage.createFromBuffer(png))).toThrow('no tray');
  });
});

describe('the stand-in refuses by name', () => {
  it('parts, calls and options that it does not know', async () => {
    const { world, app, dialog, open, preload, BrowserWindow } = await machine();
    const loose = world.electron as unknown as Record<string, unknown>;
    expect(() => loose['autoUpdater']).toThrow('no electron.autoUpdater');
    expect(() => (app as unknown as Record<string, unknown>)['relaunch']).toThrow('no app.relaunch');
    expect(() => (open().webContents as unknown as Record<string, unknown>)['openDevTools']).toThrow(
      'no webContents.openDevTools',
    );
    expect(() => new BrowserWindow({ ...windowOptions(preload, null), frame: false })).toThrow('no option frame');
    await expect(dialog.showOpenDialog({ message: 'a' })).rejects.toThrow('no option message');
  });

  it('a window with any other right than ours', async () => {
    const { preload, BrowserWindow } = await machine();
    const { webPreferences, ...rest } = windowOptions(preload, null);
    for (const wrong of [
      { sandbox: false },
      { contextIsolation: false },
      { nodeIntegration: true },
      { webSecurity: false },
      { webviewTag: true },
    ])
      expect(() => new BrowserWindow({ ...rest, webPreferences: { ...webPreferences, ...wrong } })).toThrow(
        'no window with',
      );
  });

  it('a question that nobody foresaw', async () => {
    const { dialog, world } = await machine();
    await expect(dialog.showMessageBox({ message: 'Really?', buttons: ['Yes', 'No'] })).rejects.toThrow(
      'nobody foresaw',
    );
    world.answer = () => 'No';
    expect((await dialog.showMessageBox({ message: 'Really?', buttons: ['Yes', 'No'] })).response).toBe(1);
  });
});
