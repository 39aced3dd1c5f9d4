import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { StageflowError } from '../kernel/index.ts';
import { makeFolder, refusalOfFolder } from './make-folder.ts';
import { clearSocket, socketPlace } from './socket-place.ts';

/** Where one engine keeps everything: ledger, artifacts, queue, secrets, temporary folders. */
export interface DataFolder {
  readonly root: string;
  readonly ledger: string;
  readonly store: string;
  readonly nats: string;
  readonly secrets: string;
  readonly temporary: string;
  /** Reports as commands wrote them for people, a folder per job: copies of what the store holds. */
  readonly reports: string;
  /** Where this folder's engine listens for the machine's owner; null where sockets are no files. */
  readonly socket: string | null;
  /** Gives the folder back; safe to call twice. */
  release(): void;
}

/** The data folder of this person: STAGEFLOW_HOME, else the desktop convention for data. */
export function defaultDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.STAGEFLOW_HOME) return env.STAGEFLOW_HOME;
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'stageflow');
}

/** Where commands write reports for people when they name no folder. */
export const reportsOf = (root: string): string => join(root, 'reports');

/** What tells one life of a machine from the next, so that a lock of before a reboot is never believed. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

/** Start time of a process in clock ticks, which tells a pid from its re-use; null when it is not running. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function alive(pid: number, started: string | null): boolean {
  if (process.platform === 'linux') return startTime(pid) !== null && startTime(pid) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Lock {
  readonly pid: number;
  readonly started: string | null;
  readonly boot: string;
  /** Socket of the owner; missing in locks of older versions. */
  readonly socket?: string | null;
}

function readLock(path: string): Lock | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Lock;
  } catch {
    return null;
  }
}

/** Takes the lock only when there is none. It is written beside and linked into place, so that nobody reads half of it. */
function take(path: string, lock: Lock): boolean {
  const written = `${path}.${process.pid}.new`;
  writeFileSync(written, JSON.stringify(lock), { mode: 0o600 });
  try {
    linkSync(written, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(written, { force: true });
  }
}

/** Removes a dead owner's lock. Another starter may have put its own there since it was judged: that one is put back. */
function clear(path: string, judged: Lock | null): void {
  const stale = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, stale);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readLock(stale);
  if (JSON.stringify(moved) !== JSON.stringify(judged)) {
    try {
      linkSync(stale, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  rmSync(stale, { force: true });
}

/** The process that has a data folder, and the socket on which it answers the machine's owner; null when nobody has it. */
export function liveEngine(root: string): { readonly pid: number; readonly socket: string | null } | null {
  const lock = readLock(join(root, 'engine.lock'));
  if (!lock || lock.boot !== bootId() || !alive(lock.pid, lock.started)) return null;
  return { pid: lock.pid, socket: lock.socket ?? null };
}

/**
 * Makes the folder where needed and takes its lock: one data folder, one engine (DESIGN decision 13).
 * Refused with `data_folder_busy` while another live process has it, and with `bad_option` where it cannot be; a dead owner's lock is taken
 * over.
 */
export function openDataFolder(root: string): DataFolder {
  const path = (name: string) => join(root, name);
  try {
    for (const folder of [root, path('store'), path('nats'), path('secrets'), path('tmp')]) makeFolder(folder, 0o700);
  } catch (error) {
    throw refusalOfFolder('STAGEFLOW_HOME', root, error);
  }
  const lockPath = path('engine.lock');
  const socket = socketPlace(root);
  const mine: Lock = { pid: process.pid, started: startTime(process.pid), boot: bootId(), socket };
  while (!take(lockPath, mine)) {
    const other = readLock(lockPath);
    if (other && other.boot === mine.boot && alive(other.pid, other.started)) {
      if (socket !== other.socket) clearSocket(socket);
      throw new StageflowError('data_folder_busy', { pid: other.pid, path: root });
    }
    clear(lockPath, other);
    // A socket whose engine is dead answers nobody; ours would not be able to take its name.
    if (other?.socket && other.socket !== socket) clearSocket(other.socket);
  }
  // The folder is ours: whatever lies where the socket goes is a dead engine's.
  if (socket !== null) rmSync(socket, { force: true });
  let held = true;
  return {
    root,
    ledger: path('ledger.db'),
    store: path('store'),
    nats: path('nats'),
    secrets: path('secrets'),
    temporary: path('tmp'),
    reports: reportsOf(root),
    socket,
    release: () => {
      if (!held) return;
      held = false;
      clearSocket(socket);
      if (readLock(lockPath)?.pid === process.pid) rmSync(lockPath, { force: true });
    },
  };
}
