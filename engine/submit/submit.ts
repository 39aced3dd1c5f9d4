import type { z } from 'zod';
import { JobSpec } from '../event/index.ts';
import type { JobSource } from '../event/index.ts';
import { StageflowError, err, ok } from '../kernel/index.ts';
import type { Result } from '../kernel/index.ts';
import type { Manifest } from '../scanner/index.ts';

/** What a person may say about a job; everything left out gets the product's default. */
export interface SubmitOptions {
  readonly source: JobSource;
  /** Scanner ids; null for those that are on by default. */
  readonly modules?: readonly string[] | null;
  /** Options per scanner id. */
  readonly moduleOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly maxPages?: number;
  readonly depth?: number;
  readonly robots?: boolean;
  readonly sitemap?: boolean;
  readonly sample?: 'template' | 'all';
  readonly device?: 'desktop' | 'mobile';
  readonly lighthouseRuns?: number;
  /** Lighthouse's form factor when it is to differ from `device`. */
  readonly lighthouseFormFactor?: 'desktop' | 'mobile';
  /** Canonical texts from `readAllowAssets` and `readAllowHosts`. */
  readonly allowAssets?: readonly string[];
  readonly allowHosts?: readonly string[];
  readonly siteUrl?: string | null;
  readonly isolation?: 'pod' | 'process';
  readonly access?: boolean;
  readonly jobSeconds?: number;
  readonly pageSeconds?: number;
  readonly memoryMiB?: number;
  readonly parent?: string | null;
  readonly label?: string | null;
}

/**
 * Defaults. A crawl of a foreign site stops at 200 pages, as each costs its owner traffic; the pages of one's own archive are loaded from
 * memory, so 500; a list is taken whole.
 */
export const SUBMIT_DEFAULTS = {
  maxPages: { crawl: 200, zip: 500 },
  depth: 10,
  robots: true,
  sitemap: true,
  sample: 'template',
  device: 'desktop',
  lighthouseRuns: 1,
  jobSeconds: 3600,
  pageSeconds: 60,
  memoryMiB: 2048,
} as const;

function maxPagesOf(source: JobSource): number {
  if (source.kind === 'zip') return SUBMIT_DEFAULTS.maxPages.zip;
  return source.mode === 'list' ? source.urls.length : Math.max(SUBMIT_DEFAULTS.maxPages.crawl, source.urls.length);
}

type Known = Pick<Manifest, 'id' | 'defaultOn'>;

function modulesOf(options: SubmitOptions, known: readonly Known[]): Result<JobSpec['modules'], StageflowError> {
  const ids = options.modules ?? known.filter(({ defaultOn }) => defaultOn).map(({ id }) => id);
  if (ids.length === 0) return err(new StageflowError('no_modules'));
  const names = known.map(({ id }) => id);
  const stranger = [...ids, ...Object.keys(options.moduleOptions ?? {})].find((id) => !names.includes(id));
  if (stranger !== undefined)
    return err(new StageflowError('unknown_module', { module: stranger, known: names.join(', ') }));
  return ok([...new Set(ids)].map((id) => ({ id, options: { ...options.moduleOptions?.[id] } })));
}

/** Names of the command line for fields of the specification, so that a refusal speaks the person's language. */
const OPTION_OF: Readonly<Record<string, string>> = {
  'pages.max': '--max-pages',
  'pages.depth': '--depth',
  'lighthouse.runs': '--lighthouse-runs',
  siteUrl: '--site-url',
  'limits.jobSeconds': '--timeout',
  'limits.pageSeconds': '--page-timeout',
  'limits.memoryMiB': '--memory',
  label: '--label',
};

/** Builds the specification of a job. Pure; refusals are `no_modules`, `unknown_module` and `bad_option`. */
export function buildJobSpec(options: SubmitOptions, known: readonly Known[]): Result<JobSpec, StageflowError> {
  const modules = modulesOf(options, known);
  if (!modules.ok) return modules;
  const device = options.device ?? SUBMIT_DEFAULTS.device;
  const spec: Record<Exclude<keyof JobSpec, 'anew'>, unknown> = {
    source: options.source,
    modules: modules.value,
    pages: {
      max: options.maxPages ?? maxPagesOf(options.source),
      depth: options.depth ?? SUBMIT_DEFAULTS.depth,
      robots: options.robots ?? SUBMIT_DEFAULTS.robots,
      sitemap: options.sitemap ?? SUBMIT_DEFAULTS.sitemap,
      sample: options.sample ?? SUBMIT_DEFAULTS.sample,
    },
    device,
    lighthouse: {
      runs: options.lighthouseRuns ?? SUBMIT_DEFAULTS.lighthouseRuns,
      formFactor: options.lighthouseFormFactor ?? device,
    },
    egress: { allowAssets: [...(options.allowAssets ?? [])], allowHosts: [...(options.allowHosts ?? [])] },
    siteUrl: options.siteUrl ?? null,
    isolation: options.isolation ?? 'pod',
    access: options.access ?? false,
    limits: {
      jobSeconds: options.jobSeconds ?? SUBMIT_DEFAULTS.jobSeconds,
      pageSeconds: options.pageSeconds ?? SUBMIT_DEFAULTS.pageSeconds,
      memoryMiB: options.memoryMiB ?? SUBMIT_DEFAULTS.memoryMiB,
    },
    parent: options.parent ?? null,
    label: options.label ?? null,
  };
  const parsed = JobSpec.safeParse(spec);
  return parsed.success ? ok(parsed.data) : err(refusalOf(parsed.error, spec));
}

function refusalOf(error: z.ZodError, spec: Record<string, unknown>): StageflowError {
  const [issue] = error.issues;
  const path = issue?.path.map(String) ?? [];
  const field = path.join('.');
  let value: unknown = spec;
  for (const part of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  return new StageflowError('bad_option', {
    option: OPTION_OF[field] ?? field,
    value: JSON.stringify(value) ?? 'nothing',
    reason: issue?.message ?? 'it does not fit',
  });
}
