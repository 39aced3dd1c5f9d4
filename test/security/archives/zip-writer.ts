import { crc32, deflateRawSync } from 'node:zlib';

/** Header fields that a test may set against the truth. */
export interface Fields {
  name: Buffer;
  flags: number;
  method: number;
  stamp: number;
  crc: number;
  packed: number;
  size: number;
  extra: Buffer;
}

/** One entry; everything but its name has an honest default. */
export interface Part {
  readonly name: string | Buffer;
  readonly data?: Buffer | string;
  readonly method?: number;
  /** Packed bytes in place of the honest ones. */
  readonly packed?: Buffer;
  readonly flags?: number;
  /** Unix mode, or the whole external attributes. */
  readonly mode?: number;
  readonly attributes?: number;
  readonly system?: number;
  readonly extra?: Buffer;
  readonly local?: Partial<Fields>;
  readonly central?: Partial<Fields & { offset: number; disk: number }>;
  /** Bytes after the data: a descriptor of this form, or these bytes. */
  readonly descriptor?: 'signed' | 'bare' | 'wide' | 'wide-bare' | Buffer;
  /** Bytes before the local header that belong to nothing. */
  readonly gap?: Buffer;
  /** `local`: not in the directory; `central`: no local header. */
  readonly only?: 'local' | 'central';
}

/** What a test may change of the archive as a whole. */
export interface Frame {
  readonly comment?: Buffer;
  readonly prefix?: Buffer;
  readonly suffix?: Buffer;
  readonly beforeDirectory?: Buffer;
  readonly beforeEnd?: Buffer;
  readonly zip64?: boolean;
  readonly zip64Data?: Buffer;
  readonly locatorShift?: number;
  readonly noLocator?: boolean;
  readonly end?: Partial<{
    disk: number;
    directoryDisk: number;
    countHere: number;
    count: number;
    size: number;
    offset: number;
    commentLength: number;
  }>;
}

export const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
export const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
/** An extra field. */
export const field = (id: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([u16(id), u16(body.length), body]);
};

/** 2026-01-01 00:00 in DOS form. */
const STAMP = ((((2026 - 1980) << 9) | (1 << 5) | 1) << 16) >>> 0;
const EMPTY = Buffer.alloc(0);

/** Writes an archive, honest but for what `parts` and `frame` say. */
export function zip(parts: readonly Part[], frame: Frame = {}): Buffer {
  const body: Buffer[] = [frame.prefix ?? EMPTY];
  const directory: Buffer[] = [];
  let at = 0;
  let count = 0;
  const put = (bytes: Buffer) => {
    body.push(bytes);
    at += bytes.length;
  };
  for (const part of parts) {
    const truth = truthOf(part);
    put(part.gap ?? EMPTY);
    const offset = at;
    if (part.only !== 'central') {
      const local: Fields = {
        ...truth,
        ...(part.descriptor && !Buffer.isBuffer(part.descriptor) ? { crc: 0, packed: 0, size: 0 } : {}),
        ...part.local,
      };
      put(Buffer.concat([u32(0x04034b50), u16(20), common(local), local.name, local.extra]));
      put(truth.bytes);
      put(descriptorOf(part, truth));
    }
    if (part.only === 'local') continue;
    count += 1;
    const central = { ...truth, offset, disk: 0, ...part.central };
    const attributes =
      part.attributes ?? ((part.mode ?? (truth.name.toString().endsWith('/') ? 0o40755 : 0o100644)) << 16) >>> 0;
    directory.push(
      Buffer.concat([
        u32(0x02014b50),
        Buffer.from([45, part.system ?? 3]),
        u16(20),
        common(central),
        u16(0),
        u16(central.disk),
        u16(0),
        u32(attributes),
        u32(central.offset),
        central.name,
        central.extra,
      ]),
    );
  }
  put(frame.beforeDirectory ?? EMPTY);
  const records = Buffer.concat(directory);
  return Buffer.concat([
    ...body,
    records,
    frame.beforeEnd ?? EMPTY,
    endOf(frame, count, records.length, at),
    frame.suffix ?? EMPTY,
  ]);
}

function truthOf(part: Part): Fields & { bytes: Buffer } {
  const data = Buffer.from(part.data ?? '');
  const method = part.method ?? (data.length > 0 ? 8 : 0);
  const bytes = part.packed ?? (method === 8 ? deflateRawSync(data) : data);
  return {
    name: Buffer.from(part.name as string),
    flags: (part.flags ?? 0) | (part.descriptor ? 8 : 0),
    method,
    stamp: STAMP,
    crc: crc32(data),
    packed: bytes.length,
    size: data.length,
    extra: part.extra ?? EMPTY,
    bytes,
  };
}

/** The stretch that local and central headers share. */
function common({ flags, method, stamp, crc, packed, size, name, extra }: Fields): Buffer {
  return Buffer.concat([
    u16(flags),
    u16(method),
    u32(stamp),
    u32(crc),
    u32(packed),
    u32(size),
    u16(name.length),
    u16(extra.length),
  ]);
}

function descriptorOf({ descriptor }: Part, { crc, packed, size }: Fields): Buffer {
  if (descriptor === undefined || Buffer.isBuffer(descriptor)) return descriptor ?? EMPTY;
  const number = descriptor.startsWith('wide') ? u64 : u32;
  const signature = descriptor.endsWith('bare') ? EMPTY : u32(0x08074b50);
  return Buffer.concat([signature, u32(crc), number(packed), number(size)]);
}

function endOf(frame: Frame, count: number, size: number, offset: number): Buffer {
  const comment = frame.comment ?? EMPTY;
  const full = frame.zip64
    ? { countHere: 0xffff, count: 0xffff, size: 0xffffffff, offset: 0xffffffff }
    : { countHere: count, count, size, offset };
  const end = { disk: 0, directoryDisk: 0, commentLength: comment.length, ...full, ...frame.end };
  const short = Buffer.concat([
    u32(0x06054b50),
    u16(end.disk),
    u16(end.directoryDisk),
    u16(end.countHere),
    u16(end.count),
    u32(end.size),
    u32(end.offset),
    u16(end.commentLength),
    comment,
  ]);
  if (!frame.zip64) return short;
  const data = frame.zip64Data ?? EMPTY;
  const start = offset + size + (frame.beforeEnd?.length ?? 0);
  const long = [
    u32(0x06064b50),
    u64(44 + data.length),
    u16(45),
    u16(45),
    u32(0),
    u32(0),
    u64(count),
    u64(count),
    u64(size),
    u64(offset),
    data,
  ];
  const locator = [u32(0x07064b50), u32(0), u64(start + (frame.locatorShift ?? 0)), u32(1)];
  return Buffer.concat([...long, ...(frame.noLocator ? [] : locator), short]);
}
