import { createHash } from 'node:crypto';
import { type Clock, StageflowError } from '../kernel/index.ts';
import { stagingKeys } from './keys.ts';
import { presign } from './presign.ts';
import type { S3Settings } from './s3-settings.ts';
import type { ArtifactStore } from './store.ts';

/** How long an upload may be begun, in seconds; what has begun may go on. */
const UPLOAD_SECONDS = 900;
const TYPE = 'application/zip';

/** What a person announces about an archive before sending it. */
export interface AnnouncedUpload {
  /** Exact number of bytes. */
  readonly size: number;
  /** Lower-case hexadecimal SHA-256. */
  readonly sha256: string;
}

/** A request that the person's browser may send to the store. */
export interface PresignedUpload {
  readonly method: 'PUT';
  readonly url: string;
  /** Headers it has to bear; browsers set the length themselves. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it must have begun, in milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly key: string;
}

/** Makes requests that put one archive of exactly the announced size into staging. */
export interface UploadSigner {
  archive(jobId: string, filename: string, upload: AnnouncedUpload): PresignedUpload;
}

/** The signer of a store that has a key for uploads, else null. Nothing is asked of the store. */
export function createUploadSigner(settings: S3Settings, clock: Clock): UploadSigner | null {
  const { upload: keys, publicUrl, region, pathStyle = true } = settings;
  if (keys === null) return null;
  return {
    archive(jobId, filename, { size, sha256 }) {
      const key = stagingKeys.archive(jobId, filename);
      if (!Number.isSafeInteger(size) || size < 1 || !/^[0-9a-f]{64}$/.test(sha256))
        throw new StageflowError('upload_mismatch', { reason: 'its size and SHA-256 have to be announced first' });
      const now = clock.now();
      const headers = { 'content-type': TYPE, 'content-length': String(size) };
      const url = presign({
        ...keys,
        method: 'PUT',
        origin: publicUrl,
        pathStyle,
        region,
        bucket: 'scanner-staging',
        key,
        seconds: UPLOAD_SECONDS,
        now,
        headers,
      });
      return { method: 'PUT', url, headers: { 'content-type': TYPE }, expiresAt: now + UPLOAD_SECONDS * 1000, key };
    },
  };
}

/**
 * Compares what was uploaded to `key` with what was announced, since a store may not have checked. What differs is removed and refused
 * as `upload_mismatch`; so is an upload that never came.
 */
export async function checkUpload(store: ArtifactStore, key: string, announced: AnnouncedUpload): Promise<void> {
  const found = await store.get('scanner-staging', key);
  if (found === null) throw new StageflowError('upload_mismatch', { reason: 'nothing has been uploaded' });
  const differs = async (reason: string) => {
    await store.remove('scanner-staging', key);
    return new StageflowError('upload_mismatch', { reason });
  };
  const hash = createHash('sha256');
  let size = 0;
  // One byte too many is enough to know, whatever the store says of the length.
  for await (const chunk of found.body) {
    size += chunk.length;
    if (size > announced.size) break;
    hash.update(chunk);
  }
  if (size !== announced.size) throw await differs(`it has ${found.size} bytes, announced were ${announced.size}`);
  if (hash.digest('hex') !== announced.sha256) throw await differs('its SHA-256 is not the one that was announced');
}
