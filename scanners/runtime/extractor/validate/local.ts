import { refuse } from '../refusal.ts';
import { FLAG, type CentralEntry } from './central.ts';
import { checkExtra, parseExtra, widen, type Sizes } from './extra.ts';
import { safe64 } from './end.ts';
import type { ByteSource } from './source.ts';

/** An entry whose two headers agree and whose bytes belong to it alone. */
export interface ValidEntry
  extends Pick<CentralEntry, 'path' | 'folder' | 'note' | 'method' | 'crc' | 'packed' | 'size'> {
  /** Where its packed bytes begin. */
  readonly dataOffset: number;
}

const HEADER = 30;
/** Read with the name at once, so that most entries cost one read. */
const USUAL_EXTRA = 64;
const DESCRIPTOR = 0x08074b50;
const COMPARED = FLAG.encrypted | FLAG.strong | FLAG.utf8 | FLAG.masked;

interface LocalHeader {
  readonly fixed: Buffer;
  readonly name: Buffer;
  readonly extra: Buffer;
}

function readLocal(source: ByteSource, entry: CentralEntry, limit: number): LocalHeader {
  const { offset, rawName, path } = entry;
  if (offset + HEADER + rawName.length > limit) refuse('zip_overlap', 'its header runs into the directory', path);
  const first = source.read(offset, Math.min(HEADER + rawName.length + USUAL_EXTRA, limit - offset));
  if (first.readUInt32LE(0) !== 0x04034b50)
    refuse('zip_framing', 'a local header is not where the directory says', path);
  if (first.readUInt16LE(26) !== rawName.length) refuse('zip_mismatch', 'the names differ', path);
  const nameEnd = HEADER + rawName.length;
  const end = nameEnd + first.readUInt16LE(28);
  if (offset + end > limit) refuse('zip_overlap', 'its header runs into the directory', path);
  const all = end <= first.length ? first : source.read(offset, end);
  return { fixed: all.subarray(0, HEADER), name: all.subarray(HEADER, nameEnd), extra: all.subarray(nameEnd, end) };
}

/**
 * Full tiling: by offset, each entry's span (header, data, descriptor) begins where the one before it ends, the first at
 * byte 0 and the last ending where the directory begins. Throws `zip_overlap`, `zip_framing` (a gap) or `zip_mismatch`
 * (the two headers disagree). Nothing is inflated.
 */
export function tile(source: ByteSource, entries: readonly CentralEntry[], directoryOffset: number): ValidEntry[] {
  const sorted = entries.toSorted((a, b) => a.offset - b.offset);
  const first = sorted[0]?.offset ?? directoryOffset;
  if (first !== 0) refuse('zip_framing', 'bytes before its first entry belong to no entry');
  return sorted.map((entry, index) => {
    const next = sorted[index + 1];
    const end = next?.offset ?? directoryOffset;
    if (end > directoryOffset) refuse('zip_overlap', 'its header lies in the directory', next?.path ?? entry.path);
    if (end <= entry.offset) refuse('zip_overlap', 'two entries begin at the same byte', next?.path ?? entry.path);
    const header = readLocal(source, entry, directoryOffset);
    const dataOffset = entry.offset + HEADER + header.name.length + header.extra.length;
    const rest = end - dataOffset - entry.packed;
    if (rest < 0) refuse('zip_overlap', 'its data runs into what follows', next?.path ?? entry.path);
    const { streamed, wide } = compare(entry, header);
    if (!streamed) {
      if (rest > 0) refuse('zip_framing', 'bytes after its data belong to no entry', entry.path);
    } else {
      checkDescriptor(source.read(end - rest, Math.min(rest, 25)), entry, wide);
    }
    const { path, folder, note, method, crc, packed, size } = entry;
    return { path, folder, note, method, crc, packed, size, dataOffset };
  });
}

/** Compares the two headers of an entry. Answers whether a descriptor follows its data, and whether that has 64-bit sizes. */
function compare(entry: CentralEntry, { fixed, name, extra }: LocalHeader): { streamed: boolean; wide: boolean } {
  const { path } = entry;
  if (!name.equals(entry.rawName)) refuse('zip_mismatch', 'the names differ', path);
  if (fixed.readUInt16LE(8) !== entry.method) refuse('zip_mismatch', 'the compression methods differ', path);
  const flags = fixed.readUInt16LE(6);
  if (((flags ^ entry.flags) & COMPARED) !== 0) refuse('zip_mismatch', 'the flags differ', path);
  // Some writers clear the descriptor's flag in the directory, where all sizes are known; only the other way round is a contradiction.
  const streamed = (flags & FLAG.descriptor) !== 0;
  if (!streamed && (entry.flags & FLAG.descriptor) !== 0) refuse('zip_mismatch', 'the flags differ', path);
  if (fixed.readUInt32LE(10) !== entry.stamp) refuse('zip_mismatch', 'the dates differ', path);
  const fields = parseExtra(extra, path);
  checkExtra(fields, entry.rawName, entry.text);
  const sizes: Sizes = { packed: fixed.readUInt32LE(18), size: fixed.readUInt32LE(22), offset: null };
  const wide = widen(sizes, fields, path);
  const same = (local: number, central: number) => local === central || (streamed && local === 0);
  if (!same(fixed.readUInt32LE(14), entry.crc)) refuse('zip_mismatch', 'the checksums differ', path);
  if (!same(sizes.packed, entry.packed) || !same(sizes.size, entry.size))
    refuse('zip_mismatch', 'the sizes differ', path);
  return { streamed, wide };
}

/** A descriptor fills what lies between an entry's data and the next header, and repeats the directory. */
function checkDescriptor(bytes: Buffer, entry: CentralEntry, wide: boolean): void {
  const body = wide ? 20 : 12;
  const signed = bytes.length === body + 4;
  if ((!signed && bytes.length !== body) || (signed && bytes.readUInt32LE(0) !== DESCRIPTOR)) {
    refuse('zip_framing', 'its data descriptor is missing or has the wrong length', entry.path);
  }
  const at = signed ? 4 : 0;
  const packed = wide ? safe64(bytes, at + 4) : bytes.readUInt32LE(at + 4);
  const size = wide ? safe64(bytes, at + 12) : bytes.readUInt32LE(at + 8);
  if (bytes.readUInt32LE(at) !== entry.crc) refuse('zip_crc', 'its descriptor gives another checksum', entry.path);
  if (packed !== entry.packed || size !== entry.size)
    refuse('zip_size', 'its descriptor gives other sizes', entry.path);
}
