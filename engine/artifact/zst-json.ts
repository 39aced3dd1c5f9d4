import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { StageflowError } from '../kernel/index.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Bytes of a `.json.zst` object. */
export async function writeZstJson(value: unknown): Promise<Uint8Array> {
  return compress(Buffer.from(JSON.stringify(value)));
}

/**
 * The value in the bytes of a `.json.zst` object; still hostile, so parse it with a schema. More than `maxBytes` unpacked,
 * damaged bytes and text that is not JSON are refused as `bad_result`.
 */
export async function readZstJson(bytes: Uint8Array, maxBytes: number): Promise<unknown> {
  try {
    const text = await decompress(bytes, { maxOutputLength: maxBytes });
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    const tooLong = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = tooLong ? `a result unpacks to more than ${maxBytes} bytes` : 'a result is not compressed JSON';
    throw new StageflowError('bad_result', { reason }, { cause: error });
  }
}
