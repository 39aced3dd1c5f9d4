import { type Engine, exportJob, importJob, removeJob } from '@stageflow/engine';
import { artifactKeys, type ArtifactStore } from '@stageflow/engine/artifact';
import type { StageflowEvent } from '@stageflow/engine/event';
import type { JobRow, Ledger } from '@stageflow/engine/ledger';
import { OWNER } from '../auth/principal.ts';

/** What a data folder holds, as the command line reads it: of a live engine over its socket, or of a folder that nobody has. */
export interface Records {
  /** Newest first. */
  jobs(limit: number): Promise<readonly JobRow[]>;
  job(jobId: string): Promise<JobRow | null>;
  /** A job's whole history, in order. */
  events(jobId: string): Promise<readonly StageflowEvent[]>;
  /** The projection's stored row, and the seq to which it is folded. */
  storedView(jobId: string): Promise<{ readonly json: string; readonly seq: number } | null>;
  /** An object of `scanner-artifacts`; null when there is none. */
  object(key: string): Promise<{ readonly size: number; readonly body: AsyncIterable<Uint8Array> } | null>;
  /** Keys of a job's objects. */
  keys(jobId: string): Promise<readonly string[]>;
  /** Removes an ended job with everything of it. Refused: `job_not_found`, and `conflict` while it runs. */
  remove(jobId: string): Promise<void>;
  /** An ended job as one file, which another engine can take in. Refused: `job_not_found`, and `conflict` while it runs. */
  bundle(jobId: string): AsyncIterable<Uint8Array>;
  /** Takes in what `bundle` gave elsewhere, as a job of the machine's owner; its id. Refused: `job_exists`, `bundle_refused`. */
  take(bundle: AsyncIterable<Uint8Array>): Promise<string>;
}

/** The records of a ledger and a store that are open in this process. */
export function openRecords({
  ledger,
  store,
  reports,
  intakes,
}: Pick<Engine, 'intakes'> & {
  readonly ledger: Ledger;
  readonly store: ArtifactStore;
  readonly reports: string | null;
}): Records {
  return {
    jobs: async (limit) => ledger.jobs({ limit }),
    job: async (jobId) => ledger.job(jobId),
    events: async (jobId) => ledger.events(jobId),
    storedView: async (jobId) => ledger.view(jobId),
    object: (key) => store.get('scanner-artifacts', key),
    keys: async (jobId) => {
      const keys: string[] = [];
      for await (const { key } of store.list('scanner-artifacts', artifactKeys.job(jobId))) keys.push(key);
      return keys;
    },
    remove: (jobId) => removeJob({ ledger, store, reports }, jobId),
    bundle: (jobId) => exportJob({ ledger, store }, jobId),
    take: (bundle) => importJob({ ledger, store, intakes }, bundle, { owner: OWNER.tenant }),
  };
}

/** What `scan` asks of an engine, whether it is in this process or behind a socket. */
export interface Door extends Records, Pick<Engine, 'newJobId' | 'staging' | 'cancel' | 'follow' | 'resume'> {
  readonly folder: string;
  /** Where others reach this engine; null where sockets are no files. */
  readonly socket: string | null;
  /** Where people reach this engine over HTTP; null for the engine of one command, which does not come back when it has ended. */
  readonly address: string | null;
  submit(job: Parameters<Engine['submit']>[0]): Promise<string>;
  retry(...args: Parameters<Engine['retry']>): Promise<string>;
  /** Resolves when the job has ended and its last words are stored. */
  ended(jobId: string): Promise<JobRow>;
  close(): Promise<void>;
}
