import { createHash } from 'node:crypto';
import type { ArtifactStore, StoredObject } from '../../engine/artifact/index.ts';
import { StageflowError } from '../../engine/kernel/index.ts';

/** A store in memory, whose puts fail when `broken` says so. */
export function createMemoryStore(
  broken: () => boolean,
): ArtifactStore & { readonly objects: ReadonlyMap<string, Buffer> } {
  const objects = new Map<string, Buffer>();
  return {
    objects,
    prepare: async () => {},
    put: async (bucket, key, body, options): Promise<StoredObject> => {
      const chunks: Uint8Array[] = [];
      if (body instanceof Uint8Array) chunks.push(body);
      else for await (const chunk of body) chunks.push(chunk);
      if (broken()) throw new StageflowError('store_failed', { reason: 'the simulated store is down' });
      options?.assertStill?.();
      const bytes = Buffer.concat(chunks);
      objects.set(`${bucket}/${key}`, bytes);
      return { key, sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
    },
    get: async (bucket, key, range) => {
      const bytes = objects.get(`${bucket}/${key}`);
      return bytes === undefined
        ? null
        : {
            size: bytes.length,
            body: (async function* () {
              yield range === undefined ? bytes : bytes.subarray(range.offset, range.offset + range.length);
            })(),
          };
    },
    head: async (bucket, key) => {
      const bytes = objects.get(`${bucket}/${key}`);
      return bytes === undefined ? null : { size: bytes.length };
    },
    list: async function* (bucket, prefix) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(`${bucket}/${prefix}`)).toSorted();
      for (const key of keys)
        yield { key: key.slice(bucket.length + 1), size: objects.get(key)?.length ?? 0, modified: 0 };
    },
    remove: async (bucket, key) => {
      objects.delete(`${bucket}/${key}`);
    },
    removeAll: async (bucket, prefix) => {
      for (const key of objects.keys()) if (key.startsWith(`${bucket}/${prefix}`)) objects.delete(key);
    },
  };
}
