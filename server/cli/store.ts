import { readFileSync } from 'node:fs';
import { type ArtifactStore, FileStore, readS3Settings, type S3Settings, S3Store } from '@stageflow/engine/artifact';
import { systemClock } from '@stageflow/engine/kernel';

/** The S3-compatible store that this environment names, or null. */
export function s3Settings(): S3Settings | null {
  return readS3Settings(process.env, (path) => readFileSync(path, 'utf8'));
}

/** The store that this environment names: S3, else the files below a folder. Every command takes it, the server included. */
export function storeAt(folder: string): ArtifactStore {
  const s3 = s3Settings();
  return s3 === null ? new FileStore(folder) : new S3Store(s3, systemClock);
}
