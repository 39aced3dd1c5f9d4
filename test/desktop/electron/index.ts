/**
 * A stand-in for the `electron` module where its program cannot be had: the same calls with the same order of events, over a real Chromium and real
 * child processes. It knows what the app uses and refuses everything else, so that a test cannot pass on a call that does nothing. What it is held
 * to stands in `conformance.integration.test.ts`.
 */
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Electron } from '../../../main/electron.ts';
import { createApp } from './app.ts';
import { knownOptions, strict } from './strict.ts';
import { createDialog, createNotification, createSafeStorage, createShell, createTray } from './system.ts';
import { createUtilityProcess } from './utility-process.ts';
import { createBrowserWindow } from './window.ts';
import type { World } from './world.ts';

/** A machine with a screen, on which the app can be started once. */
export function createWorld(browser: Browser | null): World {
  const folder = mkdtempSync(join(tmpdir(), 'stageflow-desktop-'));
  const denials: World['denials'] = new Map();
  const world: World = {
    browser,
    folder,
    isReady: false,
    isFirst: true,
    isQuitting: false,
    sandboxed: false,
    linkSchemes: [],
    loginItems: [],
    windows: new Set(),
    ended: Promise.withResolvers(),
    schemes: new Map(),
    handlers: new Map(),
    calls: new Map(),
    notifications: [],
    trays: [],
    noTray: false,
    hasVault: true,
    applicationMenu: [],
    questions: [],
    answer: null,
    chosen: [],
    errorBoxes: [],
    openedOutside: [],
    openedPaths: [],
    clipboard: '',
    crashDumps: 'none',
    hosts: [],
    session: createSession(denials),
    denials,
    electron: null as unknown as Electron,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
  const app = createApp(world);
  const parts = {
    app,
    BrowserWindow: createBrowserWindow(world, app),
    dialog: createDialog(world),
    ipcMain: createIpcMain(world),
    Notification: createNotification(world),
    protocol: createProtocol(world),
    session: strict('session', { defaultSession: world.session }),
    safeStorage: createSafeStorage(world),
    utilityProcess: createUtilityProcess(world),
    ...createTray(world),
    ...createShell(world),
  } satisfies Record<keyof Electron, unknown>;
  world.electron = strict('electron', parts) as unknown as Electron;
  return world;
}

function createIpcMain({ calls }: World) {
  return strict('ipcMain', {
    handle: (channel: string, handler: (event: never, ...input: unknown[]) => unknown) => {
      if (calls.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
      calls.set(channel, handler);
    },
  });
}

function createProtocol(world: World) {
  return strict('protocol', {
    registerSchemesAsPrivileged: (schemes: readonly { readonly scheme: string; readonly privileges: object }[]) => {
      if (world.isReady) throw new Error('registerSchemesAsPrivileged can only be used before app is ready');
      for (const { scheme, privileges } of schemes) {
        knownOptions('privileges', privileges, ['standard', 'secure', 'supportFetchAPI', 'stream', 'codeCache']);
        world.schemes.set(scheme, privileges);
      }
    },
    handle: (scheme: string, handler: (request: Request) => Promise<Response> | Response) => {
      if (!world.isReady) throw new Error('protocol.handle can only be used after app is ready');
      if (world.handlers.has(scheme)) throw new Error(`a handler of ${scheme} is there already`);
      world.handlers.set(scheme, handler);
    },
  });
}

function createSession(denials: World['denials']) {
  const keep = (name: string) => (handler: (...given: never[]) => unknown) => void denials.set(name, handler);
  return strict(
    'Session',
    Object.assign(new EventEmitter(), {
      setPermissionRequestHandler: keep('permission request'),
      setPermissionCheckHandler: keep('permission check'),
      setDevicePermissionHandler: keep('device'),
      setDisplayMediaRequestHandler: keep('display'),
    }),
  );
}
