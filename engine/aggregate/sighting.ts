import type { Manifest, Occurrence, ScannerFinding } from '../scanner/index.ts';
import { withoutOrigins } from './node.ts';

/** What one rule of one scanner says of a fault, wherever it sees it. */
export interface Saying extends Omit<ScannerFinding, 'occurrences' | 'evidence' | 'issue' | 'dependsOn'> {
  readonly scanner: string;
  /** The fault's name across scanners, or `<scanner>/<rule>`. */
  readonly issue: string;
  /** True when this scanner tells several faults apart under the one issue name: its rule is then part of the cause. */
  readonly split: boolean;
  /** True when the words are those of the scanner's own manifest; a tool's words are second choice. */
  readonly own: boolean;
  /** Without the origins of the scanned site. */
  readonly evidence: string | null;
}

/** One rule of one scanner at one place. */
export interface Sighting {
  readonly says: Saying;
  /** Null for the site as a whole. */
  readonly pageId: string | null;
  readonly place: Occurrence;
}

/** What a finding may depend on, in the words of the browser's resource types. */
const RESOURCE = { style: 'stylesheet', script: 'script', font: 'font', image: 'image' } as const;

/** Reads a scanner's findings as sightings. Sayings are shared between cells, so that a thousand pages hold their texts once. */
export interface SightingReader {
  /** `blocked` gives the resource types that the guard refused on a page. */
  read(
    scanner: string,
    cellPage: string,
    findings: readonly ScannerFinding[],
    blocked: (pageId: string) => ReadonlySet<string>,
  ): Sighting[];
}

/** A reader for one job. `origins` are those under which the site itself was seen. */
export function createSightingReader(
  manifests: ReadonlyMap<string, Manifest>,
  origins: readonly string[],
  knownPages: ReadonlySet<string>,
): SightingReader {
  const sayings = new Map<string, Saying>();
  const splits = new Map([...manifests].map(([id, manifest]) => [id, splitIssues(manifest)]));
  const sayingOf = (scanner: string, finding: ScannerFinding, lost: boolean): Saying => {
    const { occurrences: _, dependsOn: __, evidence, issue, ...rest } = finding;
    const saying: Saying = {
      ...rest,
      scanner,
      issue: issue ?? `${scanner}/${finding.rule}`,
      own: manifests.get(scanner)?.rules[finding.rule] !== undefined,
      split: issue !== undefined && (splits.get(scanner)?.has(issue) ?? false),
      evidence: evidence === undefined ? null : withoutOrigins(evidence, origins),
      outcome: lost ? 'needs-review' : finding.outcome,
    };
    const key = JSON.stringify(saying);
    const known = sayings.get(key);
    if (!known) sayings.set(key, saying);
    return known ?? saying;
  };
  return {
    read: (scanner, cellPage, findings, blocked) =>
      findings.flatMap((finding) => {
        const places: readonly Occurrence[] = finding.occurrences.length > 0 ? finding.occurrences : [{}];
        return places.map((place) => {
          const named = cellPage === '_site' ? place.pageId : cellPage;
          const pageId = named !== undefined && knownPages.has(named) ? named : null;
          const refused = pageId === null ? null : blocked(pageId);
          const lost = refused !== null && (finding.dependsOn ?? []).some((what) => refused.has(RESOURCE[what]));
          return { says: sayingOf(scanner, finding, lost), pageId, place };
        });
      }),
  };
}

/** Issue names under which a manifest has more than one rule. */
function splitIssues(manifest: Manifest): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { issue } of Object.values(manifest.rules)) if (issue) counts.set(issue, (counts.get(issue) ?? 0) + 1);
  return new Set([...counts].filter(([, n]) => n > 1).map(([issue]) => issue));
}
