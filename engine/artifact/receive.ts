import { createHash } from 'node:crypto';
import { StageflowError, asStageflowError } from '../kernel/index.ts';
import type { PutOptions } from './store.ts';

/** What has passed so far. */
export interface Receipt {
  /** Lower-case hexadecimal SHA-256 of all bytes; call once, at the end. */
  sha256(): string;
  size(): number;
}

const failed = (reason: string, cause?: unknown) => new StageflowError('store_failed', { reason }, { cause });

/** Any failure of a store as `disk_full` or `store_failed`; coded errors stay as they are. */
export function storeError(thrown: unknown): StageflowError {
  const known = asStageflowError(thrown);
  return known.code === 'internal' ? failed(String(known.details['reason']), thrown) : known;
}

/** Hands a body on in chunks while hashing it; refuses beyond `maxBytes` and, at the end, another size or hash than announced. */
export function receive(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  options: PutOptions,
): Receipt & { chunks(): AsyncGenerator<Uint8Array> } {
  const hash = createHash('sha256');
  let size = 0;
  let digest: string | null = null;
  const sha256 = () => {
    digest ??= hash.digest('hex');
    return digest;
  };
  return {
    sha256,
    size: () => size,
    async *chunks() {
      for await (const chunk of body instanceof Uint8Array ? [body] : body) {
        size += chunk.length;
        if (options.maxBytes !== undefined && size > options.maxBytes) {
          throw failed(`it has more than the ${options.maxBytes} bytes that are allowed`);
        }
        hash.update(chunk);
        yield chunk;
      }
      if (options.expectSize !== undefined && options.expectSize !== size) {
        throw failed(`it has ${size} bytes and not the ${options.expectSize} that were announced`);
      }
      if (options.expectSha256 !== undefined && options.expectSha256 !== sha256()) {
        throw failed('its bytes do not have the hash that was announced');
      }
    },
  };
}
