import type { ReportFinding, ReportOccurrence, SeverityCounts, Witness } from '../report/schema.ts';
import { byWeight, type Cause } from './cluster.ts';
import { byConfidence, bySeverity, compareText, type Fault, judge } from './merge.ts';
import type { Saying } from './sighting.ts';

/** What is needed to name a page. */
export interface PageNames {
  readonly url: (pageId: string | null) => string;
  /** Place in the order of pages. */
  readonly rank: (pageId: string | null) => number;
}

/** Turns causes into the report's findings, in the report's order. */
export function findingsOf(causes: readonly Cause[], names: PageNames): ReportFinding[] {
  const findings = causes.map((cause) => findingOf(cause, names)).sort(byWeight);
  return findings.map((finding) => ({ ...finding, id: finding.fingerprint.slice(0, 12) }));
}

function findingOf(cause: Cause, names: PageNames): ReportFinding {
  const outcome = cause.faults.some((f) => f.outcome === 'fail') ? 'fail' : 'needs-review';
  const deciding = cause.faults.filter((f) => f.outcome === outcome);
  const severity = deciding.map((f) => f.severity).sort(bySeverity)[0] ?? 'info';
  const confidence = deciding.map((f) => f.confidence).sort(byConfidence)[0] ?? 'possible';
  const lead = leadOf(deciding, severity);
  const places = cause.faults.map((fault) => occurrenceOf(fault, names)).sort(byPlace(names));
  const sayings = cause.faults.flatMap((f) => f.sightings.map((s) => s.says));
  return {
    id: '',
    fingerprint: cause.fingerprint,
    issue: deciding[0]?.issue ?? '',
    title: lead.title,
    severity,
    confidence,
    outcome,
    category: lead.category,
    witnesses: witnessesOf(sayings, lead),
    standards: standardsOf(sayings),
    howToFix: lead.howToFix,
    pagesAffected: cause.pages,
    occurrencesTotal: places.length,
    occurrences: places,
  };
}

/** The saying whose words stand over the cause: the first deciding one of the worst severity. */
function leadOf(faults: readonly Fault[], severity: Fault['severity']): Saying {
  const sayings = faults.flatMap((f) => f.sightings.map((s) => s.says));
  const lead = sayings.find((s) => s.severity === severity && s.outcome === faults[0]?.outcome) ?? sayings[0];
  if (!lead) throw new TypeError('a cause has at least one sighting');
  return lead;
}

function witnessesOf(sayings: readonly Saying[], lead: Saying): Witness[] {
  const groups = new Map<string, Saying[]>();
  for (const saying of [lead, ...sayings]) {
    const key = `${saying.scanner}/${saying.rule}`;
    const group = groups.get(key);
    if (group) group.push(saying);
    else groups.set(key, [saying]);
  }
  return [...groups.values()].flatMap((group, index) => {
    const first = group[0];
    if (!first) return [];
    return [
      {
        scanner: first.scanner,
        rule: first.rule,
        title: first.title,
        ...judge(group.map((s) => ({ ...s, scanner: first.scanner }))),
        helpUrl: first.helpUrl ?? null,
        occurrences: group.length - (index === 0 ? 1 : 0),
      },
    ];
  });
}

function standardsOf(sayings: readonly Saying[]): ReportFinding['standards'] {
  const seen = new Map<string, ReportFinding['standards'][number]>();
  for (const { name, criterion, level, url } of new Set(sayings.flatMap((s) => s.standards))) {
    const key = `${name} ${criterion}`;
    const known = seen.get(key);
    seen.set(key, { name, criterion, level: known?.level ?? level ?? null, url: known?.url ?? url ?? null });
  }
  return [...seen.values()];
}

function occurrenceOf(fault: Fault, names: PageNames): ReportOccurrence {
  const { place } = fault;
  return {
    pageId: fault.pageId,
    url: names.url(fault.pageId),
    outcome: fault.outcome,
    selector: place.selector ?? null,
    snippet: place.snippet ?? null,
    target: place.url ?? null,
    message: place.message ?? null,
    box: place.box ?? null,
    screenshot: place.screenshot ?? null,
    ...(place.noPicture === undefined ? {} : { noPicture: place.noPicture }),
    file: place.file ?? null,
    line: place.line ?? null,
    column: place.column ?? null,
    scanners: [...new Set(fault.sightings.map((s) => s.says.scanner))],
  };
}

function byPlace(names: PageNames): (a: ReportOccurrence, b: ReportOccurrence) => number {
  return (a, b) =>
    names.rank(a.pageId) - names.rank(b.pageId) ||
    (a.box?.y ?? 0) - (b.box?.y ?? 0) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    compareText(a.selector ?? '', b.selector ?? '') ||
    compareText(a.target ?? '', b.target ?? '') ||
    compareText(a.message ?? '', b.message ?? '');
}

/** Most places listed for one cause; the rest is counted. */
const MOST_OCCURRENCES = 20_000;

/** Findings as they stand in a report: with as many places as it lists. Counts are made before. */
export function listed(findings: readonly ReportFinding[]): ReportFinding[] {
  return findings.map((f) =>
    f.occurrences.length > MOST_OCCURRENCES ? { ...f, occurrences: f.occurrences.slice(0, MOST_OCCURRENCES) } : f,
  );
}

/** No causes of any severity. */
export const NO_COUNTS: SeverityCounts = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };

/** Counts by severity, reviews apart; `weight` says how much one counts. */
export function countSeverities<T extends Pick<ReportFinding, 'outcome' | 'severity'>>(
  items: readonly T[],
  weight: (item: T) => number = () => 1,
): SeverityCounts {
  const counts = { ...NO_COUNTS };
  for (const item of items) counts[item.outcome === 'fail' ? item.severity : 'review'] += weight(item);
  return counts;
}
