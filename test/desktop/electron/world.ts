import type { EventEmitter } from 'node:events';
import type { Browser } from 'playwright-core';
import type { Electron } from '../../../main/electron.ts';

/** A question of the app, as a person at the screen would see it. */
export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

/** A notification that was shown, and a person's click on it. */
export interface ShownNotification {
  readonly title: string;
  readonly body: string;
  click(): void;
}

/** Entries of a menu as they were built. */
export type Template = readonly {
  readonly label?: string;
  readonly enabled?: boolean;
  click?(): void;
  readonly submenu?: Template;
}[];

/** What stands in the tray. */
export interface ShownTray {
  tooltip: string;
  menu: Template;
  /** Bytes of the image. */
  image: Buffer;
  removed: boolean;
  click(): void;
  drop(...paths: string[]): void;
}

/** The window as `app` sees it. */
export interface WorldWindow {
  close(): void;
}

/** All that is outside the app: the screen, the person, the system. Tests look at it and act in it. */
export interface World {
  /** Null for a machine without a screen, on which windows stay empty. */
  readonly browser: Browser | null;
  /** Folder of this run. */
  readonly folder: string;
  isReady: boolean;
  /** False when another instance has the lock. */
  isFirst: boolean;
  isQuitting: boolean;
  sandboxed: boolean;
  readonly linkSchemes: string[];
  readonly loginItems: { readonly openAtLogin: boolean }[];
  readonly windows: Set<WorldWindow>;
  readonly ended: PromiseWithResolvers<void>;
  /** Schemes that were given rights before the app was ready. */
  readonly schemes: Map<string, object>;
  readonly handlers: Map<string, (request: Request) => Promise<Response> | Response>;
  readonly calls: Map<string, (event: never, ...input: unknown[]) => unknown>;
  readonly notifications: ShownNotification[];
  readonly trays: ShownTray[];
  /** True where the system has no place for tray icons. */
  noTray: boolean;
  /** False where the system keeps no secrets. */
  hasVault: boolean;
  applicationMenu: Template;
  readonly questions: Question[];
  /** Answers a question with the label of a button; a question without one is refused. */
  answer: ((question: Question) => string) | null;
  /** Paths that the next file dialogs give. */
  readonly chosen: string[][];
  readonly errorBoxes: string[];
  readonly openedOutside: string[];
  readonly openedPaths: string[];
  clipboard: string;
  /** What becomes of what a crash leaves. */
  crashDumps: 'none' | 'kept' | 'sent';
  readonly hosts: {
    readonly pid: number | undefined;
    /** Milliseconds from its start to its first word; null until then. */
    firstWordMs: number | null;
    kill(): boolean;
  }[];
  readonly session: EventEmitter;
  /** What the session was told: the handlers of permissions, by name. */
  readonly denials: Map<string, (...given: never[]) => unknown>;
  /** What the stand-in gives the app as `electron`. */
  electron: Electron;
  /** Removes the folder. */
  dispose(): void;
}
