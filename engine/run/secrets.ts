import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger } from '../ledger/port.ts';
import { AccessSecrets } from '../scanner/index.ts';

/** Login details of unfinished jobs, apart from events and ledger: one file a job, mode 0600, gone when the job ends. */
export interface SecretFolder {
  put(jobId: string, access: AccessSecrets): void;
  /** Null when they were never given or are gone. */
  get(jobId: string): AccessSecrets | null;
  remove(jobId: string): void;
  /** Jobs of which something is stored, well or badly. */
  jobs(): readonly string[];
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
    jobs: () => {
      try {
        return readdirSync(folder).map((name) => name.replace(/\.json$/, ''));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    },
  };
}

/**
 * Removes login details whose job has ended or never came to be: an engine that is killed between two steps leaves them. Nobody needs
 * them any more, since a retry must be given its own. Returns the jobs they were of.
 */
export function sweepSecrets(secrets: SecretFolder, ledger: Pick<Ledger, 'job' | 'ended'>): readonly string[] {
  const idle = secrets.jobs().filter((jobId) => ledger.job(jobId) === null || ledger.ended(jobId));
  for (const jobId of idle) secrets.remove(jobId);
  return idle;
}
