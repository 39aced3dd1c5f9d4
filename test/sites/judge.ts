import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Report, type ReportFinding, type ReportOccurrence } from '../../engine/report/index.ts';
import type { Variant } from './variants.ts';

/** One way in which a fault shows: which rule of which scanner says so, where. */
export const Row = z.strictObject({
  /** Scanner id. */
  scanner: z.string(),
  /** The scanner's own rule id. */
  rule: z.string(),
  /** Path of the page, or `_site` for what is said of the site as a whole. */
  page: z.string(),
  /** Text that the occurrence's selector, snippet, target or message must contain; left out when one place alone can be meant. */
  at: z.string().optional(),
});
export type Row = z.infer<typeof Row>;

/** What a scan of one test site must give: `<site>.expected.json`. */
export const Expected = z.strictObject({
  site: z.string(),
  /** Production address, given to the scan as `--site-url`. */
  siteUrl: z.url().optional(),
  faults: z.array(
    z.strictObject({
      /** Name of the fault; the same as of its mark in the sources. */
      id: z.string().regex(/^[a-z0-9-]+$/),
      /** True when it is in the page only after script has run. */
      afterScript: z.boolean(),
      /** One sentence: what is wrong. */
      what: z.string().min(10),
      found: z.array(Row).min(1),
    }),
  ),
  /** Places that the broken twin must hand to a person. */
  review: z.array(Row).default([]),
  /** Facts of severity info that are no fault: the repaired twin must show them, the broken one may, where no fault hides them. */
  repairedInfo: z.array(Row).default([]),
});
export type Expected = z.infer<typeof Expected>;

type JudgedFinding = Pick<ReportFinding, 'severity' | 'category'> & {
  readonly witnesses: readonly Pick<ReportFinding['witnesses'][number], 'scanner' | 'rule'>[];
  readonly occurrences: readonly Pick<
    ReportOccurrence,
    'pageId' | 'outcome' | 'selector' | 'snippet' | 'target' | 'message' | 'scanners'
  >[];
};

/** As much of a report as is judged. */
export interface JudgedReport {
  readonly job: Pick<Report['job'], 'modules'>;
  readonly pages: readonly Pick<Report['pages'][number], 'id' | 'path'>[];
  readonly findings: readonly JudgedFinding[];
}

/** One scanner's word on one place of a report. */
export interface Sighting {
  readonly scanner: string;
  /** The rules of this scanner in the finding: nearly always one. */
  readonly rules: readonly string[];
  readonly page: string;
  readonly severity: ReportFinding['severity'];
  readonly outcome: ReportOccurrence['outcome'];
  /** Selector, snippet, target and message, one per line. */
  readonly text: string;
}

/** What is never asked of a list, and why. */
const EXCLUDED: readonly { readonly reason: string; applies(finding: JudgedFinding, scanner: string): boolean }[] = [
  {
    reason: "Lighthouse's performance findings are measurements: they differ by machine and by run.",
    applies: (finding, scanner) => scanner === 'lighthouse' && finding.category === 'performance',
  },
];

/** Every sighting of a report that a list has to account for. */
export function sightingsOf(report: JudgedReport): Sighting[] {
  const paths = new Map(report.pages.map((page) => [page.id, page.path]));
  return report.findings.flatMap((finding) =>
    finding.occurrences.flatMap((place) =>
      place.scanners
        .filter((scanner) => !EXCLUDED.some((one) => one.applies(finding, scanner)))
        .map((scanner) => ({
          scanner,
          rules: finding.witnesses.filter((w) => w.scanner === scanner).map((w) => w.rule),
          page: place.pageId === null ? '_site' : (paths.get(place.pageId) ?? place.pageId),
          severity: finding.severity,
          outcome: place.outcome,
          text: [place.selector, place.snippet, place.target, place.message].filter((t) => t !== null).join('\n'),
        })),
    ),
  );
}

/** What parts a report from its list; both empty when the report is exact. */
export interface Judgement {
  /** Rows that no sighting bears out, with the fault's id. */
  readonly missing: readonly string[];
  /** Failing sightings that no row explains. */
  readonly unexplained: readonly string[];
}

/**
 * Holds a report against a site's list, both ways. The broken twin must show every fault and nothing else; the repaired one
 * only what `repairedInfo` names. Rows of modules that the report did not ask for are left out.
 */
export function judge(report: JudgedReport, expected: Expected, variant: Variant): Judgement {
  const asked = ({ row }: { readonly row: Row }) => report.job.modules.includes(row.scanner);
  const faults = expected.faults.flatMap(({ id, found }) =>
    found.map((row) => ({ id, row, outcome: 'fail' as const })),
  );
  const reviews = expected.review.map((row) => ({ id: 'review', row, outcome: 'needs-review' as const }));
  const facts = expected.repairedInfo.map((row) => ({ id: 'info', row, outcome: 'fail' as const }));
  const required = variant === 'broken' ? [...faults, ...reviews] : facts;
  const rows = variant === 'broken' ? [...required, ...facts] : facts;
  const sightings = sightingsOf(report);
  const bears = (s: Sighting, { row, outcome }: { readonly row: Row; readonly outcome: Sighting['outcome'] }) =>
    s.outcome === outcome && matches(s, row);
  return {
    missing: required
      .filter(asked)
      .filter((one) => !sightings.some((s) => bears(s, one)))
      .map(({ id, row }) => `${id}: ${JSON.stringify(row)}`),
    unexplained: sightings
      .filter(
        (s) =>
          s.outcome === 'fail' && !rows.some((one) => bears(s, one) && (one.id !== 'info' || s.severity === 'info')),
      )
      .map(
        (s) =>
          `${JSON.stringify({ scanner: s.scanner, rule: s.rules.join('|'), page: s.page })} [${s.severity}] ${s.text.replaceAll('\n', ' ⏎ ').slice(0, 400)}`,
      ),
  };
}

function matches(sighting: Sighting, row: Row): boolean {
  return (
    sighting.scanner === row.scanner &&
    sighting.rules.includes(row.rule) &&
    sighting.page === row.page &&
    (row.at === undefined || sighting.text.includes(row.at))
  );
}

/** The list of a site. */
export function expectedOf(site: string): Expected {
  return Expected.parse(JSON.parse(readFileSync(join(import.meta.dirname, `${site}.expected.json`), 'utf8')));
}

/** A report from disk, by the published schema. */
export function reportAt(path: string): Report {
  return Report.parse(JSON.parse(readFileSync(path, 'utf8')));
}

if (process.argv[1] === import.meta.filename) {
  const [, , site = '', variant = '', path = ''] = process.argv;
  if (variant !== 'broken' && variant !== 'repaired') {
    process.stderr.write('Usage: node test/sites/judge.ts <site> broken|repaired <report.json>\n');
    process.exitCode = 2;
  } else {
    const { missing, unexplained } = judge(reportAt(path), expectedOf(site), variant);
    process.stdout.write(
      [...missing.map((m) => `missing      ${m}\n`), ...unexplained.map((u) => `unexplained  ${u}\n`)].join(''),
    );
    process.exitCode = missing.length + unexplained.length === 0 ? 0 : 1;
  }
}
