import { bringObjectStore } from '@stageflow/engine/preflight';

/** The S3-compatible servers of the store's tests, and the setting that names each to them. */
const STORES = [
  ['minio', 'STAGEFLOW_MINIO'],
  ['versitygw', 'STAGEFLOW_VERSITYGW'],
] as const;

/**
 * Brings the servers, one after the other and with low priority, and names them in our environment, which the tests get. A server that
 * cannot be had leaves its tests skipped, with the reason said.
 */
export async function bringObjectStores(say: (line: string) => void): Promise<void> {
  for (const [kind, name] of STORES) {
    const path = await bringObjectStore(kind, say);
    if (path !== null) process.env[name] = path;
  }
}
