import { REPORT_VERSION, type Report, type ReportPage } from '../report/schema.ts';
import { CellFindings } from '../scanner/index.ts';
import { artifactKind, artifactsOf } from './artifacts.ts';
import { clusterCauses } from './cluster.ts';
import { coverageOf } from './coverage.ts';
import { countSeverities, findingsOf, listed } from './findings.ts';
import { cellKey, type History, type PageHistory, readHistory } from './history.ts';
import type { AggregateInput } from './input.ts';
import { mergeWitnesses } from './merge.ts';
import { withoutOrigins } from './node.ts';
import { provenanceOf } from './provenance.ts';
import { addToTally, newTally, type ScannerTally, scannersOf } from './scanners.ts';
import { createSightingReader, type Sighting } from './sighting.ts';
import { summaryOf } from './summary.ts';
import { verdictOf } from './verdict.ts';

/** Most sightings of one job that are taken in; a hostile page can make endless ones. What is beyond is told in the notes. */
const MOST_SIGHTINGS = 200_000;

interface Gathered {
  readonly sightings: readonly Sighting[];
  readonly tallies: ReadonlyMap<string, ScannerTally>;
  readonly unreadable: ReadonlyMap<string, string>;
  readonly passes: number | null;
  readonly dropped: number;
}

/**
 * Makes the report of a job from its record. Same input, same report: nothing is read from clocks or surroundings.
 * Rejects with `bad_event` for a history that cannot be read; a cell whose findings cannot be read counts as failed.
 */
export async function aggregate(input: AggregateInput): Promise<Report> {
  const history = readHistory(input.history);
  const modules = input.spec.modules.map((m) => m.id);
  const origins = originsOf(input, history);
  const gathered = await gather(input, history, origins);
  const coverage = coverageOf(history, input.spec, input.manifests, gathered.unreadable, gathered.passes);
  const rank = new Map(history.pages.map((page, index) => [page.id, index]));
  const urls = new Map(history.pages.map((page) => [page.id, page.url]));
  const siteUrl = input.spec.source.kind === 'urls' ? (input.spec.source.urls[0] ?? '') : `${input.siteOrigin ?? ''}/`;
  const found = findingsOf(clusterCauses(mergeWitnesses(gathered.sightings, modules)), {
    url: (id) => (id === null ? siteUrl : (urls.get(id) ?? siteUrl)),
    rank: (id) => (id === null ? -1 : (rank.get(id) ?? history.pages.length)),
  });
  const ignores = input.ignores ?? new Map<string, never>();
  const findings = found.filter(({ fingerprint }) => !ignores.has(fingerprint));
  const ignored = listed(found).flatMap((finding) => {
    const word = ignores.get(finding.fingerprint);
    return word === undefined ? [] : [{ finding, ...word }];
  });
  const scanners = scannersOf(input.job.id, modules, input.manifests, gathered.tallies, coverage);
  const provenance = provenanceOf(input, history);
  const titles = new Map([...input.manifests].map(([id, manifest]) => [id, manifest.title]));
  return {
    contractVersion: REPORT_VERSION,
    job: jobOf(input, history),
    verdict: verdictOf(coverage, countSeverities(findings), input.job.failure, titles, ignored.length),
    coverage,
    summary: summaryOf(
      findings,
      history.pages.map((p) => p.id),
      scanners,
      input.manifests,
    ),
    pages: history.pages.map((page) => pageOf(page, origins)),
    findings: listed(findings),
    ...(ignored.length === 0 ? {} : { ignored }),
    scanners,
    artifacts: await artifactsOf(input.job.id, history, modules, input.artifacts),
    provenance:
      gathered.dropped === 0
        ? provenance
        : {
            ...provenance,
            notes: [
              ...provenance.notes,
              `${gathered.dropped} places beyond the first ${MOST_SIGHTINGS} were left out of the findings.`,
            ],
          },
  };
}

