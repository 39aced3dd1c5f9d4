import { type Confidence, type Occurrence, type Outcome, SEVERITIES, type Severity } from '../scanner/index.ts';
import { isDocument, literalSelector, literalTag } from './node.ts';
import type { Saying, Sighting } from './sighting.ts';

/** One fault at one place of one page, with everyone who saw it. */
export interface Fault {
  /** The fault's name across scanners; with `:<rule>` where one scanner tells several apart under it. */
  readonly issue: string;
  readonly pageId: string | null;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** The deciding sighting first, then by module. */
  readonly sightings: readonly Sighting[];
  /** What all sightings together know of the place. */
  readonly place: Occurrence;
}

/** Groups of one key that a sighting is compared with; more would let a hostile page make merging slow. */
const MOST_CANDIDATES = 16;

const CONFIDENCES: readonly Confidence[] = ['certain', 'likely', 'possible'];

/** From worst to mildest. */
export const bySeverity = (a: Severity, b: Severity): number => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
/** From surest to least sure. */
export const byConfidence = (a: Confidence, b: Confidence): number => CONFIDENCES.indexOf(a) - CONFIDENCES.indexOf(b);

/**
 * Joins sightings of one issue on one page that mean one node. `moduleOrder` settles ties, so that input order never shows.
 * Two scanners mean one node when they name the same selector, the same place in a file, or alone among their own sightings
 * the same start tag, target address or box; or when each saw the issue once and one of them named no element.
 * Two rules of one scanner on one node stay two faults: they ask for two fixes.
 */
export function mergeWitnesses(sightings: readonly Sighting[], moduleOrder: readonly string[]): Fault[] {
  const buckets = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const key = `${sighting.pageId ?? ''} ${sighting.says.issue}`;
    const bucket = buckets.get(key);
    if (bucket) bucket.push(sighting);
    else buckets.set(key, [sighting]);
  }
  return [...buckets.values()].flatMap((bucket) => mergeBucket(bucket, inOrder(moduleOrder)));
}

type Order = (a: Sighting, b: Sighting) => number;

function inOrder(modules: readonly string[]): Order {
  const rank = (scanner: string) => (modules.includes(scanner) ? modules.indexOf(scanner) : modules.length);
  return (a, b) =>
    Number(b.says.split) - Number(a.says.split) ||
    Number(a.says.outcome !== 'fail') - Number(b.says.outcome !== 'fail') ||
    bySeverity(a.says.severity, b.says.severity) ||
    byConfidence(a.says.confidence, b.says.confidence) ||
    Number(b.says.own) - Number(a.says.own) ||
    rank(a.says.scanner) - rank(b.says.scanner) ||
    compareText(a.says.rule, b.says.rule) ||
    compareText(a.says.evidence ?? '', b.says.evidence ?? '') ||
    compareText(a.place.selector ?? '', b.place.selector ?? '') ||
    (a.place.line ?? 0) - (b.place.line ?? 0) ||
    (a.place.column ?? 0) - (b.place.column ?? 0) ||
    compareText(a.place.url ?? '', b.place.url ?? '') ||
    compareText(a.place.message ?? '', b.place.message ?? '');
}

/** Order by code units: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function mergeBucket(bucket: readonly Sighting[], order: Order): Fault[] {
  const distinct = withoutRepeats(bucket.toSorted(order));
  if (distinct.length === 1) return distinct.map((one) => faultOf([one]));
  const unique = uniqueKeys(distinct);
  const perScanner = countBy(distinct, (s) => s.says.scanner);
  const groups: Sighting[][] = [];
  const groupsByKey = new Map<string, number[]>();
  for (const sighting of distinct) {
    const keys = [...exactKeys(sighting), ...unique(sighting)];
    const free = (index: number) =>
      groups[index]?.every((other) => other.says.scanner !== sighting.says.scanner) ?? false;
    const home =
      keys.flatMap((key) => groupsByKey.get(key) ?? []).find(free) ?? onlyOther(sighting, groups, perScanner);
    const index = home ?? groups.length;
    (groups[index] ??= []).push(sighting);
    for (const key of keys) {
      const known = groupsByKey.get(key) ?? [];
      if (known.length < MOST_CANDIDATES && !known.includes(index)) groupsByKey.set(key, [...known, index]);
    }
  }
  return groups.map(faultOf);
}

/** The group to join when this scanner and another each saw the issue once and one of the two named no element. */
function onlyOther(
  sighting: Sighting,
  groups: readonly (readonly Sighting[])[],
  perScanner: ReadonlyMap<string, number>,
): number | undefined {
  if (perScanner.get(sighting.says.scanner) !== 1) return undefined;
  const found = groups.findIndex((group) =>
    group.some(
      (other) =>
        other.says.scanner !== sighting.says.scanner &&
        perScanner.get(other.says.scanner) === 1 &&
        (isDocument(other.place) || isDocument(sighting.place)),
    ),
  );
  return found === -1 ? undefined : found;
}

