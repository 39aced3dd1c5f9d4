import { readFileSync } from 'node:fs';
import { type ArtifactStore, FileStore, readS3Settings, S3Store } from '@stageflow/engine/artifact';
import { systemClock } from '@stageflow/engine/kernel';

/** The store that this environment names: S3, else the files below a folder. */
export function storeAt(folder: string): ArtifactStore {
  const s3 = readS3Settings(process.env, (path) => readFileSync(path, 'utf8'));
  return s3 === null ? new FileStore(folder) : new S3Store(s3, systemClock);
}
