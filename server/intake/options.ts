import { StageflowError } from '@stageflow/engine/kernel';
import { HeaderName, HeaderValue, type Manifest, problemOfOption } from '@stageflow/engine/scanner';
import { readAllowAssets, readAllowHosts, type SubmitOptions } from '@stageflow/engine/submit';
import { z } from '@hono/zod-openapi';

/** The least and the most that a job over HTTP may take, whoever made its specification. */
export const JOB_LIMITS = {
  jobSeconds: { least: 10, most: 86_400 },
  pageSeconds: { least: 1, most: 600 },
  memoryMiB: { least: 512, most: 8192 },
} as const;

const limit = ({ least, most }: { readonly least: number; readonly most: number }) =>
  z.number().int().min(least).max(most).optional();
const hostList = () => z.array(z.string().max(260)).max(100);

/** How a scan is to be done, as a request says it; everything left out gets the product's default. */
export const ScanOptions = z
  .strictObject({
    /** Module ids; left out for those that are on by default. */
    modules: z.array(z.string().max(32)).min(1).max(100).optional(),
    /** Options per module id. */
    moduleOptions: z.record(z.string().max(32), z.record(z.string().max(64), z.unknown())).optional(),
    maxPages: z.number().int().min(1).max(100_000).optional(),
    /** Most clicks away from an entry. */
    depth: z.number().int().min(0).max(1000).optional(),
    robots: z.boolean().optional(),
    sitemap: z.boolean().optional(),
    sample: z.enum(['template', 'all']).optional(),
    device: z.enum(['desktop', 'mobile']).optional(),
    lighthouseRuns: z.number().int().min(1).max(9).optional(),
    lighthouseFormFactor: z.enum(['desktop', 'mobile']).optional(),
    /** Hosts from which an archive's pages may load assets. */
    allowAssets: hostList().optional(),
    /** Private `host:port` pairs; for administrators only. */
    allowHosts: hostList().optional(),
    /** Production origin of an archive. */
    siteUrl: z
      .url({ protocol: /^https?$/ })
      .max(4096)
      .optional(),
    jobSeconds: limit(JOB_LIMITS.jobSeconds),
    pageSeconds: limit(JOB_LIMITS.pageSeconds),
    memoryMiB: limit(JOB_LIMITS.memoryMiB),
    label: z.string().max(200).optional(),
  })
  .openapi('ScanOptions');
export type ScanOptions = z.infer<typeof ScanOptions>;

/** Login details of the scanned site: kept beside the ledger until the job ends, and nowhere else. */
export const Access = z
  .strictObject({
    headers: z.record(HeaderName, HeaderValue).optional(),
    cookies: z
      .array(
        z.strictObject({
          name: z.string().max(200),
          value: z.string().max(8192),
          domain: z.string().max(260).optional(),
          path: z.string().max(1024).optional(),
        }),
      )
      .max(200)
      .optional(),
    basicAuth: z.strictObject({ username: z.string().max(1024), password: z.string().max(1024) }).optional(),
    /** Playwright's storage-state document. */
    storageState: z.unknown().optional(),
  })
  .openapi('Access');
export type Access = z.infer<typeof Access>;

const unwrap = <T>(result: { ok: true; value: T } | { ok: false; error: StageflowError }): T => {
  if (!result.ok) throw result.error;
  return result.value;
};

/** The request's options in the form that the job's specification is built from. Refusals are `bad_option` and `unknown_module`. */
export function submitOptionsOf(
  options: ScanOptions,
  manifests: ReadonlyMap<string, Manifest>,
): Omit<SubmitOptions, 'source'> {
  const { siteUrl, allowAssets = [], allowHosts = [], modules, label, moduleOptions = {}, ...rest } = options;
  for (const [id, given] of Object.entries(moduleOptions)) assertModuleKnown(id, given, manifests);
  const plain = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...plain,
    modules: modules ?? null,
    moduleOptions,
    allowAssets: unwrap(readAllowAssets(allowAssets)),
    allowHosts: unwrap(readAllowHosts(allowHosts)),
    siteUrl: siteUrl === undefined ? null : new URL(siteUrl).origin,
    label: label ?? null,
    isolation: 'pod',
  };
}

/** Refuses a module that is not here (`unknown_module`), and options that it does not know or that have another value than its manifest says (`bad_option`). */
export function assertModuleKnown(
  id: string,
  given: Readonly<Record<string, unknown>>,
  manifests: ReadonlyMap<string, Manifest>,
): void {
  const manifest = manifests.get(id);
  if (!manifest) throw new StageflowError('unknown_module', { module: id, known: [...manifests.keys()].join(', ') });
  for (const [name, value] of Object.entries(given)) {
    const reason = problemOfOption(manifest, name, value);
    if (reason !== null) throw new StageflowError('bad_option', { option: `moduleOptions.${id}`, value: name, reason });
  }
}
