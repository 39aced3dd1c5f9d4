import type { ArchiveLimits } from '@stageflow/engine/sdk';
import { refuse } from '../refusal.ts';
import type { ByteSource } from './source.ts';

/** Where the central directory lies. */
export interface Directory {
  /** Number of entries that the end record promises. */
  readonly count: number;
  readonly offset: number;
  readonly size: number;
}

const EOCD = Buffer.from('PK\u0005\u0006', 'latin1');
const EOCD_SIZE = 22;
const LOCATOR = 0x07064b50;
const LOCATOR_SIZE = 20;
const EOCD64 = 0x06064b50;
const EOCD64_SIZE = 56;
const U16 = 0xffff;
const U32 = 0xffffffff;

/** A 64-bit field as a number; what no file can reach is refused. */
export function safe64(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  return value > BigInt(Number.MAX_SAFE_INTEGER)
    ? refuse('zip_framing', 'a 64-bit field is larger than any file')
    : Number(value);
}

/** Finds and checks the end record (and its zip64 form): it ends at the last byte of the file, and the directory ends exactly where it begins. */
export function readEnd(source: ByteSource, limits: ArchiveLimits): Directory {
  if (source.size > limits.archiveBytes) refuse('zip_size', `the archive is larger than ${limits.archiveBytes} bytes`);
  const from = Math.max(0, source.size - EOCD_SIZE - U16);
  const tail = source.read(from, source.size - from);
  const at = tail.lastIndexOf(EOCD);
  if (at < 0 || at + EOCD_SIZE > tail.length) return noEnd(source, tail);
  const record = tail.subarray(at);
  if (record.readUInt16LE(20) !== record.length - EOCD_SIZE)
    refuse('zip_framing', 'its end record does not end at the end of the file');
  const short = {
    disk: record.readUInt16LE(4),
    directoryDisk: record.readUInt16LE(6),
    countHere: record.readUInt16LE(8),
    count: record.readUInt16LE(10),
    size: record.readUInt32LE(12),
    offset: record.readUInt32LE(16),
  };
  const end = from + at;
  const long = readEnd64(source, end);
  for (const [name, max] of Object.entries({
    disk: U16,
    directoryDisk: U16,
    countHere: U16,
    count: U16,
    size: U32,
    offset: U32,
  })) {
    const key = name as keyof typeof short;
    if (
      long === null
        ? key !== 'disk' && key !== 'directoryDisk' && short[key] === max
        : short[key] !== max && short[key] !== long[key]
    ) {
      refuse(
        'zip_framing',
        long === null ? 'its end record points to a zip64 record that is not there' : 'its two end records disagree',
      );
    }
  }
  const fields = long ?? short;
  if (fields.disk !== 0 || fields.directoryDisk !== 0 || fields.countHere !== fields.count) {
    refuse('zip_multidisk', 'it is one part of a split archive');
  }
  if (fields.count > limits.entries)
    refuse('zip_count', `it says that it has ${fields.count} entries; ${limits.entries} are allowed`);
  if (fields.size > limits.directoryBytes)
    refuse('zip_count', `its directory has ${fields.size} bytes; ${limits.directoryBytes} are allowed`);
  if (fields.offset + fields.size !== (long?.start ?? end))
    refuse('zip_framing', 'its directory does not end where its end record begins');
  return { count: fields.count, offset: fields.offset, size: fields.size };
}

function noEnd(source: ByteSource, tail: Buffer): never {
  const head = source.read(0, Math.min(4, source.size)).toString('latin1');
  if (head === 'PK\u0003\u0004' || tail.includes('PK\u0001\u0002', 0, 'latin1'))
    refuse('zip_framing', 'its end record is missing; the file may be cut off');
  if (head === 'PK\u0007\u0008') refuse('zip_multidisk', 'it is one part of a split archive');
  return refuse('not_a_zip', 'no ZIP end record was found');
}

/** The zip64 end record, when a locator stands before the end record at `end`; null without one. */
function readEnd64(source: ByteSource, end: number) {
  if (end < LOCATOR_SIZE) return null;
  const locator = source.read(end - LOCATOR_SIZE, LOCATOR_SIZE);
  if (locator.readUInt32LE(0) !== LOCATOR) return null;
  if (locator.readUInt32LE(4) !== 0 || locator.readUInt32LE(16) !== 1)
    refuse('zip_multidisk', 'it is one part of a split archive');
  const start = safe64(locator, 8);
  if (start !== end - LOCATOR_SIZE - EOCD64_SIZE)
    refuse('zip_framing', 'its zip64 locator does not point to the record before it');
  const record = source.read(start, EOCD64_SIZE);
  if (record.readUInt32LE(0) !== EOCD64) refuse('zip_framing', 'its zip64 end record is missing');
  if (safe64(record, 4) !== EOCD64_SIZE - 12) refuse('zip_framing', 'its zip64 end record has extra data');
  return {
    start,
    disk: record.readUInt32LE(16),
    directoryDisk: record.readUInt32LE(20),
    countHere: safe64(record, 24),
    count: safe64(record, 32),
    size: safe64(record, 40),
    offset: safe64(record, 48),
  };
}
