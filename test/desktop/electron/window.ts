import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { BrowserContext, Frame, Page, Route } from 'playwright-core';
import { listenForScheme, type SchemeListener } from './listener.ts';
import { pageSide } from './page-side.ts';
import { knownOptions, preventable, strict } from './strict.ts';
import type { World } from './world.ts';

const OPTIONS = ['title', 'width', 'height', 'x', 'y', 'minWidth', 'minHeight', 'show', 'webPreferences'];
/** What a page of ours must be given, and what else may be named. */
const RIGHTS: Readonly<Record<string, unknown>> = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  spellcheck: false,
  navigateOnDragDrop: false,
};

interface WebPreferences {
  readonly preload: string;
  readonly [name: string]: unknown;
}

/** `BrowserWindow` over a page of a real Chromium. Its options and rights are looked at; a right that differs from what the stand-in enforces is refused. */
export function createBrowserWindow(world: World, app: EventEmitter) {
  return class BrowserWindow extends EventEmitter {
    readonly webContents;
    readonly #preload: string;
    readonly #opened: Promise<Opened>;
    readonly state = {
      shown: false,
      focused: 0,
      minimized: false,
      maximized: false,
      destroyed: false,
      progress: -1,
      addresses: [] as string[],
    };
    #loading: string | null = null;
    #handler: (details: { readonly url: string }) => { readonly action: 'deny' } = () => {
      throw new Error('nobody guards the opening of windows');
    };

    constructor(options: { readonly width: number; readonly height: number; readonly webPreferences: WebPreferences }) {
      super();
      if (!world.isReady) throw new Error('Cannot create BrowserWindow before app is ready');
      knownOptions('BrowserWindow', options, OPTIONS);
      const { preload, ...rights } = options.webPreferences;
      knownOptions('webPreferences', rights, Object.keys(RIGHTS));
      for (const [right, value] of Object.entries(RIGHTS))
        if (rights[right] !== value)
          throw new Error(`this stand-in has no window with ${right}: ${String(rights[right])}`);
      this.#preload = readFileSync(preload, 'utf8');
      const contents = Object.assign(new EventEmitter(), {
        send: (channel: string, told: unknown) => void this.#deliver(channel, structuredClone(told)),
        setWindowOpenHandler: (handler: (details: { readonly url: string }) => { readonly action: 'deny' }) => {
          this.#handler = handler;
        },
      });
      this.webContents = strict('webContents', contents);
      world.windows.add(this);
      this.#opened = this.#open(options.width, options.height);
      this.#opened.catch(() => {});
      app.emit('web-contents-created', {}, this.webContents);
    }

    /** The page behind the window, for the test. */
    get page(): Promise<Page> {
      return this.#opened.then(({ page }) => page);
    }

    async #open(width: number, height: number): Promise<Opened> {
      const [[scheme = ''] = []] = world.handlers;
      const base = `${scheme}://window`;
      const listener = await listenForScheme(
        base,
        () => world.handlers.get(scheme) ?? (() => new Response(null, { status: 502 })),
        () => this.webContents.emit('did-navigate', {}, base, -1, ''),
      );
      if (world.browser === null) throw new Error('this machine has no screen');
      const context = await world.browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
      const own = (address: string) => address.replace(listener.origin, base);
      await context.exposeBinding('__invoke', ({ frame }, { channel, input }: { channel: string; input: unknown[] }) =>
        this.#invoke(channel, input, frame, own),
      );
      await context.addInitScript({ content: pageSide(this.#preload) });
      const page = await context.newPage();
      await context.route('**/*', (route) => this.#guard(route, page, own));
      page.once('load', () => this.emit('ready-to-show'));
      return { context, page, listener, base };
    }

    /** Asks the app about every way out of a page, as Electron does. */
    async #guard(route: Route, page: Page, own: (address: string) => string): Promise<void> {
      const request = route.request();
      if (!request.isNavigationRequest()) return route.continue();
      const url = own(request.url());
      let frame: Frame | null = null;
      try {
        frame = request.frame();
      } catch {
        // A window that is only being opened has no frame yet.
      }
      if (frame === null || frame.page() !== page) {
        this.#handler({ url });
        await route.abort('aborted');
        await frame?.page().close();
        return;
      }
      const isMain = frame.parentFrame() === null;
      if (isMain && this.#loading === url) {
        this.#loading = null;
        return route.continue();
      }
      const event = preventable({ url, isMainFrame: isMain });
      if (isMain) this.webContents.emit('will-navigate', event);
      this.webContents.emit('will-frame-navigate', event);
      return event.defaultPrevented ? route.abort('aborted') : route.continue();
    }

    async #invoke(channel: string, input: unknown[], frame: Frame, own: (address: string) => string): Promise<unknown> {
      const handler = world.calls.get(channel);
      if (handler === undefined) throw new Error(`Error invoking remote method '${channel}': no handler registered`);
      const parent = frame.parentFrame();
      const senderFrame = { url: own(frame.url()), parent: parent === null ? null : { url: own(parent.url()) } };
      return structuredClone(await handler({ sender: this.webContents, senderFrame } as never, ...input));
    }

    async #deliver(channel: string, told: unknown): Promise<void> {
      const { page } = await this.#opened;
      await page.evaluate(([channel, told]) => (globalThis as unknown as Deliverer).__deliver(channel, told), [
        channel,
        told,
      ] as const);
    }

    async loadURL(address: string): Promise<void> {
      this.state.addresses.push(address);
      const { page, listener, base } = await this.#opened;
      if (!address.startsWith(`${base}/`)) throw new Error(`the stand-in loads nothing but ${base}`);
      this.#loading = address;
      // The first page waits until the app is built.
      await page.goto(address.replace(base, listener.origin), { timeout: 120_000 });
    }
    show() {
      this.state.shown = true;
    }
    hide() {
      this.state.shown = false;
    }
    focus() {
      this.state.focused += 1;
    }
    isMinimized() {
      return this.state.minimized;
    }
    restore() {
      this.state.minimized = false;
    }
    maximize() {
      this.state.maximized = true;
    }
    isMaximized() {
      return this.state.maximized;
    }
    setProgressBar(progress: number) {
      this.state.progress = progress;
    }
    getNormalBounds() {
      return { x: 10, y: 20, width: 1280, height: 860 };
    }
    /** Can be prevented; the last window that goes by itself ends the app unless somebody listens. */
    close() {
      if (this.state.destroyed) return;
      const event = preventable({});
      this.emit('close', event);
      if (event.defaultPrevented) return;
      this.state.destroyed = true;
      world.windows.delete(this);
      this.emit('closed');
      const gone = this.#opened.then(async ({ context, listener }) => {
        await context.close();
        await listener.close();
      });
      gone.catch(() => {});
      if (world.windows.size === 0 && !world.isQuitting) app.emit('window-all-closed');
    }
  };
}

interface Deliverer {
  __deliver(channel: string, told: unknown): void;
}

interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly listener: SchemeListener;
  readonly base: string;
}
