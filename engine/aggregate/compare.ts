import type { Report, ReportFinding } from '../report/schema.ts';

/** What became of a cause between two reports. */
export interface Comparison {
  /** In the later report only, on pages and by modules that the earlier one looked at. */
  readonly new: readonly ReportFinding[];
  /** In the earlier report only, on pages and by modules that the later one looked at. */
  readonly fixed: readonly ReportFinding[];
  /** In both; as the later one tells it. */
  readonly same: readonly ReportFinding[];
  /** In one report only, where the other did not look: nothing can be said. */
  readonly notComparable: readonly ReportFinding[];
  /** What makes the two reports hard to compare, in words; empty when nothing does. */
  readonly cautions: readonly string[];
}

/**
 * Compares two reports by fingerprint. A cause that is missing from a report counts as fixed or new only when that report
 * looked, with a module that had witnessed it, at a page where it showed; otherwise it is not comparable.
 */
export function compareReports(before: Report, after: Report): Comparison {
  // What was set aside is there all the same: it is neither fixed, nor new when it counts again.
  const earlier = new Set([...before.findings, ...asideIn(before)].map((f) => f.fingerprint));
  const later = new Set([...after.findings, ...asideIn(after)].map((f) => f.fingerprint));
  const lookedBefore = lookedAt(before);
  const lookedAfter = lookedAt(after);
  const came = after.findings.filter((f) => !earlier.has(f.fingerprint));
  const went = before.findings.filter((f) => !later.has(f.fingerprint));
  const pathsBefore = pathsOf(before);
  const pathsAfter = pathsOf(after);
  const isNew = (f: ReportFinding) => couldHaveSeen(f, pathsAfter, lookedBefore);
  const isFixed = (f: ReportFinding) => couldHaveSeen(f, pathsBefore, lookedAfter);
  return {
    new: came.filter(isNew),
    fixed: went.filter(isFixed),
    same: [...after.findings, ...asideIn(after)].filter((f) => earlier.has(f.fingerprint)),
    notComparable: [...came.filter((f) => !isNew(f)), ...went.filter((f) => !isFixed(f))],
    cautions: cautionsOf(before, after),
  };
}

const asideIn = ({ ignored = [] }: Report): readonly ReportFinding[] => ignored.map(({ finding }) => finding);

/** `<path> <module>` of every cell that ended well; pages by path, since hosts differ between runs. */
function lookedAt(report: Report): ReadonlySet<string> {
  const paths = pathsOf(report);
  return new Set(
    report.coverage.pages.flatMap((page) =>
      page.modules
        .filter((m) => m.outcome === 'ok')
        .map((m) => `${paths.get(page.pageId) ?? page.pageId} ${m.scanner}`),
    ),
  );
}

const pathsOf = (report: Report): ReadonlyMap<string, string> => new Map(report.pages.map((p) => [p.id, p.path]));

function couldHaveSeen(
  finding: ReportFinding,
  paths: ReadonlyMap<string, string>,
  looked: ReadonlySet<string>,
): boolean {
  // A look at the site as a whole says nothing of a page that nobody opened.
  const places = new Set(
    finding.occurrences.map((o) => (o.pageId === null ? '_site' : (paths.get(o.pageId) ?? o.pageId))),
  );
  return finding.witnesses.some((w) => [...places].some((place) => looked.has(`${place} ${w.scanner}`)));
}

function cautionsOf(before: Report, after: Report): string[] {
  const versions = (r: Report) => JSON.stringify(r.scanners.map((s) => [s.id, s.version]).sort());
  const browser = (r: Report) => r.provenance.attempts.at(-1)?.browser ?? null;
  const pages = (r: Report) => JSON.stringify(r.pages.map((p) => p.path).sort());
  const rows: [boolean, string][] = [
    [before.job.options.device !== after.job.options.device, 'The two scans posed as different devices.'],
    [versions(before) !== versions(after), 'The modules or their versions differ.'],
    [browser(before) !== browser(after), 'The browsers differ.'],
    [pages(before) !== pages(after), 'The sets of pages differ.'],
    [
      before.verdict.status !== 'complete' || after.verdict.status !== 'complete',
      'At least one of the reports is incomplete.',
    ],
  ];
  return rows.flatMap(([holds, sentence]) => (holds ? [sentence] : []));
}
