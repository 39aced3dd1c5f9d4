/**
 * Artifact: where bytes live, under the contract's keys.
 * Enters: keys made by `keys.ts` and bytes. Leaves: receipts (hash, size) and streams. Called by run.
 * It must never follow a link, build a key from unchecked text, or answer a put before the bytes are durable.
 */
export { allowBrowserUploads } from './browser-uploads.ts';
export { storeCanary } from './canary.ts';
export type { CanaryResult } from './canary.ts';
export { deliveryOf } from './delivery.ts';
export type { Delivery } from './delivery.ts';
export { removeOlder } from './expiry.ts';
export { FileStore } from './file-store.ts';
export { artifactKeys, belongsTo, stagingKeys } from './keys.ts';
export { readS3Settings } from './s3-settings.ts';
export type { S3Keys, S3Options, S3Settings } from './s3-settings.ts';
export { S3Store } from './s3-store.ts';
export { SHARE_KEY_POLICY, UPLOAD_KEY_POLICY, shareKeyExcess } from './share-key.ts';
export { LINK_SECONDS, createShareSigner } from './share-signer.ts';
export type { ShareSigner } from './share-signer.ts';
export type { ArtifactStore, Bucket, ByteRange, ListedObject, PutOptions, StoredObject } from './store.ts';
export { checkUpload, createUploadSigner } from './upload-signer.ts';
export type { AnnouncedUpload, PresignedUpload, UploadSigner } from './upload-signer.ts';
export { readZstJson, unpackZst, writeZstJson } from './zst-json.ts';
