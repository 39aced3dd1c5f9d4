import { z } from 'zod';
import { Sha256 } from '../../scanner/index.ts';

/** Names inside a bundle, in the order in which they come. Objects are under `objects/<bucket>/<key>`. */
export const BUNDLE_FILES = {
  job: 'job.json',
  events: 'events.jsonl',
  objects: 'objects/',
  manifest: 'manifest.json',
} as const;

/** What a bundle may hold at most; bytes unless said otherwise. */
export interface BundleLimits {
  readonly totalBytes: number;
  readonly objectBytes: number;
  readonly objects: number;
  /** All events together: they are held in memory until they are stored. */
  readonly eventBytes: number;
}

/** The product's own limits. */
export const BUNDLE_LIMITS: BundleLimits = {
  totalBytes: 4 * 2 ** 30,
  objectBytes: 512 * 2 ** 20,
  objects: 200_000,
  eventBytes: 128 * 2 ** 20,
};

/** First file: whose history this is. */
export const BundleJob = z.object({
  format: z.literal('stageflow-job'),
  version: z.literal(1),
  jobId: z.string().regex(/^[0-9a-hjkmnp-tv-z]{26}$/),
  parent: z.string().max(64).nullable(),
});
export type BundleJob = z.infer<typeof BundleJob>;

/** Last file: what came before it, so that a bundle that broke off is never taken for a whole one. */
export const BundleManifest = z.object({
  events: z.number().int().positive(),
  eventsSha256: Sha256,
  objects: z.array(
    z.object({
      bucket: z.enum(['scanner-staging', 'scanner-artifacts']),
      key: z.string().max(600),
      size: z.number().int().nonnegative(),
      sha256: Sha256,
    }),
  ),
});
export type BundleManifest = z.infer<typeof BundleManifest>;
