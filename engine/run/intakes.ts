import { artifactKeys, stagingKeys } from '../artifact/keys.ts';
import type { ArtifactStore } from '../artifact/store.ts';
import type { Clock, Log } from '../kernel/index.ts';
import type { IntakeRow, Ledger } from '../ledger/index.ts';
import type { Staging } from '../submit/index.ts';

/** A request that neither made its job nor gave its archive up within this time never will: whoever sent it has gone. */
const HELD_MS = 86_400_000;

/** What is to be done about an archive that was begun: leave it alone, forget that it was begun, or remove what there is of it. */
type Fate = 'leave' | 'forget' | 'remove';

/**
 * Judges an archive that was begun and has not become a job. `heldSince` is when this engine began to take it in, null for one that no
 * request of this engine has in hand: its request ended, or died with an earlier engine of this data folder (which has one at a time).
 */
export function judgeIntake(
  row: IntakeRow,
  is: { readonly heldSince: number | null; readonly now: number; readonly hasJob: boolean },
): Fate {
  if (is.hasJob) return 'forget';
  if (is.heldSince !== null && is.heldSince > is.now - HELD_MS) return 'leave';
  // An announced one may be whole, and its sender about to name it: it has its ticket's time, not its request's.
  return row.announced ? 'forget' : 'remove';
}

/** Archives, and whole jobs from elsewhere, on their way in. */
export interface Intakes {
  /** Where the archive of a job to be submitted is put. */
  staging(jobId: string, options?: { readonly announced?: boolean }): Staging;
  /** A job of another ledger comes in: called before the first of its objects is stored. */
  importing(jobId: string): void;
  /** The job is made. */
  became(jobId: string): void;
  /** The job will not be made: what was stored for it goes now, or at the next sweep when the store refuses. */
  abandon(jobId: string): Promise<void>;
  /** Removes what no job can come of; called at the start and every hour. What the store refuses is tried at the next sweep. */
  sweep(): Promise<void>;
}

/**
 * Keeps account of archives that are taken in. Each is in the ledger before its first byte is in the store, so that a sweep removes exactly
 * what this data folder's own requests left and never what it does not know: another engine's, where a bucket is shared by mistake, or what
 * a browser sends to the store itself.
 */
export function openIntakes(ports: {
  readonly ledger: Pick<Ledger, 'job' | 'service'>;
  readonly store: Pick<ArtifactStore, 'put' | 'removeAll'>;
  readonly clock: Clock;
  readonly log: Log;
}): Intakes {
  const { ledger, store, clock, log } = ports;
  const table = ledger.service.intakes;
  /** Those that requests of this engine have in hand, with the time since when. */
  const held = new Map<string, number>();

  const settle = async (jobId: string, fate: Exclude<Fate, 'leave'>) => {
    held.delete(jobId);
    try {
      // With what was still being stored when the engine was killed.
      if (fate === 'remove') {
        await store.removeAll('scanner-staging', stagingKeys.job(jobId));
        // A job that is taken in from elsewhere brings these too; an archive alone has none.
        await store.removeAll('scanner-artifacts', artifactKeys.job(jobId));
      }
      table.end(jobId);
    } catch (error) {
      log.warn('what was taken in for a job that was not made could not be cleared away', { jobId, error });
    }
  };

  return {
    staging: (jobId, { announced = false } = {}) => ({
      key: (filename) => stagingKeys.archive(jobId, filename),
      put: async (bucket, key, body, options) => {
        held.set(jobId, clock.now());
        try {
          table.begin({ jobId, announced });
          const stored = await store.put(bucket, key, body, options);
          // Otherwise in hand until its request makes the job of it.
          if (announced) held.delete(jobId);
          return stored;
        } catch (error) {
          held.delete(jobId);
          throw error;
        }
      },
    }),
    importing: (jobId) => {
      held.set(jobId, clock.now());
      table.begin({ jobId, announced: false });
    },
    became: (jobId) => void held.delete(jobId),
    abandon: async (jobId) => {
      await settle(jobId, ledger.job(jobId) === null ? 'remove' : 'forget');
    },
    sweep: async () => {
      for (const row of table.list()) {
        const { jobId } = row;
        const is = { heldSince: held.get(jobId) ?? null, now: clock.now(), hasJob: ledger.job(jobId) !== null };
        const fate = judgeIntake(row, is);
        if (fate !== 'leave') await settle(jobId, fate);
      }
    },
  };
}
