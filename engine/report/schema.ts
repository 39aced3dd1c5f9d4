import { z } from 'zod';
import { Box, Category, Confidence, NoPicture, Outcome, Severity } from '../scanner/finding.ts';
import { CellOutcome } from '../scanner/protocol.ts';
import { Coverage, CoveragePage } from './schema-coverage.ts';

export * from './schema-coverage.ts';

/** The version of this contract; it changes only by the rules of semantic versioning. */
export const REPORT_VERSION = '2.0.0';

const count = () => z.number().int().nonnegative();
const key = () => z.string().max(600);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const facts = () => z.record(z.string(), scalar);
const instant = () => z.iso.datetime();

/** Causes counted once each: failing ones by severity, those that need a person apart. */
export const SeverityCounts = z.object({
  critical: count().describe('Failing causes of severity critical.'),
  serious: count().describe('Failing causes of severity serious.'),
  moderate: count().describe('Failing causes of severity moderate.'),
  minor: count().describe('Failing causes of severity minor.'),
  info: count().describe('Failing causes of severity info.'),
  review: count().describe('Causes of any severity that need a person to decide; they never count in gates.'),
});
export type SeverityCounts = z.infer<typeof SeverityCounts>;

export const ReportJob = z.object({
  id: z.string().describe('The job that this report is about.'),
  label: z.string().nullable().describe('Free text that the person gave, or null.'),
  parent: z.string().nullable().describe('The job whose finished cells were adopted, or null.'),
  source: z
    .discriminatedUnion('kind', [
      z.object({
        kind: z.literal('zip').describe('A static build was scanned.'),
        filename: z.string().describe('Name of the archive or folder.'),
        bytes: count().describe('Size of the archive in bytes.'),
        sha256: z.string().describe('SHA-256 of the archive, lower-case hexadecimal.'),
        fromFolder: z.boolean().describe('True when a folder was given and packed for the scan.'),
        origin: z
          .string()
          .nullable()
          .describe('Origin under which the build was served inside the pod, or null when it never was.'),
        productionOrigin: z
          .string()
          .nullable()
          .describe('Production origin whose addresses mean this build, or null when unknown.'),
      }),
      z.object({
        kind: z.literal('urls').describe('Addresses on a network were scanned.'),
        urls: z.array(z.string()).describe('The addresses given.'),
        mode: z
          .enum(['crawl', 'list'])
          .describe('Whether links were followed from the addresses, or exactly these were looked at.'),
      }),
    ])
    .describe('What was scanned.'),
  startedAt: instant().describe('When the job was created, UTC.'),
  finishedAt: instant().nullable().describe('When its scanning ended, UTC; null when it never did.'),
  attempt: z.number().int().positive().describe('The attempt that finished it; above 1 when it was resumed.'),
  modules: z.array(z.string()).describe('Ids of the scanner modules that were asked for.'),
  options: z
    .object({
      maxPages: count().describe('Most pages to visit.'),
      depth: count().describe('Most clicks away from an entry.'),
      robots: z.boolean().describe('Whether robots.txt was obeyed.'),
      sitemap: z.boolean().describe('Whether sitemap.xml was read for more pages.'),
      sample: z
        .enum(['template', 'all'])
        .describe('Whether sampling modules looked at one page per template or at all pages.'),
      device: z.enum(['desktop', 'mobile']).describe('Device that the browser posed as.'),
      lighthouseRuns: count().describe('Runs per page of the Lighthouse module.'),
      isolation: z
        .enum(['pod', 'process'])
        .describe('How the scan was walled off: a rootless pod, or a plain process.'),
      allowAssets: z.array(z.string()).describe('Hosts from which a ZIP job could load assets.'),
      allowHosts: z.array(z.string()).describe('Private host:port pairs that the person named as their own.'),
      access: z.boolean().describe('True when login details were given; they are never part of a report.'),
    })
    .describe('How it was to be scanned.'),
});

export const VerdictReason = z.object({
  code: z.string().describe('Code of the error table, or `not_reached` for work that was asked for and never ended.'),
  sentence: z.string().describe('What happened and what to do next.'),
  scanner: z.string().nullable().describe('The module concerned, or null when it is about pages.'),
  count: count().describe('How many pages or cells are concerned.'),
  pages: z.array(z.string()).describe('Ids of the pages concerned, at most 100.'),
});
export type VerdictReason = z.infer<typeof VerdictReason>;

