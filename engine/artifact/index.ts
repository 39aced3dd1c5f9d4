/**
 * Artifact: where bytes live, under the contract's keys.
 * Enters: keys made by `keys.ts` and bytes. Leaves: receipts (hash, size) and streams. Called by run.
 * It must never follow a link, build a key from unchecked text, or answer a put before the bytes are durable.
 */
export { FileStore } from './file-store.ts';
export { artifactKeys, belongsTo, stagingKeys } from './keys.ts';
export { readZstJson, writeZstJson } from './zst-json.ts';
export type { ArtifactStore, Bucket, PutOptions, StoredObject } from './store.ts';
export { S3Store } from './s3-store.ts';
export type { S3Options } from './s3-store.ts';
