import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JobSpec, JobState } from '../event/index.ts';
import { nextState } from '../fsm/index.ts';
import { systemClock } from '../kernel/index.ts';
import { openLedger } from '../ledger/index.ts';

/** One line of a list of jobs. */
export interface JobLine {
  readonly id: string;
  readonly state: JobState;
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** File name, or the first address. */
  readonly source: string;
  readonly failureCode: string | null;
  /** The job that this one goes on with, or null. */
  readonly parent: string | null;
  readonly isolation: JobSpec['isolation'];
}

/** The newest jobs of a data folder, whether an engine has it or not: SQLite lets readers in. */
export function readJobs(folder: string, limit = 100): readonly JobLine[] {
  const path = join(folder, 'ledger.db');
  if (!existsSync(path)) return [];
  const ledger = openLedger({ path, clock: systemClock, nextState });
  try {
    return ledger.jobs({ limit }).map((job) => ({
      id: job.id,
      state: job.state,
      attempt: job.attempt,
      createdAt: job.createdAt,
      source: job.spec.source.kind === 'zip' ? job.spec.source.filename : (job.spec.source.urls[0] ?? ''),
      failureCode: job.failureCode,
      parent: job.parent,
      isolation: job.spec.isolation,
    }));
  } finally {
    ledger.close();
  }
}