/** Keys of which one alone proves the same node. */
function exactKeys({ place }: Sighting): string[] {
  if (isDocument(place)) return ['document'];
  const selector = literalSelector(place.selector);
  const keys = selector === null ? [] : [`selector ${selector}`];
  if (place.file !== undefined && place.line !== undefined && place.column !== undefined) {
    keys.push(`file ${place.file}:${place.line}:${place.column}`);
  }
  return keys;
}

/** Keys that prove the same node only where a rule gave them once. */
function weakKeys({ place }: Sighting): string[] {
  const tag = literalTag(place.snippet);
  const { box } = place;
  return [
    ...(tag === null ? [] : [`tag ${tag}`]),
    ...(place.url === undefined ? [] : [`url ${place.url}`]),
    ...(box === undefined ? [] : [`box ${[box.x, box.y, box.width, box.height].map(Math.round).join(' ')}`]),
  ];
}

function uniqueKeys(bucket: readonly Sighting[]): (sighting: Sighting) => string[] {
  const owner = (s: Sighting, key: string) => `${s.says.scanner} ${s.says.rule} ${key}`;
  const counts = countBy(
    bucket.flatMap((s) => weakKeys(s).map((key) => owner(s, key))),
    (key) => key,
  );
  return (sighting) => weakKeys(sighting).filter((key) => counts.get(owner(sighting, key)) === 1);
}

function withoutRepeats(sightings: readonly Sighting[]): Sighting[] {
  const seen = new Set<string>();
  return sightings.filter(({ says, place }) => {
    const { box: _, screenshot: __, noPicture: ___, ...named } = place;
    const key = JSON.stringify([says.scanner, says.rule, says.evidence, named]);
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

/**
 * What several witnesses of one fault come to: `fail` when nobody asks for review, or when a failing witness is certain;
 * else `needs-review`. Severity is the worst of those who agree with the outcome; confidence is their best, one step
 * higher when two scanners agree.
 */
export function judge(
  sayings: readonly Pick<Saying, 'scanner' | 'outcome' | 'severity' | 'confidence'>[],
): Pick<Fault, 'outcome' | 'severity' | 'confidence'> {
  const fails = sayings.filter((s) => s.outcome === 'fail');
  const outcome: Outcome =
    fails.length === sayings.length || fails.some((s) => s.confidence === 'certain') ? 'fail' : 'needs-review';
  const deciding = outcome === 'fail' ? fails : sayings;
  const severity = deciding.map((s) => s.severity).sort(bySeverity)[0] ?? 'info';
  const best = deciding.map((s) => s.confidence).sort(byConfidence)[0] ?? 'possible';
  const agreeing = new Set(deciding.filter((s) => s.outcome === outcome).map((s) => s.scanner)).size;
  const step = agreeing > 1 ? 1 : 0;
  return { outcome, severity, confidence: CONFIDENCES[Math.max(0, CONFIDENCES.indexOf(best) - step)] ?? best };
}

function faultOf(sightings: readonly Sighting[]): Fault {
  const verdict = judge(sightings.map((s) => s.says));
  const ordered = [
    ...sightings.filter((s) => s.says.outcome === verdict.outcome),
    ...sightings.filter((s) => s.says.outcome !== verdict.outcome),
  ];
  const split = sightings.find((s) => s.says.split);
  const first = sightings[0];
  const issue = first?.says.issue ?? '';
  return {
    issue: split ? `${issue}:${split.says.rule}` : issue,
    pageId: first?.pageId ?? null,
    ...verdict,
    sightings: ordered,
    place: joined(ordered.map((s) => s.place)),
  };
}

/** One place from what several scanners know of it: the first who names a thing is heard; a file's parts stay together. */
function joined(places: readonly Occurrence[]): Occurrence {
  const first = <K extends keyof Occurrence>(key: K) => places.find((p) => p[key] !== undefined)?.[key];
  const drawn =
    places.find((p) => p.box !== undefined && p.screenshot !== undefined) ??
    places.find((p) => p.box !== undefined) ??
    {};
  const filed =
    places.find((p) => p.file !== undefined && p.line !== undefined) ?? places.find((p) => p.file !== undefined) ?? {};
  const named = places.find((p) => p.selector !== undefined && p.snippet !== undefined) ?? {};
  const message = [...new Set(places.map((p) => p.message).filter((m) => m !== undefined))].join(' · ');
  const screenshot = drawn.screenshot ?? first('screenshot');
  const all = {
    selector: named.selector ?? first('selector'),
    snippet: named.snippet ?? first('snippet'),
    url: first('url'),
    message: message === '' ? undefined : message.slice(0, 4096),
    box: drawn.box,
    screenshot,
    noPicture: screenshot === undefined ? first('noPicture') : undefined,
    file: filed.file,
    line: filed.line,
    column: filed.column,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Occurrence;
}
