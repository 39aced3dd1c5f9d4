/**
 * Unpack: a valid archive's files into one content file.
 * Enters: the validated source and an empty folder. Leaves: where each file's bytes lie in the content file.
 * Called by the extractor's run. It must never use a name of the archive as a path of the disk: all files go into one
 * file whose name is ours, so there is no path to escape by, no name to collide and no link to follow.
 */
import { constants, existsSync, lstatSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StageflowError } from '@stageflow/engine/kernel';
import type { ArchiveLimits } from '@stageflow/engine/sdk';
import { refuse } from '../refusal.ts';
import type { ByteSource, ValidArchive } from '../validate/index.ts';
import { unpackEntry } from './inflate.ts';

export { unpackEntry } from './inflate.ts';

/** A file of the build: where its bytes lie in the content file. */
export interface StoredFile {
  /** Path inside the archive, segments joined by `/`. */
  readonly path: string;
  readonly offset: number;
  readonly size: number;
  readonly crc: number;
}

/** What was unpacked. */
export interface Content {
  /** Descriptor of the content file, open for reading and writing; the caller closes it. */
  readonly fd: number;
  readonly files: readonly StoredFile[];
  readonly bytes: number;
}

/** How long the loop may go on before others (heartbeats) get their turn, in milliseconds. */
const TURN = 20;
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Creates the content file in `directory`, which is made or must be a real, empty folder (Z22). Throws `internal` otherwise. */
export function createContentFile(directory: string): number {
  if (!existsSync(directory)) mkdirSync(directory, 0o755);
  if (!lstatSync(directory).isDirectory())
    throw new StageflowError('internal', { reason: 'the folder to unpack into is not a folder' });
  if (readdirSync(directory).length > 0)
    throw new StageflowError('internal', { reason: 'the folder to unpack into is not empty' });
  return openSync(join(directory, 'content'), FLAGS, 0o644);
}

/** Unpacks every file, checking size and checksum of each. Throws ArchiveRefusal; what was written then is of no use. */
export async function unpackArchive(
  source: ByteSource,
  archive: ValidArchive,
  fd: number,
  limits: ArchiveLimits,
): Promise<Content> {
  const files: StoredFile[] = [];
  const deadline = worked() + limits.seconds * 1000;
  let offset = 0;
  let turn = performance.now();
  for (const entry of archive.entries) {
    const start = offset;
    await unpackEntry(source, entry, (bytes) => {
      writeFully(fd, bytes, offset);
      offset += bytes.length;
    });
    if (!entry.folder)
      files.push({ path: entry.path.normalize('NFC'), offset: start, size: entry.size, crc: entry.crc });
    if (worked() > deadline) refuse('zip_size', `unpacking takes longer than ${limits.seconds} s`, entry.path);
    if (performance.now() - turn > TURN) {
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
  }
  return { fd, files, bytes: offset };
}

/** Processor time of this process in milliseconds: a machine that gives it few turns must not make an archive look like a trap. */
function worked(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Writes all of `bytes`; one call may write less. */
function writeFully(fd: number, bytes: Buffer, offset: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
}
