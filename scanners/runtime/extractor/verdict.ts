import { closeSync, openSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { StageflowError } from '@stageflow/engine/kernel';
import { ARCHIVE_LIMITS, type ArchiveLimits } from '@stageflow/engine/sdk';
import { receiveArchive } from './receive.ts';
import { ArchiveRefusal } from './refusal.ts';
import { scannableTree } from './site/index.ts';
import { unpackEntry } from './unpack/index.ts';
import { fileSource, validateArchive, type ByteSource, type ValidArchive } from './validate/index.ts';

/** The judgement of an archive alone, as `doctor --archive` prints it. */
export interface ArchiveVerdict {
  readonly verdict: 'accept' | 'refuse';
  /** Why a scan ends here: a `zip_*` or `not_a_zip` code when refused; `zip_empty` or `zip_no_html` of a sound archive with nothing to scan. */
  readonly code: string | null;
  /** Entry at fault, when there is one. */
  readonly entry: string | null;
  /** The fault in a few words, when there is a code. */
  readonly reason: string | null;
  /** One sentence for a person. */
  readonly sentence: string;
  /** Entries and unpacked bytes of an accepted archive; 0 when refused. */
  readonly entries: number;
  readonly bytes: number;
  readonly notes: readonly string[];
}

/** Judges an archive: structure, then size and checksum of every entry, then whether there is a page to scan. Nothing is written. */
export async function judgeArchive(source: ByteSource, limits: ArchiveLimits): Promise<ArchiveVerdict> {
  try {
    const archive = validateArchive(source, limits);
    for (const entry of archive.entries) await unpackEntry(source, entry, () => {});
    const bytes = archive.entries.reduce((sum, entry) => sum + entry.size, 0);
    const nothing = whyNothing(archive);
    const sound = `The archive is sound: ${archive.entries.length} entries, ${bytes} bytes unpacked.`;
    return {
      verdict: 'accept',
      code: nothing?.code ?? null,
      entry: null,
      reason: nothing?.reason ?? null,
      sentence: nothing === null ? sound : nothing.message,
      entries: archive.entries.length,
      bytes,
      notes: archive.notes,
    };
  } catch (error) {
    return refusedBy(error);
  }
}

/** Judges the archive at `path`. Throws `file_not_found` when there is no such file to read. */
export async function archiveVerdict(path: string, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<ArchiveVerdict> {
  const fd = openFile(path);
  try {
    return await judgeArchive(fileSource(fd), limits);
  } finally {
    closeSync(fd);
  }
}

/** Judges an archive that comes as a stream, kept meanwhile in a nameless file of the folder for temporary files. */
export async function streamVerdict(
  input: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<ArchiveVerdict> {
  let fd: number;
  try {
    fd = await receiveArchive(tmpdir(), input, limits, null);
  } catch (error) {
    return refusedBy(error);
  }
  try {
    return await judgeArchive(fileSource(fd), limits);
  } finally {
    closeSync(fd);
  }
}

/** What the extractor says of a sound archive that gives nothing to scan; null of all others. */
function whyNothing({ entries }: ValidArchive): ArchiveRefusal | null {
  const files = entries.filter(({ folder }) => !folder).map(({ path, size, crc }) => ({ path, size, crc, offset: 0 }));
  try {
    scannableTree({ fd: -1, files, bytes: 0 });
    return null;
  } catch (error) {
    if (error instanceof ArchiveRefusal) return error;
    throw error;
  }
}

function openFile(path: string): number {
  try {
    if (statSync(path).isFile()) return openSync(path, 'r');
  } catch (cause) {
    throw new StageflowError('file_not_found', { path }, { cause });
  }
  throw new StageflowError('not_a_zip', { path });
}

function refusedBy(error: unknown): ArchiveVerdict {
  if (!(error instanceof ArchiveRefusal)) throw error;
  const { code, entry, reason, message } = error;
  return { verdict: 'refuse', code, entry, reason, sentence: message, entries: 0, bytes: 0, notes: [] };
}
