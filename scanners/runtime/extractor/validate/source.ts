import { fstatSync, readSync } from 'node:fs';
import { refuse } from '../refusal.ts';

/** Random access to an archive's bytes. */
export interface ByteSource {
  /** Length in bytes; it does not change. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`. Throws `zip_framing` when they are not all there. */
  read(offset: number, length: number): Buffer;
}

const outside = (): never => refuse('zip_framing', 'a record lies outside the file');

/** An archive in memory. */
export function bufferSource(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) =>
      offset < 0 || offset + length > bytes.length ? outside() : bytes.subarray(offset, offset + length),
  };
}

/** Small reads are answered from a stretch of this many bytes: headers are asked for in the order of the file. */
const WINDOW = 64 << 10;

/** An open file. The descriptor is read by position only, so that the bytes validated are the bytes unpacked (Z21). */
export function fileSource(fd: number): ByteSource {
  const size = fstatSync(fd).size;
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  return {
    size,
    read(offset, length) {
      if (offset < 0 || offset + length > size) return outside();
      if (length >= WINDOW) return readExactly(fd, offset, length);
      if (offset < start || offset + length > start + window.length) {
        window = readExactly(fd, offset, Math.min(WINDOW, size - offset));
        start = offset;
      }
      return window.subarray(offset - start, offset - start + length);
    },
  };
}

function readExactly(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const got = readSync(fd, bytes, done, length - done, offset + done);
    if (got === 0) return outside();
    done += got;
  }
  return bytes;
}
