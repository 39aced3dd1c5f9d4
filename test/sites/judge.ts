import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Report, type ReportFinding, type ReportOccurrence } from '../../engine/report/index.ts';
import type { Variant } from './variants.ts';

/** How a site reaches the scan: as a build, or as addresses on a network. */
export const Form = z.enum(['zip', 'url']);
export type Form = z.infer<typeof Form>;

/** One way in which something shows: which rule of which scanner says so, where. */
export const Row = z.strictObject({
  /** Scanner id. */
  scanner: z.string(),
  /** The scanner's own rule id. */
  rule: z.string(),
  /** Path of the page, or `_site` for what is said of the site as a whole. */
  page: z.string(),
  /** Text that the place's selector, snippet, target or message holds and no other place of this rule and page does. */
  at: z.string().optional(),
  /** Where it stands in the build, `file:line`. Judged in the form of a build, where the place must name exactly this. */
  source: z
    .string()
    .regex(/^[^:]+:[1-9]\d*$/)
    .optional(),
  /** How many places the row stands for; one when left out. */
  times: z.int().min(2).optional(),
  /** The one form of the site in which it shows; both when left out. */
  only: z.strictObject({ form: Form, because: z.string().min(10) }).optional(),
});
export type Row = z.infer<typeof Row>;

/** What is said of a site without being a planted fault. */
const Aside = z.strictObject({
  /** One sentence: why it is true. */
  what: z.string().min(10),
  /** Twins that show it. */
  twins: z.array(z.enum(['broken', 'repaired'])).min(1),
  found: z.array(Row).min(1),
});

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
  /** Places that are handed to a person: needs-review, of whatever severity. */
  review: z.array(Aside).default([]),
  /** Facts of severity info that are no fault. */
  facts: z.array(Aside).default([]),
});
export type Expected = z.infer<typeof Expected>;

type JudgedFinding = Pick<ReportFinding, 'severity' | 'category' | 'outcome'> & {
  readonly witnesses: readonly Pick<ReportFinding['witnesses'][number], 'scanner' | 'rule'>[];
  readonly occurrences: readonly Pick<
    ReportOccurrence,
    'pageId' | 'outcome' | 'selector' | 'snippet' | 'target' | 'message' | 'file' | 'line' | 'scanners'
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
  /** `file:line`, or null when the place names no line. */
  readonly source: string | null;
}

/** What is never asked of a list, and why. */
const EXCLUDED: readonly { readonly reason: string; applies(finding: JudgedFinding, scanner: string): boolean }[] = [
  {
    reason: "Lighthouse's performance findings are measurements: they differ by machine and by run.",
    applies: (finding, scanner) => scanner === 'lighthouse' && finding.category === 'performance',
  },
];

/** Page of a sighting whose scanner is named as a witness and at no place: no row can explain it. */
const NOWHERE = '(nowhere)';

/** Every sighting of a report that a list has to account for. */
export function sightingsOf(report: JudgedReport): Sighting[] {
  const paths = new Map(report.pages.map((page) => [page.id, page.path]));
  return report.findings.flatMap((finding) => {
    const { severity, witnesses } = finding;
    const judged = (scanner: string) => !EXCLUDED.some((one) => one.applies(finding, scanner));
    const rulesOf = (scanner: string) => witnesses.filter((w) => w.scanner === scanner).map((w) => w.rule);
    const placed = finding.occurrences.flatMap((place) =>
      place.scanners.map((scanner) => ({
        scanner,
        rules: rulesOf(scanner),
        page: place.pageId === null ? '_site' : (paths.get(place.pageId) ?? place.pageId),
        severity,
        outcome: place.outcome,
        text: [place.selector, place.snippet, place.target, place.message].filter((t) => t !== null).join('\n'),
        source: place.line === null ? null : `${place.file}:${place.line}`,
      })),
    );
    const placeless = witnesses
      .filter(({ scanner }) => !placed.some((one) => one.scanner === scanner))
      .map(({ scanner, rule }) => ({
        ...{ scanner, rules: [rule], severity, outcome: finding.outcome },
        ...{ page: NOWHERE, text: 'a witness of no place', source: null },
      }));
    return [...placed, ...placeless].filter(({ scanner }) => judged(scanner));
  });
}

/** What parts a report from its list; all empty when the report is exact. */
export interface Judgement {
  /** Rows with fewer sightings than they stand for. */
  readonly missing: readonly string[];
  /** Rows with more sightings than they stand for. */
  readonly surplus: readonly string[];
  /** Sightings that no row explains, of whatever outcome and severity. */
  readonly unexplained: readonly string[];
  /** Sightings that several rows could explain, and those of a finding in which their scanner speaks by several rules. */
  readonly ambiguous: readonly string[];
}

