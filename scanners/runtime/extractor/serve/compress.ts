import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Smaller answers gain nothing; larger ones would cost more memory than they save time, in bytes. */
const SMALLEST = 1024;
const LARGEST = 16 << 20;
const CACHE_BYTES = 32 << 20;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

export type Encoding = 'br' | 'gzip';

/** The best encoding that a client takes, or null. */
export function chooseEncoding(header: string | undefined, size: number): Encoding | null {
  if (size < SMALLEST || size > LARGEST || header === undefined) return null;
  const refused = (name: string) => new RegExp(`(^|,)\\s*${name}\\s*;\\s*q=0(\\.0*)?\\s*(,|$)`, 'i').test(header);
  const takes = (name: string) => new RegExp(`(^|,)\\s*${name}\\s*(;|,|$)`, 'i').test(header) && !refused(name);
  if (takes('br')) return 'br';
  return takes('gzip') ? 'gzip' : null;
}

/** Compresses with fixed settings, remembering what was asked for lately. */
export class Compressor {
  readonly #cache = new Map<string, Buffer>();
  #bytes = 0;

  /** `bytes` encoded; `key` names the content. */
  async encode(key: string, encoding: Encoding, read: () => Buffer): Promise<Buffer> {
    const name = `${encoding} ${key}`;
    const known = this.#cache.get(name);
    if (known) {
      this.#cache.delete(name);
      this.#cache.set(name, known);
      return known;
    }
    const plain = read();
    const packed =
      encoding === 'br'
        ? await brotli(plain, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
          })
        : await zip(plain, { level: 6 });
    this.#remember(name, packed);
    return packed;
  }

  #remember(name: string, packed: Buffer): void {
    if (this.#cache.has(name)) return;
    this.#cache.set(name, packed);
    this.#bytes += packed.length;
    for (const [oldest, bytes] of this.#cache) {
      if (this.#bytes <= CACHE_BYTES) break;
      this.#cache.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }
}
