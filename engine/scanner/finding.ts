import { z } from 'zod';

/** From worst to mildest; the order is the order everywhere. */
export const SEVERITIES = ['critical', 'serious', 'moderate', 'minor', 'info'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

/** How much a rule of each severity counts in a score that is made of rules. */
export const SEVERITY_WEIGHT: Readonly<Record<Severity, number>> = {
  critical: 10,
  serious: 7,
  moderate: 4,
  minor: 2,
  info: 0,
};

/** `fail` counts in scores and gates; `needs-review` never does. A pass is not a finding. */
export const Outcome = z.enum(['fail', 'needs-review']);
export type Outcome = z.infer<typeof Outcome>;

/** How sure the witness is: `certain` is measured, `likely` is inferred, `possible` wants a person. */
export const Confidence = z.enum(['certain', 'likely', 'possible']);
export type Confidence = z.infer<typeof Confidence>;

/** What a finding is about; one of the report's modules of thought, not of code. */
export const Category = z.enum([
  'accessibility',
  'performance',
  'best-practices',
  'security',
  'seo',
  'links',
  'experience',
]);
export type Category = z.infer<typeof Category>;

/** A rectangle in CSS pixels of the full page, from the top left corner of the document. */
export const Box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
export type Box = z.infer<typeof Box>;

/** One criterion of a published standard. */
export const Standard = z.object({
  /** Short name, for example `WCAG 2.2`, `RFC 6797`, `HTML`. */
  name: z.string().max(80),
  /** Number or anchor inside it, for example `1.1.1`. */
  criterion: z.string().max(120),
  /** `A`, `AA` or `AAA` where the standard has levels. */
  level: z.string().max(8).optional(),
  /** Where it can be read. */
  url: z.url().max(500).optional(),
});
export type Standard = z.infer<typeof Standard>;

/**
 * Why an element has no picture: it takes no room or is `hidden`; it was `gone` when it was looked up again; it lies `outside` the page's
 * picture; the `limit` of pictures was reached; the picture of the page `failed`.
 */
export const NoPicture = z.enum(['hidden', 'gone', 'outside', 'limit', 'failed']);
export type NoPicture = z.infer<typeof NoPicture>;

/** One place where the fault shows. Text caps: selector 1 KiB, snippet 2 KiB, message 2 KiB. */
export const Occurrence = z.object({
  /** The page it is on. Filled by the runner for page cells; named by the scanner in site cells. */
  pageId: z.string().max(64).optional(),
  /** CSS selector of the element in the rendered page; steps into a frame or shadow root are joined by ` >>> `. */
  selector: z.string().max(1024).optional(),
  /** The element's own markup, cut to its start tag and a little text. */
  snippet: z.string().max(2048).optional(),
  /** The address the fault is about (a link's target, a resource), when it is not the page itself. */
  url: z.string().max(4096).optional(),
  /** What is wrong here, with the measured value: `contrast 2.9:1, needed 4.5:1`. */
  message: z.string().max(2048).optional(),
  /** Where the element is drawn. Filled by the runner for page cells; told by the scanner in site cells, whose pages are gone by then. */
  box: Box.optional(),
  /** Key of the crop picture under the job's folder. Filled by the runner, or by a scanner of the machine lane from its own picture. */
  screenshot: z.string().max(512).optional(),
  /** Why there is no crop of the element. Filled like the crop. */
  noPicture: NoPicture.optional(),
  /** For ZIP jobs: file inside the archive, 1-based line and column. Filled by the runner, or by a scanner that knows better. */
  file: z.string().max(1024).optional(),
  line: z.number().int().positive().optional(),
  column: z.number().int().positive().optional(),
  /** Scanners of the site and machine lanes: address of the text in which `line` counts when it is not the page (a robots.txt, a sitemap, a script). The runner names the file for it. */
  textUrl: z.string().max(4096).optional(),
});
export type Occurrence = z.infer<typeof Occurrence>;

/** What one scanner says about one cell: a rule and where it is broken. Aggregation turns these into causes. */
export const ScannerFinding = z.object({
  /** The scanner's own rule id, stable over versions. */
  rule: z.string().min(1).max(120),
  /** The fault's name across scanners (`image-alt`); findings of several scanners with one issue on one node merge. Default: `<scanner>/<rule>`. */
  issue: z.string().max(160).optional(),
  title: z.string().min(1).max(300),
  severity: Severity,
  outcome: Outcome,
  confidence: Confidence,
  category: Category,
  standards: z.array(Standard).max(20),
  /** What to do, in plain words. */
  howToFix: z.string().max(4000),
  /** Where to read more. */
  helpUrl: z.url().max(500).optional(),
  /** What sets this cause apart from others of the same rule where there is no element (a header's name, a link's target). */
  evidence: z.string().max(1024).optional(),
  /** What the verdict needs to be true: a style or script that may have been blocked. Blocked ones make the finding needs-review. */
  dependsOn: z
    .array(z.enum(['style', 'script', 'font', 'image']))
    .max(4)
    .optional(),
  occurrences: z.array(Occurrence).max(2000),
});
export type ScannerFinding = z.infer<typeof ScannerFinding>;

/** A module's number for one page, 0 to 100, and how much it moved between runs. */
export const Score = z.object({
  /** For example `performance`. */
  id: z.string().max(60),
  /** Median of the runs, 0-100; null when it cannot be measured here. */
  value: z.number().min(0).max(100).nullable(),
  /** Lowest and highest of the runs. */
  spread: z.tuple([z.number(), z.number()]).optional(),
  runs: z.number().int().positive().optional(),
});
export type Score = z.infer<typeof Score>;

/** What a scanner hands in for one cell; stored as `<scanner>/cells/<page>.findings.json.zst`. */
export const CellFindings = z.object({
  findings: z.array(ScannerFinding).max(5000),
  scores: z.array(Score).max(20),
  /** Facts worth a line in the report: browser and tool versions, benchmark index, sampled or not. Text or numbers only. */
  facts: z.record(z.string().max(80), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()])),
  /** How many checks passed, for `coverage`; null when the tool does not say. */
  passes: z.number().int().nonnegative().nullable(),
});
export type CellFindings = z.infer<typeof CellFindings>;
