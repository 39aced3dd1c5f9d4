import type { ArtifactStore } from '../artifact/index.ts';
import { StageflowError } from '../kernel/index.ts';
import type { Ledger } from '../ledger/port.ts';

/** What one attempt needs of the store. */
export type FencedStore = Pick<ArtifactStore, 'put' | 'get' | 'list'>;

/**
 * The store as an attempt writes to it. An engine that stood still while another one took its job over wakes in the middle of anything: what it
 * still stores is refused as `fenced` at the last moment, when the bytes are there, so that it takes no newer attempt's object away.
 */
export function fencedStore(
  { store, ledger }: { readonly store: FencedStore; readonly ledger: Pick<Ledger, 'job'> },
  { id, attempt }: { readonly id: string; readonly attempt: number },
): FencedStore {
  const assertStill = () => {
    if (ledger.job(id)?.attempt !== attempt) throw new StageflowError('fenced', { jobId: id });
  };
  return {
    put: (bucket, key, body, options) => store.put(bucket, key, body, { ...options, assertStill }),
    get: (bucket, key, range) => store.get(bucket, key, range),
    list: (bucket, prefix) => store.list(bucket, prefix),
  };
}
