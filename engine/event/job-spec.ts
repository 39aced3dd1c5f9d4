import { z } from 'zod';
import { ScannerId, Sha256 } from '../scanner/protocol.ts';

/** Where the pages come from. */
export const JobSource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('zip'),
    /** Name as the person gave it, sanitised. */
    filename: z.string().min(1).max(255),
    bytes: z.number().int().nonnegative(),
    sha256: Sha256,
    /** Key in the bucket `scanner-staging`. */
    stagingKey: z.string().max(600),
    /** True when the person gave a folder that we packed. */
    fromFolder: z.boolean(),
  }),
  z.object({
    kind: z.literal('urls'),
    urls: z.array(z.url().max(4096)).min(1).max(10_000),
    /** `crawl`: follow links from the entries; `list`: exactly these pages. */
    mode: z.enum(['crawl', 'list']),
  }),
]);
export type JobSource = z.infer<typeof JobSource>;

/** All that a job needs to be run, and to be run again. Holds no secret: login details live beside the ledger, by job id. */
export const JobSpec = z.object({
  source: JobSource,
  modules: z
    .array(z.object({ id: ScannerId, options: z.record(z.string(), z.unknown()).default({}) }))
    .min(1)
    .max(100),
  pages: z.object({
    /** Most pages to visit; the cap is stated in coverage. */
    max: z.number().int().min(1).max(100_000),
    /** Most clicks away from an entry. */
    depth: z.number().int().min(0).max(1000),
    /** Obey robots.txt (URL jobs). */
    robots: z.boolean(),
    /** Read sitemap.xml for more pages. */
    sitemap: z.boolean(),
    /** `template`: modules that say so look at one page per template; `all`: at every page. */
    sample: z.enum(['template', 'all']),
  }),
  device: z.enum(['desktop', 'mobile']),
  lighthouse: z.object({ runs: z.number().int().min(1).max(9), formFactor: z.enum(['desktop', 'mobile']) }),
  egress: z.object({
    /** ZIP jobs: hosts from which assets may be loaded. */
    allowAssets: z.array(z.string().max(260)).max(100),
    /** `host:port` of private addresses that the person named as their own. */
    allowHosts: z.array(z.string().max(260)).max(100),
  }),
  /** ZIP jobs: production origin, when the person named it. */
  siteUrl: z.url().max(4096).nullable(),
  isolation: z.enum(['pod', 'process']),
  /** True when login details were given (they are not in here). */
  access: z.boolean(),
  limits: z.object({
    /** Seconds the whole job may take. */
    jobSeconds: z.number().int().positive(),
    pageSeconds: z.number().int().positive(),
    /** MiB for the runner's container. */
    memoryMiB: z.number().int().positive(),
  }),
  /** The job whose finished cells are adopted by hash (retry, resume after cancel). */
  parent: z.string().nullable(),
  /** Cells of the parent that are not adopted, because they are to be scanned again. */
  anew: z
    .array(z.object({ pageId: z.string().max(64), scanner: ScannerId }))
    .max(1000)
    .optional(),
  /** Free text of the person, shown in lists. */
  label: z.string().max(200).nullable(),
});
export type JobSpec = z.infer<typeof JobSpec>;
