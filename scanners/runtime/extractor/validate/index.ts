/**
 * Validate: the structure of an archive, judged before one byte is inflated.
 * Enters: random access to the archive and the caps. Leaves: its entries in the order of their bytes, with notes.
 * Called by the extractor's run and by the verdict. It must never inflate, write or trust one header alone.
 */
import type { ArchiveLimits } from '@stageflow/engine/sdk';
import { parseCentral } from './central.ts';
import { readEnd } from './end.ts';
import { tile, type ValidEntry } from './local.ts';
import type { ByteSource } from './source.ts';
import { checkSizes, checkTree } from './tree.ts';

export { bufferSource, fileSource } from './source.ts';
export type { ByteSource } from './source.ts';
export type { ValidEntry } from './local.ts';

/** An archive whose structure holds. Sizes and checksums of the contents are still only promises. */
export interface ValidArchive {
  readonly entries: readonly ValidEntry[];
  /** Sentences for the report. */
  readonly notes: readonly string[];
}

/** Judges an archive's structure. Throws ArchiveRefusal; an archive without entries is valid. */
export function validateArchive(source: ByteSource, limits: ArchiveLimits): ValidArchive {
  const directory = readEnd(source, limits);
  const central = parseCentral(source.read(directory.offset, directory.size), directory, limits);
  const entries = tile(source, central, directory.offset);
  checkSizes(entries, limits);
  return { entries, notes: [...checkTree(entries), ...spellingNotes(entries)] };
}

function spellingNotes(entries: readonly ValidEntry[]): string[] {
  const count = (note: ValidEntry['note']) => entries.filter((entry) => entry.note === note).length;
  const cp437 = count('cp437');
  const backslash = count('backslash');
  return [
    ...(cp437 > 0
      ? [`${cp437} names are not marked as UTF-8 and were read in the old DOS encoding (code page 437).`]
      : []),
    ...(backslash > 0 ? [`${backslash} names use backslashes and were read as folders.`] : []),
  ];
}
