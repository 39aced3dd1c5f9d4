import { lstatSync, mkdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { StageflowError } from '../kernel/index.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const errno = (error: unknown) => (error as NodeJS.ErrnoException | null)?.code ?? '';

/**
 * Makes a folder and those above it that are missing; gives the made ones, outermost first. Throws as Node does, with nothing made.
 * Not Node's own recursive way: that one never returns below /proc, and takes no signal meanwhile.
 */
export function makeFolder(path: string, mode = 0o777): readonly string[] {
  const missing: string[] = [];
  for (let at = resolve(path); !isFolder(at); at = dirname(at)) missing.unshift(at);
  const made: string[] = [];
  try {
    for (const folder of missing) if (makeOne(folder, mode)) made.push(folder);
  } catch (error) {
    for (const folder of made.toReversed()) rmdirSync(folder);
    throw error;
  }
  return made;
}

/** False when there is nothing; throws when there is something else than a folder. */
function isFolder(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return true;
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw error;
    // A link to nothing is in the way of a folder of its name.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return false;
  }
  throw Object.assign(new Error(`${path} is no folder`), { code: 'ENOTDIR', path });
}

/** True when it was made; false when somebody else was quicker. */
function makeOne(folder: string, mode: number): boolean {
  try {
    mkdirSync(folder, { mode });
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST' && isFolder(folder)) return false;
    throw error;
  }
}

/** What of a path is no folder, nearest to its root. */
function inTheWay(path: string): string {
  const parts = resolve(path).split(sep);
  const folders = parts.map((_, at) => parts.slice(0, at + 1).join(sep) || sep);
  const first = folders.find((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true);
  const found = first === undefined ? undefined : lstatSync(first, { throwIfNoEntry: false });
  return found?.isSymbolicLink() ? `${first} is a link that leads to no folder` : `${first ?? path} is a file`;
}

/** What a failure of the file system means to the person who named the folder; null when it is no refusal of the folder. */
function reasonOf(error: unknown): string | null {
  const { code = '', path = '' } = (error ?? {}) as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOTDIR':
    case 'EEXIST':
      return inTheWay(path);
    case 'ENOENT':
      return 'no folder can be made there';
    case 'EACCES':
    case 'EPERM':
      return 'this account may not write there';
    case 'EROFS':
      return 'it is on a disk that can only be read';
    case 'ENAMETOOLONG':
      return 'the name is too long';
    case 'ELOOP':
      return 'links lead in a circle there';
    case 'EISDIR':
      return `${path} is a folder`;
    default:
      return null;
  }
}

/** A failure to write below a folder that a person named with `option`, as a refusal of that folder; anything else as it is. */
export function refusalOfFolder(option: string, value: string, error: unknown): unknown {
  // A write that finds no room does not say where.
  if (FULL.has(errno(error))) return new StageflowError('disk_full', { path: value }, { cause: error });
  const reason = reasonOf(error);
  return reason === null ? error : new StageflowError('bad_option', { option, value, reason }, { cause: error });
}

/** Long enough for a disk without a free block to refuse it. */
const PROBE = Buffer.alloc(4096);

/**
 * Makes sure of a folder that a person named with `option`, before work begins whose result goes there: it is there afterwards and takes
 * files. Refused (`bad_option`) with the reason, and as a full disk; nothing stays then.
 */
export function claimFolder(option: string, value: string, mode?: number): void {
  const folder = resolve(value);
  let made: readonly string[] = [];
  const probe = join(folder, `.stageflow-${process.pid}.probe`);
  try {
    made = makeFolder(folder, mode);
    try {
      writeFileSync(probe, PROBE);
    } finally {
      rmSync(probe, { force: true });
    }
  } catch (error) {
    for (const path of made.toReversed()) rmdirSync(path);
    throw refusalOfFolder(option, value, error);
  }
}
