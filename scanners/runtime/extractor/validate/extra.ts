import { crc32 } from 'node:zlib';
import { refuse } from '../refusal.ts';
import { safe64 } from './end.ts';

/** Fields of a header that a zip64 extra may widen. */
export interface Sizes {
  size: number;
  packed: number;
  /** Null in a local header, which has none. */
  offset: number | null;
}

const ZIP64 = 0x0001;
const PKWARE_UNIX = 0x000d;
const STRONG_ENCRYPTION = 0x0017;
const UNICODE_PATH = 0x7075;
const ASI_UNIX = 0x756e;
const AES = 0x9901;
const MAX = 0xffffffff;

/** Splits an extra block into its fields. Throws `zip_mismatch` when they do not fill it exactly, or when a field that changes meaning comes twice. */
export function parseExtra(bytes: Buffer, entry: string): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) refuse('zip_mismatch', 'an extra field is cut off', entry);
    const id = bytes.readUInt16LE(at);
    const end = at + 4 + bytes.readUInt16LE(at + 2);
    if (end > bytes.length) refuse('zip_mismatch', 'an extra field is longer than its block', entry);
    if (fields.has(id) && (id === ZIP64 || id === UNICODE_PATH))
      refuse('zip_mismatch', 'an extra field comes twice', entry);
    fields.set(id, bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** Refuses extra fields that make an entry a link, encrypt it, or give it another name. */
export function checkExtra(fields: Map<number, Buffer>, rawName: Buffer, name: string): void {
  if (fields.has(AES) || fields.has(STRONG_ENCRYPTION)) refuse('zip_encrypted', 'it is encrypted', name);
  const pkware = fields.get(PKWARE_UNIX);
  if (pkware && pkware.length > 12) refuse('zip_special_file', 'it is a link', name);
  const asi = fields.get(ASI_UNIX);
  if (
    asi &&
    (asi.length < 14 || asi.readUInt32LE(6) !== 0 || ![0, 0o100000, 0o040000].includes(asi.readUInt16LE(4) & 0o170000))
  ) {
    refuse('zip_special_file', 'it is a link or another special file', name);
  }
  const unicode = fields.get(UNICODE_PATH);
  if (!unicode) return;
  const agrees = unicode.length >= 5 && unicode[0] === 1 && unicode.readUInt32LE(1) === crc32(rawName);
  if (!agrees || unicode.toString('utf8', 5) !== name)
    refuse('zip_name', 'a second name in an extra field disagrees', name);
}

/** Puts 64-bit values where the header's own fields are full. The extra must hold exactly the full fields; where none is full, it may repeat them. Answers whether there was one. */
export function widen(sizes: Sizes, fields: Map<number, Buffer>, entry: string): boolean {
  const extra = fields.get(ZIP64);
  if (!extra && sizes.size !== MAX && sizes.packed !== MAX && sizes.offset !== MAX) return false;
  const full = (['size', 'packed', 'offset'] as const).filter((key) => sizes[key] === MAX);
  if (!extra) return refuse('zip_mismatch', 'a zip64 field is missing', entry);
  if (full.length > 0) {
    if (extra.length !== full.length * 8) refuse('zip_mismatch', 'a zip64 field has the wrong length', entry);
    full.forEach((key, index) => (sizes[key] = safe64(extra, index * 8)));
    return true;
  }
  const repeated = [sizes.size, sizes.packed, ...(sizes.offset === null ? [] : [sizes.offset])];
  const known = extra.length === 16 || (sizes.offset !== null && extra.length === 24);
  if (!known || repeated.slice(0, extra.length / 8).some((value, index) => safe64(extra, index * 8) !== value)) {
    refuse('zip_mismatch', 'a zip64 field disagrees with its header', entry);
  }
  return true;
}
