import { constants, createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JobSource } from '../event/index.ts';
import { StageflowError } from '../kernel/index.ts';
import { ARCHIVE_LIMITS } from '../scanner/index.ts';
import type { ArchiveLimits } from '../scanner/index.ts';
import { sanitiseFilename } from './filename.ts';
import { type FolderPlan, packFolder, planFolder, unreadable } from './pack.ts';

/** Where an archive is staged: the part of a store that intake needs, and the key for a sanitised file name. */
export interface Staging {
  put(
    bucket: 'scanner-staging',
    key: string,
    body: AsyncIterable<Uint8Array>,
    options: { readonly maxBytes: number },
  ): Promise<{ readonly key: string; readonly sha256: string; readonly size: number }>;
  /** Key of this job's archive. */
  key(filename: string): string;
}

/** The source of a ZIP job. */
export type ZipSource = Extract<JobSource, { kind: 'zip' }>;

/** What intake gives: the source for the job's specification, and sentences for the person. */
export interface Staged {
  readonly source: ZipSource;
  readonly notes: readonly string[];
}

/** A local entry header, or the end record of an archive without entries. */
function isZipStart(bytes: Uint8Array): boolean {
  const [p, k, a, b] = bytes;
  return p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6));
}

/** Passes bytes on once the first four are those of a ZIP; refuses others before anything is stored, and too many. */
async function* checked(name: string, body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array();
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(name, maxBytes);
    if (head === null) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 4) continue;
    if (!isZipStart(head)) break;
    yield head;
    head = null;
  }
  if (head !== null) throw new StageflowError('not_a_zip', { path: name });
}

function tooLarge(name: string, maxBytes: number): StageflowError {
  return new StageflowError('zip_size', {
    reason: `it has more than ${Math.floor(maxBytes / 2 ** 20)} MiB`,
    entry: name,
  });
}

async function stage(
  name: string,
  body: AsyncIterable<Uint8Array>,
  staging: Staging,
  maxBytes: number,
  fromFolder: boolean,
): Promise<ZipSource> {
  const filename = sanitiseFilename(name);
  const bytes = checked(name, body, maxBytes);
  const stored = await staging.put('scanner-staging', staging.key(filename), bytes, { maxBytes });
  return { kind: 'zip', filename, bytes: stored.size, sha256: stored.sha256, stagingKey: stored.key, fromFolder };
}

/** Stages an archive that arrives as a stream (an upload). Refusals are `not_a_zip` and `zip_size`; nothing is kept then. */
export async function takeUpload(
  name: string,
  body: AsyncIterable<Uint8Array>,
  staging: Staging,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<Staged> {
  return { source: await stage(name, body, staging, limits.archiveBytes, false), notes: [] };
}

/**
 * Judges a ZIP file or folder by its outside alone: the file's kind, size and first bytes, or the folder's list of files. Cheap, so that a
 * refusal need not wait for a machine that is being set up. The refusals are those of `takePath`.
 */
export async function judgePath(path: string, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<FolderPlan | null> {
  const full = resolve(path);
  const found = await stat(full).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (found.isDirectory()) return planFolder(full, limits);
  // Before it is opened: a pipe without a writer would be waited for.
  if (!found.isFile()) throw new StageflowError('not_a_zip', { path });
  if (found.size > limits.archiveBytes) throw tooLarge(path, limits.archiveBytes);
  const file = await open(full, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead < 4 || !isZipStart(buffer)) throw new StageflowError('not_a_zip', { path });
  } finally {
    await file.close();
  }
  return null;
}

/**
 * Stages a ZIP file, or a folder packed on the way, from this machine's disk. Refusals: `file_not_found`, `file_unreadable`, `not_a_zip`,
 * `zip_size`, `zip_count`, `zip_name`, `zip_empty`, `zip_no_html`. What is inside a ZIP file is judged later, in the extractor.
 */
export async function takePath(
  path: string,
  staging: Staging,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<Staged> {
  const full = resolve(path);
  const plan = await judgePath(path, limits);
  return plan === null
    ? { source: await stage(path, createReadStream(full), staging, limits.archiveBytes, false), notes: [] }
    : { source: await stage(full, packFolder(plan), staging, limits.archiveBytes, true), notes: plan.notes };
}
