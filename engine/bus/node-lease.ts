import { z } from 'zod';
import { type Clock, type Log, StageflowError, type Timer } from '../kernel/index.ts';
import { type Bucket, BucketConflict } from './bucket.ts';

/** Milliseconds after which the name of an engine that stopped renewing is free. */
const NODE_LEASE = 60_000;

const Lease = z.object({ engineId: z.string().max(100), leaseUntil: z.number() });

/** Who claims a node's name. */
export interface NodeClaim {
  readonly node: string;
  /** One per data folder, so that an engine that was killed takes its own name back at once. */
  readonly engineId: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A node's name, held. */
export interface NodeLease {
  release(): Promise<void>;
  /** Stops renewing without a word; the name is free when the lease has run out. */
  abandon(): void;
}

/** Claims a node's name and renews the claim until `release`; refused as `node_name_taken` while another engine holds it. */
export async function claimNode(bucket: Bucket, { node, engineId, clock, log }: NodeClaim): Promise<NodeLease> {
  let timer: Timer | null = null;

  const holder = async () => {
    const entry = await bucket.get(node);
    return entry === null ? null : { ...Lease.parse(JSON.parse(entry.value)), revision: entry.revision };
  };
  const take = async () => {
    const held = await holder();
    if (held !== null && held.engineId !== engineId && held.leaseUntil > clock.now()) {
      throw new StageflowError('node_name_taken', { node });
    }
    const value = JSON.stringify({ engineId, leaseUntil: clock.now() + NODE_LEASE });
    try {
      await (held === null ? bucket.create(node, value) : bucket.update(node, value, held.revision));
    } catch (thrown) {
      throw thrown instanceof BucketConflict
        ? new StageflowError('node_name_taken', { node }, { cause: thrown })
        : thrown;
    }
  };
  const renewLater = () => {
    timer = clock.after(NODE_LEASE / 3, () => {
      take()
        .catch((thrown: unknown) =>
          log.error('the name of this node was not renewed', { node, reason: String(thrown) }),
        )
        .finally(() => {
          if (timer !== null) renewLater();
        });
    });
  };

  await take();
  renewLater();
  const abandon = () => {
    timer?.cancel();
    timer = null;
  };
  return {
    abandon,
    async release() {
      abandon();
      const held = await holder();
      if (held?.engineId === engineId) await bucket.remove(node, held.revision);
    },
  };
}
