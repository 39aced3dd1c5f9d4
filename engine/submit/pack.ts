import { constants } from 'node:fs';
import { access, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { StageflowError } from '../kernel/index.ts';
import type { ArchiveLimits } from '../scanner/index.ts';

/** A file to be packed. */
interface PackedFile {
  /** Path on the disk. */
  readonly path: string;
  /** Path inside the archive, with slashes. */
  readonly name: string;
  readonly bytes: number;
}

/** What a folder gives. */
export interface FolderPlan {
  /** In the order of their names, so that one folder always gives the same archive. */
  readonly files: readonly PackedFile[];
  /** What was left out, in sentences for the person. */
  readonly notes: readonly string[];
}

const LEFT_OUT = new Set(['node_modules', 'stageflow-reports', '__MACOSX', 'Thumbs.db', 'desktop.ini']);
/** Dot names that hosts serve or read. */
const KEPT_DOTS = new Set(['.well-known', '.nojekyll']);
const HTML = /\.x?html?$/i;
const TEXT = /\.(x?html?|css|m?js|cjs|json|map|svg|xml|txt|md|csv|webmanifest|wasm|ico)$/i;
/** Every entry bears this time, since only the content of a build matters. Local time, as DOS stamps are. */
const STAMP = new Date(1980, 0, 1);

function note(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return [`${what}: ${names.slice(0, 5).join(', ')}${more}.`];
}

/** Why a path of this machine cannot be taken: nothing is there, or it may not be read. */
export function unreadable(path: string, error: unknown): StageflowError {
  const { code = 'unknown' } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new StageflowError('file_not_found', { path }, { cause: error });
  const reason = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code;
  return new StageflowError('file_unreadable', { path, reason }, { cause: error });
}

/** Lists the files of a folder within the limits. Symbolic links are never followed; version control, modules and hidden files are left out. */
export async function planFolder(root: string, limits: ArchiveLimits): Promise<FolderPlan> {
  const files: PackedFile[] = [];
  const links: string[] = [];
  const left: string[] = [];
  let total = 0;

  const add = async (path: string, name: string): Promise<void> => {
    // The packer would turn a backslash into a slash, and so one file into another place.
    if (/[\\\u0000-\u001f]/.test(name)) {
      throw new StageflowError('zip_name', { entry: name, reason: 'it holds a backslash or a control character' });
    }
    await access(path, constants.R_OK).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    const bytes = (await lstat(path)).size;
    total += bytes;
    const over = (reason: string) => new StageflowError('zip_size', { reason, entry: name });
    if (bytes > limits.fileBytes) throw over(`one file has more than ${limits.fileBytes / 2 ** 20} MiB`);
    if (total > limits.totalBytes) throw over(`the folder holds more than ${limits.totalBytes / 2 ** 20} MiB`);
    if (files.length >= limits.entries)
      throw new StageflowError('zip_count', { reason: `the folder holds more than ${limits.entries} files` });
    files.push({ path, name, bytes });
  };

  const walk = async (folder: string, base: string, depth: number): Promise<void> => {
    if (depth > limits.depth)
      throw new StageflowError('zip_count', { reason: `folders are nested more than ${limits.depth} deep` });
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw unreadable(folder, error);
    });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const name = base + entry.name;
      const path = join(folder, entry.name);
      const hidden = entry.name.startsWith('.') && !KEPT_DOTS.has(entry.name);
      if (hidden || LEFT_OUT.has(entry.name)) left.push(name);
      else if (entry.isDirectory()) await walk(path, `${name}/`, depth + 1);
      else if (entry.isFile()) await add(path, name);
      else links.push(name);
    }
  };

  await walk(root, '', 1);
  if (files.length === 0) throw new StageflowError('zip_empty');
  if (!files.some(({ name }) => HTML.test(name))) throw new StageflowError('zip_no_html');
  return { files, notes: [...note('Left out', left), ...note('Links and special files were not packed', links)] };
}

/** The bytes of a file, opened only when they are asked for. */
async function* bytesOf(file: PackedFile): AsyncGenerator<Uint8Array> {
  // Without O_NOFOLLOW a link put there after the walk would be packed; without O_NONBLOCK a pipe would hang the scan.
  const handle = await open(file.path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await handle.stat()).isFile()) throw new StageflowError('file_not_found', { path: file.path });
    yield* handle.createReadStream({ autoClose: false });
  } finally {
    await handle.close();
  }
}

/** The archive of a plan as a stream; files are read one after the other, none is held in memory. */
export function packFolder(plan: FolderPlan): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  for (const file of plan.files) {
    const options = { mtime: STAMP, mode: 0o100644, compress: TEXT.test(file.name), forceDosTimestamp: true };
    zip.addReadStreamLazy(file.name, options, (done) =>
      done(null, Readable.from(bytesOf(file), { objectMode: false })),
    );
  }
  zip.end();
  return output;
}
