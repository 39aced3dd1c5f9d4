import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessSecrets } from '../scanner/index.ts';

/** Login details of unfinished jobs, apart from events and ledger: one file a job, mode 0600, gone when the job ends. */
export interface SecretFolder {
  put(jobId: string, access: AccessSecrets): void;
  /** Null when they were never given or are gone. */
  get(jobId: string): AccessSecrets | null;
  remove(jobId: string): void;
}

/** Secrets as files under `folder`. */
export function openSecretFolder(folder: string): SecretFolder {
  const file = (jobId: string) => join(folder, `${jobId}.json`);
  return {
    put: (jobId, access) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(file(jobId), JSON.stringify(access), { mode: 0o600 });
    },
    get: (jobId) => {
      try {
        return AccessSecrets.parse(JSON.parse(readFileSync(file(jobId), 'utf8')));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    remove: (jobId) => rmSync(file(jobId), { force: true }),
  };
}
