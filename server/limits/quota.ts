import { StageflowError } from '@stageflow/engine/kernel';
import type { Services } from '../services.ts';

/** What a tenant may have in work and send in a day. Refusals are `quota_exceeded` and say when to come back. */
export interface Quota {
  /** Refuses one job too many. Call it in the same breath as the submission: nothing may come between. */
  admitJob(tenant: string): void;
  /** Sets bytes of an archive aside while it is received, so that many at once cannot pass one by one. Returns how to give them back. */
  reserve(tenant: string, bytes: number): () => void;
}

const DAY_MS = 24 * 3600 * 1000;
/** A place in the queue may come free at any time; bytes do only as the day moves on. */
const AGAIN = { jobs: 60, bytes: 3600 } as const;

/** The quotas of the configuration, counted in the ledger, with what is being received at the moment on top. */
export function createQuota({ engine, config, clock }: Pick<Services, 'engine' | 'config' | 'clock'>): Quota {
  const receiving = new Map<string, number>();
  const usage = (tenant: string) => engine.ledger.service.owners.usage(tenant, clock.now() - DAY_MS);
  return {
    admitJob(tenant) {
      if (usage(tenant).open < config.queuedJobs) return;
      const reason = `${config.queuedJobs} jobs wait or run already`;
      throw new StageflowError('quota_exceeded', { reason, seconds: AGAIN.jobs });
    },
    reserve(tenant, bytes) {
      const held = receiving.get(tenant) ?? 0;
      if (usage(tenant).bytes + held + bytes > config.bytesPerDay) {
        const reason = `${Math.floor(config.bytesPerDay / 2 ** 20)} MiB of archives in a day are the most`;
        throw new StageflowError('quota_exceeded', { reason, seconds: AGAIN.bytes });
      }
      receiving.set(tenant, held + bytes);
      let given = false;
      return () => {
        if (given) return;
        given = true;
        const left = (receiving.get(tenant) ?? 0) - bytes;
        if (left > 0) receiving.set(tenant, left);
        else receiving.delete(tenant);
      };
    },
  };
}
