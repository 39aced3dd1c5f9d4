import { z } from 'zod';

/** What every event is wrapped in. */
export const EnvelopeBase = z.object({
  /** Deterministic (job, type, discriminator); also the `Nats-Msg-Id`. A repeated id changes nothing. */
  id: z.string().min(1).max(200),
  /** Position in its job's history, from 1, given in the ledger's transaction. */
  seq: z.number().int().positive(),
  /** Milliseconds since the epoch. */
  time: z.number().int().nonnegative(),
  jobId: z.string().min(1).max(64),
  /** The attempt that produced it; an older one is refused. */
  attempt: z.number().int().positive(),
  /** Id of the event that led to this one, or null. */
  cause: z.string().max(200).nullable(),
  /** Only in messages: paths of lists that were shortened to fit one. The ledger has the whole event. */
  trimmed: z.array(z.string().max(200)).max(100).optional(),
});
export type EnvelopeBase = z.infer<typeof EnvelopeBase>;