/** Reads the findings of every finished cell, one at a time, in the order of pages. */
async function gather(input: AggregateInput, history: History, origins: readonly string[]): Promise<Gathered> {
  const blocked = new Map(
    history.pages.map((page) => [page.id, new Set(page.visited?.blocked.map((b) => b.type) ?? [])]),
  );
  const none: ReadonlySet<string> = new Set();
  const reader = createSightingReader(input.manifests, origins, new Set(blocked.keys()));
  const sightings: Sighting[] = [];
  const tallies = new Map(input.spec.modules.map((m) => [m.id, newTally()]));
  const unreadable = new Map<string, string>();
  let dropped = 0;
  for (const pageId of [...history.pages.map((p) => p.id), '_site']) {
    for (const { id: scanner } of input.spec.modules) {
      const stored = history.cells.get(cellKey(pageId, scanner))?.findings;
      if (!stored) continue;
      const raw = await input.loadFindings({ pageId, scanner, key: stored.key, sha256: stored.sha256 });
      const cell = CellFindings.safeParse(raw);
      if (!cell.success) {
        unreadable.set(
          cellKey(pageId, scanner),
          raw === null ? 'Its stored result is gone.' : 'Its stored result could not be read.',
        );
        continue;
      }
      addToTally(tallies.get(scanner) ?? newTally(), pageId, cell.data);
      const read = reader.read(scanner, pageId, cell.data.findings, (id) => blocked.get(id) ?? none);
      const room = Math.max(0, MOST_SIGHTINGS - sightings.length);
      dropped += Math.max(0, read.length - room);
      for (const sighting of read.slice(0, room)) sightings.push(sighting);
    }
  }
  const passes = [...tallies.values()].map((t) => t.passes).filter((p) => p !== null);
  return {
    sightings,
    tallies,
    unreadable,
    passes: passes.length === 0 ? null : passes.reduce((a, b) => a + b, 0),
    dropped,
  };
}

/** Every origin that means the scanned site, longest first so that none hides behind a shorter one. */
function originsOf(input: AggregateInput, history: History): string[] {
  const addresses = [
    input.siteOrigin,
    input.spec.siteUrl,
    history.site?.productionOrigin,
    ...(input.spec.source.kind === 'urls' ? input.spec.source.urls : []),
    ...history.pages.flatMap((p) => [p.url, p.visited?.finalUrl]),
  ];
  const origins = new Set(addresses.flatMap((a) => (a ? (URL.parse(a)?.origin ?? []) : [])));
  return [...origins].filter((o) => o !== 'null').sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

function jobOf({ job, spec, siteOrigin }: AggregateInput, history: History): Report['job'] {
  const { source } = spec;
  return {
    id: job.id,
    label: spec.label,
    parent: spec.parent,
    source:
      source.kind === 'urls'
        ? { kind: 'urls', urls: [...source.urls], mode: source.mode }
        : {
            kind: 'zip',
            filename: source.filename,
            bytes: source.bytes,
            sha256: source.sha256,
            fromFolder: source.fromFolder,
            origin: siteOrigin,
            productionOrigin: spec.siteUrl ?? history.site?.productionOrigin ?? null,
          },
    startedAt: new Date(job.createdAt).toISOString(),
    finishedAt: job.finishedAt === null ? null : new Date(job.finishedAt).toISOString(),
    attempt: job.attempt,
    modules: spec.modules.map((m) => m.id),
    options: {
      maxPages: spec.pages.max,
      depth: spec.pages.depth,
      robots: spec.pages.robots,
      sitemap: spec.pages.sitemap,
      sample: spec.pages.sample,
      device: spec.device,
      lighthouseRuns: spec.lighthouse.runs,
      isolation: spec.isolation,
      allowAssets: [...spec.egress.allowAssets],
      allowHosts: [...spec.egress.allowHosts],
      access: spec.access,
    },
  };
}

function pageOf(page: PageHistory, origins: readonly string[]): ReportPage {
  const evidence = page.completed?.evidence.map((e) => e.key) ?? [];
  return {
    id: page.id,
    url: page.url,
    finalUrl: page.visited?.finalUrl ?? null,
    path: withoutOrigins(page.url, origins) || '/',
    title: page.visited ? page.visited.title : null,
    depth: page.depth,
    httpStatus: page.visited?.httpStatus ?? null,
    status: page.completed?.status ?? 'not-reached',
    template: page.visited?.template ?? null,
    representative: page.visited?.representative ?? false,
    duplicateOf: page.visited?.duplicateOf ?? null,
    screenshot: evidence.find((key) => artifactKind(key) === 'screenshot') ?? null,
    evidence,
  };
}
