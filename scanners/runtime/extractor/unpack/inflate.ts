import { crc32, createInflateRaw, inflateRawSync, type InflateRaw } from 'node:zlib';
import { refuse } from '../refusal.ts';
import type { ByteSource, ValidEntry } from '../validate/index.ts';

/** Entries up to these sizes are inflated in one call, which is far quicker for the many small files of a site. */
const SMALL_PACKED = 1 << 20;
const SMALL_SIZE = 4 << 20;
const CHUNK = 256 << 10;

type Sink = (bytes: Buffer) => void;

/** Gives an entry's contents to `sink`. Throws `zip_size` or `zip_crc` when they are not exactly what the headers promised; `sink` never sees more than that. */
export async function unpackEntry(source: ByteSource, entry: ValidEntry, sink: Sink): Promise<void> {
  const check = checked(entry, sink);
  if (entry.method === 0) copy(source, entry, check.take);
  else if (entry.packed <= SMALL_PACKED && entry.size <= SMALL_SIZE) inflateSmall(source, entry, check.take);
  else await inflateLarge(source, entry, check.take);
  check.end();
}

function checked(entry: ValidEntry, sink: Sink): { take: Sink; end(): void } {
  let crc = 0;
  let size = 0;
  return {
    take(bytes) {
      size += bytes.length;
      if (size > entry.size) refuse('zip_size', 'a file is larger than its header says', entry.path);
      crc = crc32(bytes, crc);
      sink(bytes);
    },
    end() {
      if (size !== entry.size) refuse('zip_size', 'a file is smaller than its header says', entry.path);
      if (crc !== entry.crc) refuse('zip_crc', 'the checksum does not match', entry.path);
    },
  };
}

function* chunks(source: ByteSource, entry: ValidEntry): Generator<Buffer> {
  for (let done = 0; done < entry.packed; done += CHUNK) {
    yield source.read(entry.dataOffset + done, Math.min(CHUNK, entry.packed - done));
  }
}

function copy(source: ByteSource, entry: ValidEntry, take: Sink): void {
  for (const chunk of chunks(source, entry)) take(chunk);
}

function inflateSmall(source: ByteSource, entry: ValidEntry, take: Sink): void {
  let result: { buffer: Buffer; engine: InflateRaw };
  try {
    const packed = source.read(entry.dataOffset, entry.packed);
    // `info` also answers the engine, whose count of read bytes shows what stands after the stream's own end.
    result = inflateRawSync(packed, {
      maxOutputLength: entry.size + 1,
      chunkSize: Math.min(Math.max(entry.size + 1, 64), CHUNK),
      info: true,
    }) as unknown as typeof result;
  } catch (error) {
    return broken(entry, error);
  }
  if (result.engine.bytesWritten !== entry.packed)
    refuse('zip_size', 'bytes follow the end of the compressed data', entry.path);
  take(result.buffer);
}

async function inflateLarge(source: ByteSource, entry: ValidEntry, take: Sink): Promise<void> {
  const inflate = createInflateRaw();
  const feed = async () => {
    for (const chunk of chunks(source, entry)) {
      if (inflate.destroyed) return;
      if (!inflate.write(chunk)) await drained(inflate);
    }
    inflate.end();
  };
  const fed = feed();
  try {
    for await (const bytes of inflate) take(bytes as Buffer);
  } catch (error) {
    broken(entry, error);
  } finally {
    inflate.destroy();
    await fed;
  }
  if (inflate.bytesWritten !== entry.packed)
    refuse('zip_size', 'bytes follow the end of the compressed data', entry.path);
}

/** Resolves when the stream takes more, or has ended. */
function drained(inflate: InflateRaw): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      inflate.off('drain', done).off('close', done);
      resolve();
    };
    inflate.on('drain', done).on('close', done);
  });
}

function broken(entry: ValidEntry, error: unknown): never {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string' || (!code.startsWith('Z_') && code !== 'ERR_BUFFER_TOO_LARGE')) throw error;
  return refuse(
    'zip_size',
    code === 'ERR_BUFFER_TOO_LARGE' ? 'a file is larger than its header says' : 'the compressed data is damaged',
    entry.path,
  );
}
