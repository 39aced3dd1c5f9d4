import { StageflowError } from '@stageflow/engine/kernel';
import type { Principal } from '../auth/principal.ts';
import type { Services } from '../services.ts';

/** Who sends, as far as quotas care. */
type Sender = Pick<Principal, 'tokenId' | 'tenant'>;

/** Bytes set aside for what is being received. To be ended once, whatever happens. */
export interface Reservation {
  /** Notes bytes that came. */
  came(bytes: number): void;
  /** Counts what came, for good, and gives back what did not. */
  end(): void;
}

/** What a tenant may have in work and send in a day. Refusals are `quota_exceeded` and say when to come back. */
export interface Quota {
  /** Refuses one job too many. Call it in the same breath as the submission: nothing may come between. */
  admitJob(tenant: string): void;
  /** Bytes that a tenant may still send today, beside what it is sending. */
  left(tenant: string): number;
  /** Sets bytes aside before they are received, so that many uploads at once cannot pass one by one. */
  reserve(sender: Sender, bytes: number): Reservation;
}

const DAY_MS = 24 * 3600 * 1000;
/** A place in the queue may come free at any time. */
const JOBS_AGAIN_SECONDS = 60;

/** The quotas of the configuration. Bytes are counted in the ledger as they have come, per token and day (UTC); what is on its way is held on top. */
export function createQuota({ engine, config, clock }: Pick<Services, 'engine' | 'config' | 'clock'>): Quota {
  const { owners, received } = engine.ledger.service;
  const receiving = new Map<string, number>();
  const today = () => Math.floor(clock.now() / DAY_MS);
  const hold = (tenant: string, bytes: number) => {
    const held = (receiving.get(tenant) ?? 0) + bytes;
    if (held > 0) receiving.set(tenant, held);
    else receiving.delete(tenant);
  };
  const left = (tenant: string) =>
    Math.max(0, config.bytesPerDay - received.bytes(tenant, today()) - (receiving.get(tenant) ?? 0));
  return {
    admitJob(tenant) {
      if (owners.open(tenant) < config.queuedJobs) return;
      const reason = `${config.queuedJobs} jobs wait or run already`;
      throw new StageflowError('quota_exceeded', { reason, seconds: JOBS_AGAIN_SECONDS });
    },
    left,
    reserve({ tokenId, tenant }, bytes) {
      if (bytes > left(tenant)) {
        const reason = `${Math.floor(config.bytesPerDay / 2 ** 20)} MiB of archives in a day are the most`;
        const seconds = Math.ceil(((today() + 1) * DAY_MS - clock.now()) / 1000);
        throw new StageflowError('quota_exceeded', { reason, seconds });
      }
      hold(tenant, bytes);
      let total = 0;
      return {
        came: (more) => {
          total += more;
        },
        end: () => {
          hold(tenant, -bytes);
          if (total > 0) received.add({ tokenId, tenant, day: today(), bytes: total });
        },
      };
    },
  };
}
