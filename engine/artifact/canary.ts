import { randomBytes } from 'node:crypto';
import { type Clock, StageflowError } from '../kernel/index.ts';
import { storeError } from './receive.ts';
import { stagingKeys } from './keys.ts';
import type { ArtifactStore } from './store.ts';

/** How the store did. */
export interface CanaryResult {
  readonly ok: boolean;
  /** Milliseconds for put, get and remove together. */
  readonly ms: number;
  /** A sentence for a person when it failed. */
  readonly reason: string | null;
}

/**
 * Stores, reads and removes a tiny object, since a store that answers "I am well" may still refuse every write. Never rejects.
 * What it could not remove goes with the staged archives.
 */
export async function storeCanary(store: ArtifactStore, clock: Clock): Promise<CanaryResult> {
  const begun = clock.now();
  const key = stagingKeys.canary(randomBytes(8).toString('hex'));
  const sent = randomBytes(32);
  try {
    await store.put('scanner-staging', key, sent);
    const found = await store.get('scanner-staging', key);
    const back: Uint8Array[] = [];
    if (found !== null) for await (const chunk of found.body) back.push(chunk);
    await store.remove('scanner-staging', key);
    if (!Buffer.concat(back).equals(sent))
      throw new StageflowError('store_failed', { reason: 'it did not give back what was just stored' });
    return { ok: true, ms: clock.now() - begun, reason: null };
  } catch (error) {
    return { ok: false, ms: clock.now() - begun, reason: storeError(error).message };
  }
}