export const Verdict = z.object({
  status: z
    .enum(['complete', 'incomplete', 'nothing'])
    .describe(
      '`complete`: all that was asked for was looked at; `incomplete`: some of it failed; `nothing`: no page could be judged.',
    ),
  sentence: z.string().describe('The result in words.'),
  reasons: z.array(VerdictReason).describe('Why it is not complete; empty when it is.'),
});
export type Verdict = z.infer<typeof Verdict>;

export const Band = z.enum(['good', 'needs work', 'poor']);
export type Band = z.infer<typeof Band>;

export const ModuleScore = z.object({
  id: z.string().describe('Score id, for example `performance`.'),
  title: z.string().describe('Name for people.'),
  value: z
    .number()
    .min(0)
    .max(100)
    .nullable()
    .describe('Median over the pages measured, 0-100 without decimals; null when nothing could be measured.'),
  band: Band.nullable().describe(
    'Word for the value: good from 90, needs work from 50, poor below; null without a value.',
  ),
  spread: z.tuple([z.number(), z.number()]).nullable().describe('Lowest and highest page.'),
  reason: z.string().nullable().describe('Why there is no value, or null when there is one.'),
  review: z
    .string()
    .nullable()
    .describe(
      'Why a person must judge the value, or null: pages were measured without some of their styles, scripts or fonts.',
    ),
  pages: z
    .array(
      z.object({
        pageId: z.string().describe('Page measured.'),
        value: z
          .number()
          .min(0)
          .max(100)
          .nullable()
          .describe('Median of the runs on this page, 0-100; null when not measurable.'),
        spread: z
          .tuple([z.number(), z.number()])
          .nullable()
          .describe('Lowest and highest run, or null when it ran once.'),
        runs: z.number().int().positive().nullable().describe('Number of runs, or null when the module does not say.'),
      }),
    )
    .describe('The number of each page.'),
});
export type ModuleScore = z.infer<typeof ModuleScore>;

export const Summary = z.object({
  causes: SeverityCounts.describe('Causes by severity: what there is to fix.'),
  occurrences: SeverityCounts.describe('Places by severity: where it shows.'),
  byModule: z
    .array(
      z.object({
        scanner: z.string().describe('Module id.'),
        causes: SeverityCounts.describe('Causes that this module witnessed.'),
        score: z
          .number()
          .min(0)
          .max(100)
          .nullable()
          .describe('The module in one number, 0-100 (weighted mean of its scores), or null.'),
        band: Band.nullable().describe('Word for the number, or null.'),
        reason: z.string().nullable().describe('Why there is no number, or null when there is one.'),
      }),
    )
    .describe('Counts and number per module.'),
  byPage: z
    .array(
      z.object({
        pageId: z.string().describe('Page id.'),
        causes: SeverityCounts.describe('Causes that show on this page.'),
      }),
    )
    .describe('Counts per page.'),
  fixFirst: z
    .array(z.string())
    .describe(
      'Ids of the failing causes worth most: pages on which they fail times weight of the severity, at most 5.',
    ),
});

export const ReportPage = z.object({
  id: z.string().describe('Page id, a function of its address alone.'),
  url: z.string().describe('Address asked for.'),
  finalUrl: z.string().nullable().describe('Address after redirects, or null when no answer came.'),
  path: z.string().describe('Address without the origin of the scanned site.'),
  title: z.string().nullable().describe('Title of the document, or null.'),
  depth: count().describe('Clicks from an entry.'),
  httpStatus: z.number().int().nullable().describe('HTTP status, or null when no answer came.'),
  status: CoveragePage.shape.status,
  template: z.string().nullable().describe('Hash of the structure; pages of one template share it.'),
  representative: z.boolean().describe('True when it stands for its template in sampling modules.'),
  duplicateOf: z.string().nullable().describe('Page whose content this one repeats, or null.'),
  screenshot: key().nullable().describe('Key of the full-page picture, or null.'),
  evidence: z.array(key()).describe('Keys of all that was kept of the visit: pictures, HAR, traces.'),
});
export type ReportPage = z.infer<typeof ReportPage>;

export const Witness = z.object({
  scanner: z.string().describe('Module that said so.'),
  rule: z.string().describe("The module's own rule id."),
  title: z.string().describe('What the module calls it.'),
  severity: Severity.describe('How bad the module says it is.'),
  outcome: Outcome.describe('Whether the module is sure that it is a fault.'),
  confidence: Confidence.describe('How sure the module is.'),
  helpUrl: z.string().nullable().describe('Where to read more, or null.'),
  occurrences: count().describe('Places of this cause that the module pointed at.'),
});
export type Witness = z.infer<typeof Witness>;

