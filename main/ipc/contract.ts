/**
 * IPC: what the window may ask of main beside the HTTP API: only what a web page cannot do.
 * Enters: a call's name and its input. Leaves: its answer, or a coded refusal. The window gets the types; the schemas are held to in main.
 */
import { z } from 'zod';
import { MachineAct, MachineView } from '../machine/model.ts';
import { DesktopSettings } from '../settings/model.ts';
import { NewTarget, SyncView, Ticked, UploadLine } from '../sync/model.ts';

/** Longest path that any system has. */
const Path = z.string().min(1).max(32_768);

/** A file that main offers the window: fetched once at `address`. */
const Offer = z.strictObject({ name: z.string(), address: z.string() });

const JobId = z.string().regex(/^[0-9a-z]{26}$/);

const Server = z.strictObject({ name: z.string(), url: z.string() });

/** How the engine is, in words for a person. */
const EngineWord = z.strictObject({
  phase: z.enum(['starting', 'ready', 'pausing', 'failed', 'leaving', 'left']),
  /** Why it is not there; null when it is, or is about to be. */
  reason: z.string().nullable(),
});

/** Every call with its input and its answer. */
export const CALLS = {
  /** The app in the window is there and listens to what main tells. */
  'window.listens': { input: z.strictObject({}), answer: z.null() },
  /** Files and folders that were dropped on the window; a folder is packed when it is fetched. Refused like a path on the command line. */
  'files.take': { input: z.strictObject({ paths: z.array(Path).min(1).max(100) }), answer: z.array(Offer) },
  /** Asks the person for an archive or a folder; none when they chose nothing. */
  'files.choose': { input: z.strictObject({ kind: z.enum(['archive', 'folder']) }), answer: z.array(Offer) },
  'settings.read': { input: z.strictObject({}), answer: DesktopSettings },
  /** Changes what is named and leaves the rest. */
  'settings.change': { input: DesktopSettings.partial().strict(), answer: DesktopSettings },
  /** Servers to which reports can be moved; their tokens never come into the window again. */
  'servers.read': { input: z.strictObject({}), answer: z.array(Server) },
  /** Keeps a server, once the person has agreed outside the window and the server has taken the token. */
  'servers.add': {
    input: z.strictObject({ name: z.string().max(32), url: z.string().max(2_000), token: z.string().max(200) }),
    answer: z.array(Server),
  },
  'servers.remove': { input: z.strictObject({ name: z.string().max(32) }), answer: z.array(Server) },
  /** Moves a job that has ended to a server; answers with its address there. */
  'servers.send': {
    input: z.strictObject({ jobId: JobId, name: z.string().max(32) }),
    answer: z.strictObject({ address: z.string() }),
  },
  /** The object store that is connected, and reports on their way there. */
  'sync.read': { input: z.strictObject({}), answer: SyncView },
  /** Keeps an object store once the person has agreed outside the window and its keys work; null forgets it. Its keys never come into the window again. */
  'sync.connect': { input: z.strictObject({ target: NewTarget.nullable() }), answer: SyncView },
  /** What an upload of a job would send. */
  'sync.plan': { input: z.strictObject({ jobId: JobId }), answer: z.array(UploadLine) },
  'sync.send': { input: z.strictObject({ jobId: JobId, include: Ticked }), answer: SyncView },
  /** A link for anybody: by a server that is named, else into the object store (null). What is not there yet is sent first. */
  'share.link': {
    input: z.strictObject({
      jobId: JobId,
      by: z.string().max(32).nullable(),
      days: z.number().int().min(1).max(7),
    }),
    answer: z.strictObject({ url: z.string(), expiresAt: z.string() }),
  },
  /** The way to a Podman that scans: what is done, what is to be mended next, what Podman says meanwhile. */
  'machine.read': { input: z.strictObject({}), answer: MachineView },
  /** Makes or starts Podman's machine, where that is the next step. */
  'machine.mend': { input: z.strictObject({ act: MachineAct }), answer: MachineView },
  'engine.read': { input: z.strictObject({}), answer: EngineWord },
  /** Starts an engine again that failed. */
  'engine.again': { input: z.strictObject({}), answer: EngineWord },
  /** Shows the folder of the logs. */
  'logs.show': { input: z.strictObject({}), answer: z.null() },
  'about.read': {
    input: z.strictObject({}),
    answer: z.strictObject({ version: z.string(), platform: z.string(), hasTray: z.boolean(), updates: z.boolean() }),
  },
} as const;

export type CallName = keyof typeof CALLS;
export type CallInput<K extends CallName> = z.input<(typeof CALLS)[K]['input']>;
export type CallAnswer<K extends CallName> = z.output<(typeof CALLS)[K]['answer']>;

/** What a call comes to: errors cross the border as data, with the code and the sentence of the error table. */
export type Outcome<T> =
  | { readonly ok: true; readonly answer: T }
  | { readonly ok: false; readonly code: string; readonly sentence: string };

/** What main tells the window without being asked. */
export interface Told {
  /** A screen to show. */
  readonly go: { readonly path: string };
  /** Files that came from outside the window: the command line, "Open with", the dock. */
  readonly offered: { readonly offers: z.output<typeof Offer>[] };
  /** How far uploads are. */
  readonly sync: SyncView;
  /** How the mending of Podman's machine goes on. */
  readonly machine: MachineView;
}

/** Channels are the calls' names behind this. */
export const CHANNEL = 'stageflow:';

/** Calls that a page may make by name; those that take paths are made by the preload alone. */
export type OpenCall = Exclude<CallName, 'files.take'>;

/** What the preload puts into the window as `stageflow`. */
export interface Desktop {
  call<K extends OpenCall>(name: K, input: CallInput<K>): Promise<Outcome<CallAnswer<K>>>;
  /** Paths never enter the window: the files are named by what was dropped. */
  take(files: readonly File[]): Promise<Outcome<CallAnswer<'files.take'>>>;
  /** Returns how to stop listening. */
  on<K extends keyof Told>(name: K, tell: (told: Told[K]) => void): () => void;
}