/** How a report came about: whether it is one form of a site, and which twin. */
export interface Judged {
  readonly variant: Variant;
  readonly form?: Form;
  /** Host that the site was served under, and the one by which the list calls it. */
  readonly where?: { readonly from: string; readonly to: string };
}

interface Claim {
  /** The fault's id, or what kind of aside it is. */
  readonly id: string;
  readonly row: Row;
  readonly bears: (sighting: Sighting) => boolean;
}

const fails = (s: Sighting) => s.outcome === 'fail';
const isFact = (s: Sighting) => fails(s) && s.severity === 'info';

function claimsOf(expected: Expected, { variant, form = 'zip' }: Judged, modules: readonly string[]): Claim[] {
  const claims = (id: string, rows: readonly Row[], bears: Claim['bears']) =>
    rows.map((row): Claim => ({ id, row, bears: (s) => bears(s) && matches(s, row, form) }));
  const asides = (id: 'review' | 'facts', bears: Claim['bears']) =>
    expected[id].filter(({ twins }) => twins.includes(variant)).flatMap(({ found }) => claims(id, found, bears));
  const faults = variant === 'broken' ? expected.faults.flatMap(({ id, found }) => claims(id, found, fails)) : [];
  return [...faults, ...asides('review', (s) => !fails(s)), ...asides('facts', isFact)].filter(
    ({ row }) => modules.includes(row.scanner) && (row.only === undefined || row.only.form === form),
  );
}

/**
 * Holds a report against a site's list, both ways: every sighting is explained by exactly one row, and every row by as many sightings as
 * it stands for. The broken twin must show every fault and every aside that names it; the repaired one only the asides that name it. Rows
 * of modules that the report did not ask for, and of the other form, are left out.
 */
export function judge(report: JudgedReport, expected: Expected, judged: Judged): Judgement {
  const claims = claimsOf(expected, judged, report.job.modules);
  const { from, to } = judged.where ?? { from: '', to: '' };
  const called = (text: string) => (from === '' ? text : text.replaceAll(from, to));
  const sightings = sightingsOf(report).map((s) => ({ ...s, text: called(s.text) }));
  const counted = claims.map((claim) => ({
    ...claim,
    wanted: claim.row.times ?? 1,
    seen: sightings.filter(claim.bears).length,
  }));
  const explained = sightings.map((sighting) => ({ sighting, by: claims.filter(({ bears }) => bears(sighting)) }));
  const told = ({ id, row, wanted, seen }: (typeof counted)[number]) =>
    `${id}: ${JSON.stringify(row)} seen ${seen} times, not ${wanted}`;
  return {
    missing: counted.filter(({ wanted, seen }) => seen < wanted).map(told),
    surplus: counted.filter(({ wanted, seen }) => seen > wanted).map(told),
    unexplained: explained.filter(({ by }) => by.length === 0).map(({ sighting }) => describe(sighting)),
    ambiguous: explained
      .filter(({ sighting, by }) => by.length > 1 || sighting.rules.length !== 1)
      .map(({ sighting, by }) => `${by.map(({ id }) => id).join(', ')}: ${describe(sighting)}`),
  };
}

/** The judgement of an exact report. */
export const EXACT: Judgement = { missing: [], surplus: [], unexplained: [], ambiguous: [] };

function matches(sighting: Sighting, row: Row, form: Form): boolean {
  return (
    sighting.scanner === row.scanner &&
    sighting.rules.includes(row.rule) &&
    sighting.page === row.page &&
    (row.at === undefined || sighting.text.includes(row.at)) &&
    (row.source === undefined || form !== 'zip' || sighting.source === row.source)
  );
}

function describe({ scanner, rules, page, severity, outcome, text, source }: Sighting): string {
  const where = JSON.stringify({ scanner, rule: rules.join('|'), page });
  return `${where} [${outcome} ${severity}] ${source === null ? '' : `${source} `}${text.replaceAll('\n', ' ⏎ ').slice(0, 400)}`;
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
    const report = reportAt(path);
    const form = report.job.source.kind === 'zip' ? 'zip' : 'url';
    const lines = Object.entries(judge(report, expectedOf(site), { variant, form })).flatMap(
      ([kind, found]: [string, readonly string[]]) => found.map((line) => `${kind.padEnd(12)} ${line}\n`),
    );
    process.stdout.write(lines.join(''));
    process.exitCode = lines.length === 0 ? 0 : 1;
  }
}
