import type { Ledger } from '../ledger/port.ts';

/** The jobs that a person has paused; kept in the ledger, so that a restart does not set them going. */
export interface PausedJobs {
  has(jobId: string): boolean;
  add(jobId: string): void;
  delete(jobId: string): void;
}

const SETTING = 'paused';

/** Reads the paused jobs; those that have ended since are forgotten. */
export function openPausedJobs(ledger: Ledger): PausedJobs {
  const read = () => new Set(JSON.parse(ledger.setting(SETTING) ?? '[]') as string[]);
  // Read anew for every change: another engine of the same ledger may have paused one too.
  const change = (act: (jobs: Set<string>) => void) => {
    const jobs = read();
    act(jobs);
    ledger.setSetting(SETTING, jobs.size === 0 ? null : JSON.stringify([...jobs]));
  };
  if ([...read()].some((id) => ledger.job(id) === null || ledger.ended(id))) {
    change((jobs) => {
      for (const id of jobs) if (ledger.job(id) === null || ledger.ended(id)) jobs.delete(id);
    });
  }
  return {
    has: (jobId) => read().has(jobId),
    add: (jobId) => change((jobs) => jobs.add(jobId)),
    delete: (jobId) => {
      if (read().has(jobId)) change((jobs) => jobs.delete(jobId));
    },
  };
}
