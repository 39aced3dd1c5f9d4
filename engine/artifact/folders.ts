import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { StageflowError } from '../kernel/index.ts';

const codeOf = (error: unknown) => (error as { code?: string } | null)?.code;

/** True for the failure of a path that is not there. */
export const isMissing = (error: unknown) => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';

/** Folders remembered as lasting; beyond it all are forgotten, which costs a wait for the disk and nothing else. */
const MOST_REMEMBERED = 20_000;

async function toDisk(folder: string): Promise<void> {
  // Windows has no handle to sync for a folder; its rename is journalled instead.
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** True when a path is a real folder, false when nothing is there; a link or a file in its place is refused. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isDirectory()) return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  throw notPlain(path);
}

const notPlain = (path: string) => new StageflowError('store_failed', { reason: `${path} is not a plain folder` });

/** A wait for a folder's entries to be on disk, and the one that those share who came after it had begun. */
interface Round {
  readonly now: Promise<void>;
  next: Promise<void> | null;
}

/**
 * The folders of a file store, and what of them is on disk. An entry lasts when its folder was synchronised after it was made; that is waited
 * for once by all who ask at the same time, and a folder whose own entry lasts is not asked about again.
 */
export class Folders {
  readonly #root: string;
  /** The root without links on the way to it, once it is there. */
  #real: string | null = null;
  readonly #rounds = new Map<string, Round>();
  readonly #lasting = new Set<string>();
  /** Counts removals: what was made before one may be gone with it. */
  #removals = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * True when a folder below the root is there, with nothing but plain folders on the way to it; false when it is missing. Refuses links on
   * the way. One question, however deep it lies.
   */
  async stands(folder: string): Promise<boolean> {
    try {
      this.#real ??= await realpath(this.#root);
      const found = await realpath(folder);
      if (found === this.#real + folder.slice(this.#root.length)) return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    throw notPlain(folder);
  }

  /** Makes folders that are missing, each in the one before it. Gives what must be synchronised before an entry of the last one lasts, that last one left out. */
  async make(folders: readonly string[]): Promise<Unsaid> {
    const since = this.#removals;
    const last = folders.at(-1);
    const whole = last !== undefined && (await this.stands(last));
    if (!whole)
      for (const folder of folders) {
        if (await isFolder(folder)) continue;
        await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
          if (codeOf(error) !== 'EEXIST') throw error;
        });
        this.#lasting.delete(folder);
      }
    const unsaid = folders.filter((folder) => !this.#lasting.has(folder));
    return { folders: unsaid, since };
  }

  /** Resolves when what was made, and an entry that was put into `folder` meanwhile, are on disk. */
  async last({ folders, since }: Unsaid, folder: string): Promise<void> {
    // One after the other, the newest first: on most disks it brings the others along, and they are found done.
    for (const one of [...new Set([...folders.map(dirname), folder])].toReversed()) await this.sync(one);
    if (since !== this.#removals) return;
    if (this.#lasting.size > MOST_REMEMBERED) this.#lasting.clear();
    for (const one of folders) this.#lasting.add(one);
  }

  /** Resolves when every entry that a folder has now is on disk. */
  sync(folder: string): Promise<void> {
    const round = this.#rounds.get(folder);
    // What is under way may have begun before the caller's entry was there.
    if (round !== undefined) return (round.next ??= round.now.catch(() => {}).then(() => this.#begin(folder)));
    return this.#begin(folder);
  }

  /** A folder was removed with all below it: what is made in its place is new. */
  removed(folder: string): void {
    this.#removals += 1;
    for (const one of this.#lasting) if (one === folder || one.startsWith(folder + sep)) this.#lasting.delete(one);
  }

  #begin(folder: string): Promise<void> {
    const round: Round = {
      now: toDisk(folder).finally(() => {
        if (this.#rounds.get(folder) === round && round.next === null) this.#rounds.delete(folder);
      }),
      next: null,
    };
    this.#rounds.set(folder, round);
    return round.now;
  }
}

/** Folders whose own entries may not be on disk yet. */
interface Unsaid {
  readonly folders: readonly string[];
  readonly since: number;
}