export const ReportOccurrence = z.object({
  pageId: z.string().nullable().describe('Page it is on, or null when it is about the site as a whole.'),
  url: z.string().describe('Address of that page, or of the site.'),
  outcome: Outcome.describe('Whether it is a fault here, or needs a person to decide.'),
  selector: z
    .string()
    .nullable()
    .describe('CSS selector in the rendered page; steps into frames and shadow roots are joined by ` >>> `.'),
  snippet: z.string().nullable().describe("The element's own markup, shortened."),
  target: z.string().nullable().describe('Address that the fault is about (a link, a resource), or null.'),
  message: z.string().nullable().describe('What is wrong here, with measured values.'),
  box: Box.nullable().describe('Where it is drawn, CSS pixels from the top left corner of the document.'),
  screenshot: key().nullable().describe('Key of the crop, or null.'),
  noPicture: NoPicture.optional().describe(
    "Why an element has no crop: it takes no room or is `hidden`; it was `gone` when it was looked up again; it lies `outside` the page's picture; the `limit` of crops was reached; or taking it `failed`. Left out where there is a crop, and where the place is no element.",
  ),
  file: z.string().nullable().describe('ZIP jobs: file inside the archive.'),
  line: z.number().int().positive().nullable().describe('Line in the file, from 1.'),
  column: z.number().int().positive().nullable().describe('Column in the line, from 1.'),
  scanners: z.array(z.string()).describe('Modules that pointed at this place.'),
});
export type ReportOccurrence = z.infer<typeof ReportOccurrence>;

export const ReportFinding = z.object({
  id: z.string().describe('Name of the cause inside this report.'),
  fingerprint: z
    .string()
    .describe('Stable over runs, hosts and order: the same cause has the same fingerprint tomorrow.'),
  issue: z.string().describe("The fault's name across modules, or `<module>/<rule>`."),
  title: z.string().describe('What is wrong.'),
  severity: Severity.describe('Worst severity of the witnesses that decide the outcome.'),
  confidence: Confidence.describe('How sure: raised when several modules agree.'),
  outcome: Outcome.describe('`fail` counts in gates; `needs-review` never does.'),
  category: Category.describe('What it is about.'),
  witnesses: z.array(Witness).describe('Who said so, the deciding one first.'),
  standards: z
    .array(
      z.object({
        name: z.string().describe('Short name, for example `WCAG 2.2`.'),
        criterion: z.string().describe('Number or anchor inside it.'),
        level: z.string().nullable().describe('A, AA or AAA where it has levels.'),
        url: z.string().nullable().describe('Where it can be read.'),
      }),
    )
    .describe('Criteria of published standards that it breaks.'),
  howToFix: z.string().describe('What to do, in plain words.'),
  pagesAffected: count().describe('Pages on which it shows.'),
  occurrencesTotal: count().describe('Places where it shows; more than are listed when the list was capped.'),
  occurrences: z.array(ReportOccurrence).describe('The places, by page.'),
});
export type ReportFinding = z.infer<typeof ReportFinding>;

export const SetAside = z.object({
  finding: ReportFinding.describe('The cause as it was found. It is in no count, gate or list of this report.'),
  reason: z.string().describe('Why it was set aside, as the person said.'),
  owner: z.string().describe('Who set it aside.'),
  until: instant().nullable().describe('When it counts again, UTC; null for never.'),
});
export type SetAside = z.infer<typeof SetAside>;

export const ReportScanner = z.object({
  id: z.string().describe('Module id.'),
  title: z.string().describe('Name for people.'),
  version: z.string().nullable().describe('Version of the module, or null when its manifest is gone.'),
  cellsOk: count().describe('Cells that ended well.'),
  cellsFailed: count().describe('Cells that failed, timed out or never ended.'),
  scores: z.array(ModuleScore).describe('Its numbers over the pages.'),
  facts: facts().describe(
    'Facts worth a line: tool versions, benchmark index. A fact that differs by page names the lowest and highest, or says so.',
  ),
  results: key().describe('Key of the index of its raw results.'),
  report: key().describe('Key of its own HTML report.'),
});
export type ReportScanner = z.infer<typeof ReportScanner>;

export const ReportArtifact = z.object({
  key: key().describe("Key in the bucket of artifacts; its first part is the job's id."),
  size: count().describe('Bytes.'),
  sha256: z
    .string()
    .nullable()
    .describe('SHA-256, lower-case hexadecimal; null when it was written beside the events.'),
  kind: z
    .enum(['screenshot', 'crop', 'har', 'trace', 'html', 'raw', 'findings', 'json', 'log', 'other'])
    .describe('What it is.'),
  scanner: z.string().nullable().describe('Module it belongs to, or null when it is of the page or the job.'),
  pageId: z.string().nullable().describe('Page it belongs to, or null.'),
});
export type ReportArtifact = z.infer<typeof ReportArtifact>;

