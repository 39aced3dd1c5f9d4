import { StageflowError } from '../../kernel/index.ts';

/** A file inside a tar stream. Its body has to be read to the end before the next file is asked for. */
export interface TarFile {
  readonly name: string;
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
}

const BLOCK = 512;
/** Bytes of an extended header: it holds one long name. */
const MOST_HEADER = 4096;
const encoder = new TextEncoder();
const refused = (reason: string) => new StageflowError('bundle_refused', { reason });
const padding = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK;

function header(name: string, size: number, type: '0' | 'x'): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100, 'latin1');
  block.write('0000600\0', 100, 'latin1');
  block.write('0000000\0', 108, 'latin1');
  block.write('0000000\0', 116, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  // Always the same time, so that the same job gives the same bytes.
  block.write(`${'0'.repeat(11)}\0`, 136, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** One record of an extended header: its length counts itself. */
function paxPath(name: string): Uint8Array {
  const rest = ` path=${name}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return encoder.encode(`${length}${rest}`);
}

/** A tar stream of files, readable by every tar program. Names are ASCII; a body must have exactly `size` bytes. */
export async function* writeTar(files: AsyncIterable<TarFile>): AsyncGenerator<Uint8Array> {
  for await (const { name, size, body } of files) {
    if (name.length > 100) {
      const record = paxPath(name);
      yield header('long-name', record.length, 'x');
      yield record;
      yield new Uint8Array(padding(record.length));
    }
    yield header(name.slice(0, 100), size, '0');
    let sent = 0;
    for await (const chunk of body) {
      sent += chunk.length;
      if (sent > size) break;
      yield chunk;
    }
    if (sent !== size) throw new StageflowError('store_failed', { reason: `${name} changed while it was read` });
    yield new Uint8Array(padding(size));
  }
  yield new Uint8Array(2 * BLOCK);
}

/** Takes exact numbers of bytes from a stream of chunks. */
class Source {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#chunks = body[Symbol.asyncIterator]();
  }

  /** The next bytes, at most `most` of them; empty at the end. */
  async some(most: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return this.#rest;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }

  async exactly(size: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let left = size; left > 0; ) {
      const part = await this.some(left);
      if (part.length === 0) throw refused('it ends too early');
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

const textAt = (block: Uint8Array, at: number, length: number) =>
  Buffer.from(block.subarray(at, at + length))
    .toString('latin1')
    .split('\0')[0]
    ?.trim() ?? '';

function parseHeader(block: Uint8Array): { name: string; size: number; type: string } {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  const [size, checksum] = [textAt(block, 124, 12), textAt(block, 148, 8)];
  if (!/^[0-7]{1,11}$/.test(size) || Number.parseInt(checksum, 8) !== sum)
    throw refused('it is not a tar archive of ours');
  return { name: textAt(block, 0, 100), size: Number.parseInt(size, 8), type: textAt(block, 156, 1) };
}

/** Files of a hostile tar stream, one after the other: plain files only, each body no longer than its header says. `bundle_refused` for anything else. */
export async function* readTar(body: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const source = new Source(body);
  let longName: string | null = null;
  try {
    for (;;) {
      const block = await source.exactly(BLOCK);
      if (block.every((byte) => byte === 0)) {
        // What follows the end says nothing; it is read so that the whole body has passed.
        while ((await source.some(64 * 1024)).length > 0);
        return;
      }
      const { name, size, type } = parseHeader(block);
      if (type === 'x') {
        if (size > MOST_HEADER || longName !== null) throw refused('a name in it is too long');
        const record = Buffer.from(await source.exactly(size)).toString('latin1');
        await source.exactly(padding(size));
        longName = /^\d+ path=([\x20-\x7e]+)\n$/.exec(record)?.[1] ?? null;
        if (longName === null) throw refused('a name in it cannot be read');
        continue;
      }
      if (type !== '0' && type !== '') throw refused('it holds something that is not a plain file');
      let left = size;
      yield {
        name: longName ?? name,
        size,
        body: (async function* () {
          while (left > 0) {
            const part = await source.some(left);
            if (part.length === 0) throw refused('it ends too early');
            left -= part.length;
            yield part;
          }
        })(),
      };
      if (left > 0) throw refused('a part of it was not read');
      longName = null;
      await source.exactly(padding(size));
    }
  } finally {
    await source.close();
  }
}
