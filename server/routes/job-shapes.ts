import { JOB_STATES } from '@stageflow/engine/event';
import { CellCounts, CellOutcome, PageStatus } from '@stageflow/engine/scanner';
import { z } from '@hono/zod-openapi';

const count = () => z.number().int().nonnegative();

/** A job id in a path. */
export const JobIdParam = z.object({ id: z.string().max(64) });

export const JobStateShape = z.enum(JOB_STATES);

/** What an accepted submission is told. */
export const Accepted = z
  .object({
    id: z.string(),
    state: JobStateShape,
    /** SHA-256 of the archive or bundle as it was received; null for addresses and for jobs made from others. */
    sha256: z.string().nullable(),
    /** What was changed in what was given, in sentences. */
    notes: z.array(z.string()),
  })
  .openapi('Accepted');

const FailureShape = z.object({ code: z.string(), sentence: z.string(), about: z.string().nullable() });
const Counts = z.object(CellCounts.shape);
/** Of a job: the causes that its report counts once it is DONE; until then the sum of what modules said, where one fault may be told many times. */
const Totals = Counts;
const Stored = z.object({ key: z.string(), sha256: z.string(), size: count() });
const Progress = z.object({
  pagesDone: count(),
  pagesScanned: count(),
  pagesKnown: count(),
  cellsDone: count(),
  cellsKnown: count(),
});

const Cell = z.object({
  scanner: z.string(),
  outcome: CellOutcome,
  counts: Counts,
  failure: FailureShape.nullable(),
  milliseconds: z.number(),
  adoptedFrom: z.string().nullable(),
});

const Spec = z.object({
  kind: z.enum(['zip', 'urls']),
  source: z.string(),
  modules: z.array(z.string()),
  device: z.enum(['desktop', 'mobile']),
  maxPages: count(),
  maxDepth: count(),
  sample: z.enum(['template', 'all']),
  isolation: z.enum(['pod', 'process']),
  siteUrl: z.string().nullable(),
  label: z.string().nullable(),
  parent: z.string().nullable(),
});

/** All that is known of a job: the read model that windows and terminals fold too, and what only the engine knows. Times in milliseconds since the epoch. */
export const JobDetail = z
  .object({
    version: count(),
    jobId: z.string(),
    state: JobStateShape,
    attempt: count(),
    seq: count(),
    spec: Spec,
    pages: z.array(
      z.object({
        pageId: z.string(),
        url: z.string(),
        depth: count(),
        place: count(),
        via: z.enum(['entry', 'link', 'sitemap', 'list', 'archive']),
        status: z.union([z.enum(['waiting', 'open']), PageStatus]),
        failure: FailureShape.nullable(),
        title: z.string().nullable(),
        httpStatus: z.number().int().nullable(),
        finalUrl: z.string().nullable(),
        duplicateOf: z.string().nullable(),
        representative: z.boolean(),
        blocked: count(),
        cells: z.array(Cell),
      }),
    ),
    siteCells: z.array(Cell),
    totals: Totals,
    progress: Progress,
    startedAt: z.number(),
    updatedAt: z.number(),
    endedAt: z.number().nullable(),
    failure: FailureShape.nullable(),
    verdict: z.enum(['complete', 'incomplete']).nullable(),
    report: Stored.nullable(),
    html: Stored.nullable(),
    skipped: z.array(z.object({ reason: z.string(), count: count(), examples: z.array(z.string()) })),
    site: z
      .object({ files: count(), bytes: count(), hosting: z.array(z.string()), notes: z.array(z.string()) })
      .nullable(),
    /** True while no more cells are handed out. */
    paused: z.boolean(),
    /** True while the job waits for its turn. */
    waiting: z.boolean(),
  })
  .openapi('Job');
export type JobDetail = z.infer<typeof JobDetail>;

/** One line of a list of jobs. */
export const JobSummary = z
  .object({
    id: z.string(),
    state: JobStateShape,
    kind: z.enum(['zip', 'urls']),
    /** The archive's name, or the first address and how many more. */
    source: z.string(),
    label: z.string().nullable(),
    parent: z.string().nullable(),
    modules: z.array(z.string()),
    progress: Progress,
    totals: Totals,
    verdict: z.enum(['complete', 'incomplete']).nullable(),
    failure: FailureShape.nullable(),
    paused: z.boolean(),
    waiting: z.boolean(),
    startedAt: z.number(),
    endedAt: z.number().nullable(),
  })
  .openapi('JobSummary');
export type JobSummary = z.infer<typeof JobSummary>;
