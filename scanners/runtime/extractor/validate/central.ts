import type { ArchiveLimits } from '@stageflow/engine/sdk';
import { refuse } from '../refusal.ts';
import type { Directory } from './end.ts';
import { checkExtra, parseExtra, widen, type Sizes } from './extra.ts';
import { checkName, decodeName, type EntryName } from './name.ts';

/** One entry as the central directory describes it; the local header must say the same. */
export interface CentralEntry extends EntryName {
  /** The name's bytes as they stand in the archive. */
  readonly rawName: Buffer;
  readonly flags: number;
  /** 0 stored, 8 deflated. */
  readonly method: 0 | 8;
  /** DOS time and date in one number. */
  readonly stamp: number;
  readonly crc: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes when unpacked. */
  readonly size: number;
  /** Where the local header begins. */
  readonly offset: number;
}

export const FLAG = { encrypted: 1, descriptor: 8, patch: 0x20, strong: 0x40, utf8: 0x800, masked: 0x2000 } as const;

const HEADER = 46;
const KIND = 0o170000;
const FOLDER = 0o040000;
const REGULAR = 0o100000;
const SETUID_SETGID = 0o6000;
const REPARSE_POINT = 0x400;

/** Reads every central header. Throws a refusal unless they fill the directory exactly and each is a plain file or folder. */
export function parseCentral(bytes: Buffer, directory: Directory, limits: ArchiveLimits): CentralEntry[] {
  if (bytes.includes('PK\u0005\u0006', 0, 'latin1'))
    refuse('zip_framing', 'a second end record stands in its directory');
  const entries: CentralEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (entries.length === directory.count) refuse('zip_count', 'it has more entries than its end record says');
    if (at + HEADER > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
      refuse('zip_framing', 'its directory is damaged');
    const nameEnd = at + HEADER + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const end = extraEnd + bytes.readUInt16LE(at + 32);
    if (end > bytes.length) refuse('zip_framing', 'its directory is damaged');
    const header = bytes.subarray(at, at + HEADER);
    entries.push(parseEntry(header, bytes.subarray(at + HEADER, nameEnd), bytes.subarray(nameEnd, extraEnd), limits));
    at = end;
  }
  if (entries.length !== directory.count) refuse('zip_count', 'it has fewer entries than its end record says');
  return entries;
}

function parseEntry(header: Buffer, rawName: Buffer, rawExtra: Buffer, limits: ArchiveLimits): CentralEntry {
  const flags = header.readUInt16LE(8);
  const { text, cp437 } = decodeName(rawName, (flags & FLAG.utf8) !== 0);
  const name = checkName(text, rawName.length, cp437, limits);
  const method = header.readUInt16LE(10);
  if ((flags & (FLAG.encrypted | FLAG.strong | FLAG.masked)) !== 0 || method === 99)
    refuse('zip_encrypted', 'it is encrypted', text);
  if ((method !== 0 && method !== 8) || (flags & FLAG.patch) !== 0)
    refuse('zip_method', `its compression method is ${method}`, text);
  if (header.readUInt16LE(34) !== 0) refuse('zip_multidisk', 'an entry lies in another part of the archive', text);
  checkMode(header.readUInt32LE(38), header[5] ?? 0, name.folder, text);
  const fields = parseExtra(rawExtra, text);
  checkExtra(fields, rawName, text);
  const sizes: Sizes & { offset: number } = {
    packed: header.readUInt32LE(20),
    size: header.readUInt32LE(24),
    offset: header.readUInt32LE(42),
  };
  widen(sizes, fields, text);
  if (name.folder && sizes.size !== 0) refuse('zip_mismatch', 'a folder has contents of its own', text);
  return { ...name, rawName, flags, method, stamp: header.readUInt32LE(12), crc: header.readUInt32LE(16), ...sizes };
}

/** Refuses what is not a plain file or folder by the attributes of Unix (whatever system the header names) or Windows. */
function checkMode(attributes: number, system: number, folder: boolean, name: string): void {
  const mode = attributes >>> 16;
  const kind = mode & KIND;
  if (kind !== 0 && kind !== REGULAR && kind !== FOLDER)
    refuse('zip_special_file', 'it is a link or another special file', name);
  if (kind === FOLDER && !folder) refuse('zip_mismatch', 'it is a folder by its mode and a file by its name', name);
  const sharedFolder = folder ? 0o2000 : 0;
  if ((mode & SETUID_SETGID & ~sharedFolder) !== 0)
    refuse('zip_special_file', 'it has set-user or set-group bits', name);
  const windows = system === 0 || system === 10 || system === 11 || system === 14;
  if (windows && (attributes & REPARSE_POINT) !== 0) refuse('zip_special_file', 'it is a link', name);
}
