import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildPreload } from '../../main/build.ts';
import { systemPrograms } from '../../main/machine/programs.ts';
import { type Parts, startDesktop } from '../../main/start.ts';
import { createWorld } from './electron/index.ts';
import type { World } from './electron/world.ts';

const HOST = join(import.meta.dirname, '../../main/host/index.ts');

/** The app as it runs in the stand-in, with a data folder of its own, and the hands of a person. */
export interface RunningApp {
  readonly world: World;
  readonly home: string;
  /** The window that is there now. */
  window(): AppWindow;
  page(): Promise<Page>;
  /** Drops files or folders of the disk in the middle of the window. */
  drop(...paths: string[]): Promise<void>;
  /** Resolves when the engine answers. */
  ready(): Promise<void>;
  /** A request of the window's page. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** A call of the window's page, as the preload makes it. */
  call(name: string, input: unknown): Promise<unknown>;
  /** Chooses an entry of the tray by its words. */
  chooseInTray(label: string | RegExp): void;
  /** Quits, and waits until the engine's process has ended. */
  quit(): Promise<void>;
}

/** What tests see of the stand-in's window beyond Electron's. */
export interface AppWindow {
  readonly webContents: unknown;
  readonly page: Promise<Page>;
  readonly state: {
    readonly shown: boolean;
    readonly focused: number;
    readonly destroyed: boolean;
    readonly progress: number;
    /** What it was told to load, in order. */
    readonly addresses: readonly string[];
  };
  close(): void;
}

/** Starts the real main, the real preload and the real engine's process. `before` may change the world first. */
export async function startApp(
  browser: Browser | null,
  options: {
    readonly argv?: readonly string[];
    readonly before?: (world: World) => void;
    /** A data folder that is there already; its own when left out. */
    readonly home?: string;
    /** Parts of the app that are others than a clone's. */
    readonly parts?: Partial<Parts>;
  } = {},
): Promise<RunningApp> {
  const world = createWorld(browser);
  options.before?.(world);
  const home = options.home ?? join(world.folder, 'home');
  process.env['STAGEFLOW_HOME'] = home;
  const parts: Parts = {
    preload: () => buildPreload(world.folder),
    host: HOST,
    unchanged: async () => {},
    updater: null,
    programs: systemPrograms,
    whenTold: () => {},
    hasTray: async () => !world.noTray,
  };
  await startDesktop(world.electron, { ...parts, ...options.parts }, options.argv ?? []);
  const window = () => {
    const [first] = world.windows;
    if (first === undefined) throw new Error('there is no window');
    return first as AppWindow;
  };
  return {
    world,
    home,
    window,
    page: () => window().page,
    drop: async (...paths) => dropOn(await window().page, paths),
    ready: async () => {
      for (let tries = 0; (await request(world, '/livez')).status !== 200; tries += 1)
        if (tries > 10) throw new Error('the engine never answered');
    },
    ask: (path, init = {}) => request(world, path, init),
    call: async (name, input) => {
      const event = { sender: window().webContents, senderFrame: { url: 'stageflow-app://window/', parent: null } };
      return world.calls.get(`stageflow:${name}`)?.(event as never, input);
    },
    chooseInTray: (label) => {
      const entry = world.trays
        .at(-1)
        ?.menu.find((one) => (typeof label === 'string' ? one.label === label : label.test(one.label ?? '')));
      if (entry?.click === undefined || entry.enabled === false) throw new Error(`the tray offers no ${String(label)}`);
      entry.click();
    },
    quit: async () => {
      world.electron.app.quit();
      await world.ended.promise;
      world.dispose();
    },
  };
}

/** A request as a page of the window makes it; one that finds no engine waits a while for it. */
async function request(world: World, path: string, init: RequestInit = {}): Promise<Response> {
  const [handler] = world.handlers.values();
  if (handler === undefined) throw new Error('nobody answers the window');
  return handler(new Request(`stageflow-app://window${path}`, init));
}

/** Drags files in from outside, as the system does. */
async function dropOn(page: Page, paths: readonly string[]): Promise<void> {
  await page.evaluate(
    (known) => {
      const registered = (globalThis as unknown as { __paths: Map<string, string> }).__paths;
      for (const [key, path] of known) registered.set(key ?? '', path ?? '');
    },
    paths.map((path) => [`${basename(path)}:${statSync(path).isFile() ? statSync(path).size : 'folder'}`, path]),
  );
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
  await session.detach();
}
