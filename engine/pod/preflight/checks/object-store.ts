import { ok, skipped } from '../check.ts';
import type { Check, CheckResult } from '../check.ts';
import { findObjectStore, objectStoreMissing } from '../object-store.ts';
import type { ObjectStoreKind } from '../object-store.ts';

/** An S3-compatible server for the store's tests; a scan needs none. */
const objectStore = (kind: ObjectStoreKind): Check => ({
  id: kind,
  title: `${kind} (tests only)`,
  run: async () => objectStoreResult(kind, await findObjectStore(kind)),
});

export const minio = objectStore('minio');
export const versitygw = objectStore('versitygw');

/** Judges what was found. */
export function objectStoreResult(kind: ObjectStoreKind, found: string | null): CheckResult {
  return found === null ? skipped(objectStoreMissing(kind)) : ok(`${found}.`);
}
