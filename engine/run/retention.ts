import type { ArtifactStore } from '../artifact/store.ts';
import { TERMINAL } from '../event/index.ts';
import type { Clock, Log } from '../kernel/index.ts';
import type { Ledger } from '../ledger/port.ts';

/** How long the archive of an ended job is kept for a retry, in days. */
const STAGING_DAYS = 7;
const DAY_MS = 86_400_000;

/**
 * Removes staged archives that no job can need: those of jobs that ended more than `days` ago, and those that never became a
 * job. Called when a data folder is opened, before anything is staged. A store that refuses is logged: it is tried at the next start.
 */
export async function sweepStaging(
  ports: { readonly ledger: Ledger; readonly store: ArtifactStore; readonly clock: Clock; readonly log: Log },
  days: number = STAGING_DAYS,
): Promise<void> {
  const { ledger, store, clock, log } = ports;
  const oldest = clock.now() - days * DAY_MS;
  try {
    for await (const { key } of store.list('scanner-staging', 'staging/')) {
      const job = ledger.job(key.split('/')[1] ?? '');
      const needed = job !== null && (!TERMINAL.has(job.state) || job.updatedAt >= oldest);
      if (!needed) await store.remove('scanner-staging', key);
    }
  } catch (error) {
    log.warn('staged archives could not be cleared away', { error });
  }
}