export const ReportProvenance = z.object({
  engine: z.string().describe('Version of Stageflow.'),
  node: z.string().nullable().describe('Version of Node that ran the engine.'),
  isolation: z.string().describe('How the scan was walled off.'),
  inputSha256: z.string().nullable().describe('SHA-256 of the archive, or null for addresses.'),
  queue: facts().describe('Which queue carried the events, and whether its durability is reduced.'),
  notes: z
    .array(z.string())
    .describe('Sentences a reader must know: missing limits, reduced isolation, odd names in the archive.'),
  attempts: z
    .array(
      z.object({
        attempt: z.number().int().positive().describe('Number of the attempt, from 1.'),
        startedAt: instant().describe('When it began, UTC.'),
        endedAt: instant().describe('When it ended, UTC.'),
        end: z.string().describe('How it ended.'),
        browser: z.string().nullable().describe('Browser and version, or null when it never started.'),
        sandbox: facts()
          .nullable()
          .describe(
            "Proof, read inside the container, that the browser's own sandbox was on; null when it never started.",
          ),
        pod: facts().describe('What the pod runtime says of the pod.'),
        versions: facts().describe('Tools inside the runner and their versions.'),
        egress: z.array(facts()).describe('Connections that the guard made or refused.'),
      }),
    )
    .describe('Every attempt of the job, oldest first.'),
  timings: z
    .object({
      total: z.number().nonnegative().nullable().describe('Milliseconds from creation to the end of scanning.'),
      cells: z
        .record(z.string(), z.number().nonnegative())
        .describe('Milliseconds spent per module, summed over cells.'),
    })
    .describe('Where the time went.'),
});

/** One report: what was looked at, what is wrong, who says so, and how it was found out. */
export const Report = z.object({
  contractVersion: z.literal(REPORT_VERSION).describe('Version of this contract.'),
  job: ReportJob.describe('What was asked for.'),
  verdict: Verdict.describe('The result.'),
  coverage: Coverage.describe('Every page and module: scanned, failed, skipped, blocked, with the reason.'),
  summary: Summary.describe('Counts and numbers.'),
  pages: z.array(ReportPage).describe('Every page that was discovered, breadth first.'),
  findings: z.array(ReportFinding).describe('Causes: failing ones first, then by severity, then by pages affected.'),
  ignored: z
    .array(SetAside)
    .optional()
    .describe('Causes that people had set aside when the scan ended; left out when there are none.'),
  scanners: z.array(ReportScanner).describe('Every module that was asked for.'),
  artifacts: z.array(ReportArtifact).describe('Every object kept for this job but the reports themselves.'),
  provenance: ReportProvenance.describe('How, with what and how safely it was found out.'),
});
export type Report = z.infer<typeof Report>;

/** The index `<job>/<scanner>/results.json`. */
export const ScannerResults = z.object({
  contractVersion: z.literal(REPORT_VERSION).describe('Version of this contract.'),
  jobId: z.string().describe('The job.'),
  scanner: z.string().describe('Module id.'),
  version: z.string().nullable().describe('Version of the module.'),
  cells: z
    .array(
      z.object({
        pageId: z.string().describe('Page id or `_site`.'),
        url: z.string().nullable().describe('Address of the page; null for the site as a whole.'),
        outcome: CellOutcome.describe('How the cell ended.'),
        code: z.string().nullable().describe('Code of the error table, or null.'),
        raw: z
          .object({
            key: key().describe('Key.'),
            sha256: z.string().describe('SHA-256.'),
            size: count().describe('Bytes.'),
          })
          .nullable()
          .describe("The tool's own result, zstd-compressed JSON."),
        findings: z
          .object({
            key: key().describe('Key.'),
            sha256: z.string().describe('SHA-256.'),
            size: count().describe('Bytes.'),
          })
          .nullable()
          .describe('The findings, zstd-compressed JSON.'),
        counts: SeverityCounts.describe('Findings of the cell.'),
        milliseconds: z.number().nonnegative().describe('How long it took, in milliseconds.'),
        adoptedFrom: z.string().nullable().describe('Job whose finished cell was adopted, or null.'),
      }),
    )
    .describe('Every finished cell of the module.'),
});
export type ScannerResults = z.infer<typeof ScannerResults>;
