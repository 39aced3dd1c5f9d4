import type { ArtifactStore, Bucket } from './store.ts';

/** Removes what was stored below `prefix` before `before` (milliseconds since the epoch, by the store's own clock). */
export async function removeOlder(store: ArtifactStore, bucket: Bucket, prefix: string, before: number): Promise<void> {
  for await (const { key, modified } of store.list(bucket, prefix)) {
    if (modified < before) await store.remove(bucket, key);
  }
}
