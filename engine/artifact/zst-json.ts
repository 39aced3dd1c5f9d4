import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { StageflowError } from '../kernel/index.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const NOT_JSON = 'a result is not compressed JSON';

/** Bytes of a `.json.zst` object. */
export async function writeZstJson(value: unknown): Promise<Uint8Array> {
  return compress(Buffer.from(JSON.stringify(value)));
}

/** The text in the bytes of a `.json.zst` object, not read yet. More than `maxBytes` unpacked and damaged bytes are refused as `bad_result`. */
export async function unpackZst(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await decompress(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const tooLong = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = tooLong ? `a result unpacks to more than ${maxBytes} bytes` : NOT_JSON;
    throw new StageflowError('bad_result', { reason }, { cause: error });
  }
}

/**
 * The value in the bytes of a `.json.zst` object; still hostile, so parse it with a schema. More than `maxBytes` unpacked,
 * damaged bytes and text that is not JSON are refused as `bad_result`.
 */
export async function readZstJson(bytes: Uint8Array, maxBytes: number): Promise<unknown> {
  const text = await unpackZst(bytes, maxBytes);
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch (error) {
    throw new StageflowError('bad_result', { reason: NOT_JSON }, { cause: error });
  }
}
