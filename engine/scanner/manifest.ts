import { z } from 'zod';
import { Category, Confidence, Severity, Standard } from './finding.ts';

/** One rule of a scanner, as data: wording, weight and links live here, never in code. */
export const ManifestRule = z.object({
  title: z.string().min(5).max(200),
  severity: Severity,
  category: Category,
  /** `certain` unless the check infers. */
  confidence: Confidence.default('certain'),
  /** The fault's name across scanners; see `ScannerFinding.issue`. */
  issue: z.string().max(160).optional(),
  standards: z.array(Standard).default([]),
  howToFix: z.string().min(10).max(4000),
  helpUrl: z.url().optional(),
  dependsOn: z.array(z.enum(['style', 'script', 'font', 'image'])).optional(),
});
export type ManifestRule = z.infer<typeof ManifestRule>;

/** `scanners/<id>/manifest.json`: all that CLI, UI, docs and packaging need to know of a scanner. */
export const Manifest = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,31}$/),
  title: z.string().min(2).max(60),
  /** One sentence for lists. */
  summary: z.string().min(10).max(240),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** `page`: shares the one navigation of a page. `machine`: owns the machine while it runs (Lighthouse), one page at a time. `explore`: the same, and it acts in a tab of the job's browser. */
  lane: z.enum(['page', 'machine', 'explore']),
  /** True when the scanner also has a `_site` cell, which runs after the pages. */
  site: z.boolean(),
  /** Which pages it looks at unless told otherwise: every page, or one per template. */
  defaultPages: z.enum(['all', 'template']),
  /** Chosen when the person names no modules. */
  defaultOn: z.boolean(),
  /** Seconds a cell may take. */
  timeoutSeconds: z.number().int().min(1).max(600),
  /** Rough cost of one cell in seconds, for estimates before the start. */
  costSeconds: z.number().positive(),
  /** Code in this folder (`index.ts`), or a container image that speaks the cell protocol. */
  runtime: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('module') }),
    z.object({ kind: z.literal('image'), image: z.string().min(1), command: z.array(z.string()).default([]) }),
  ]),
  /** Score ids the scanner gives, and their weight in its module strip. */
  scores: z.record(z.string(), z.object({ title: z.string(), weight: z.number().min(0).max(1) })).default({}),
  /** Options a person may set (`--scanner-option seo.titleMaxLength=70`), as JSON Schema. */
  options: z.record(z.string(), z.unknown()).default({}),
  /** Own rules. A scanner that carries a tool's rules may leave this empty and say so in its README. */
  rules: z.record(z.string(), ManifestRule).default({}),
});
export type Manifest = z.infer<typeof Manifest>;
