import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import type { Electron } from '../electron.ts';
import type { Place } from '../settings/model.ts';
import { WINDOW_ORIGIN } from './scheme.ts';

/** What a window of ours is made with; the rights of its page are named one by one, also where Electron's defaults are the same. */
export function windowOptions(preload: string, place: Place | null): BrowserWindowConstructorOptions {
  return {
    title: 'Stageflow',
    width: place?.width ?? 1280,
    height: place?.height ?? 860,
    ...(place === null ? {} : { x: place.x, y: place.y }),
    minWidth: 480,
    minHeight: 400,
    show: false,
    webPreferences: {
      preload,
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
    },
  };
}

/** The one window: made when it is wanted, found again while it is there. */
export interface Windows {
  readonly current: BrowserWindow | null;
  /** It while the app in it listens; null else. */
  readonly listening: BrowserWindow | null;
  /** Brings the window to the front, with the screen at a path when one is named. */
  show(path?: string): void;
  /** The app in the window listens from now on. */
  listens(): void;
  /** Calls back with the window once the app in it listens; never when it is closed before. */
  whenListening(then: (window: BrowserWindow) => void): void;
}

/** Keeps the window. `onMade` gives it its guards and what else every window gets. */
export function keepWindow(options: {
  readonly BrowserWindow: Electron['BrowserWindow'];
  readonly preload: string;
  readonly place: () => Place | null;
  readonly onMade: (window: BrowserWindow) => void;
  /** Tells a window that shows a page of ours of a screen to go to. */
  readonly go: (window: BrowserWindow, path: string) => void;
}): Windows {
  const { BrowserWindow, preload, place, onMade, go } = options;
  let current: BrowserWindow | null = null;
  /** True once the app in the window has said so: the page that stands there while no engine answers does not. */
  let isListening = false;
  let waiting: ((window: BrowserWindow) => void)[] = [];
  const make = (path: string) => {
    const at = place();
    const window = new BrowserWindow(windowOptions(preload, at));
    current = window;
    isListening = false;
    onMade(window);
    window.once('ready-to-show', () => {
      if (at?.maximized === true) window.maximize();
      window.show();
    });
    window.webContents.on('did-navigate', () => {
      isListening = false;
    });
    window.on('closed', () => {
      if (current === window) current = null;
      isListening = false;
      waiting = [];
    });
    void window.loadURL(WINDOW_ORIGIN + path).catch(() => {});
  };
  return {
    get current() {
      return current;
    },
    get listening() {
      return isListening ? current : null;
    },
    show: (path) => {
      if (current === null) return make(path ?? '/');
      if (current.isMinimized()) current.restore();
      current.show();
      current.focus();
      if (path === undefined) return;
      if (isListening) go(current, path);
      else void current.loadURL(WINDOW_ORIGIN + path).catch(() => {});
    },
    listens: () => {
      isListening = true;
      for (const then of waiting.splice(0)) if (current !== null) then(current);
    },
    whenListening: (then) => {
      if (current !== null && isListening) then(current);
      else waiting.push(then);
    },
  };
}
