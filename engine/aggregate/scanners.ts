import type { Coverage, ReportScanner, ScannerResults } from '../report/schema.ts';
import { REPORT_VERSION } from '../report/schema.ts';
import type { CellFindings, Manifest } from '../scanner/index.ts';
import type { History } from './history.ts';
import { isHole } from './coverage.ts';
import { moduleScores, type PageScore } from './score.ts';

type Scalar = ReportScanner['facts'][string];

/** What the cells of one module said besides findings, gathered cell by cell. */
export interface ScannerTally {
  readonly scores: PageScore[];
  readonly facts: Map<string, { values: Set<Scalar>; low: number; high: number }>;
  passes: number | null;
}

/** An empty tally. */
export const newTally = (): ScannerTally => ({ scores: [], facts: new Map(), passes: null });

/** Different values kept of one fact before it only says that they differ. */
const MOST_VALUES = 4;

/** Adds one cell. */
export function addToTally(tally: ScannerTally, pageId: string, cell: CellFindings): void {
  for (const score of cell.scores) tally.scores.push({ pageId, score });
  if (cell.passes !== null) tally.passes = (tally.passes ?? 0) + cell.passes;
  for (const [name, value] of Object.entries(cell.facts)) {
    const fact = tally.facts.get(name) ?? { values: new Set<Scalar>(), low: Infinity, high: -Infinity };
    if (fact.values.size <= MOST_VALUES) fact.values.add(value);
    if (typeof value === 'number') {
      fact.low = Math.min(fact.low, value);
      fact.high = Math.max(fact.high, value);
    }
    tally.facts.set(name, fact);
  }
}

/** A fact of all cells in one value: itself, its range, or its few values. */
function factOf(fact: { values: Set<Scalar>; low: number; high: number }): Scalar {
  const values = [...fact.values];
  if (values.length === 1) return values[0] ?? null;
  if (values.every((v) => typeof v === 'number')) return `${fact.low} to ${fact.high}`;
  return values.length > MOST_VALUES ? 'differs from page to page' : values.map(String).sort().join(' · ');
}

/** Kinds of resource without which a page is not itself. */
const NEEDED: ReadonlySet<string> = new Set(['stylesheet', 'script', 'font']);

/** The report's rows on modules. */
export function scannersOf(
  jobId: string,
  modules: readonly string[],
  manifests: ReadonlyMap<string, Manifest>,
  tallies: ReadonlyMap<string, ScannerTally>,
  coverage: Coverage,
): ReportScanner[] {
  const lacking = new Set(
    coverage.pages.filter((p) => p.blockedRequests.some((r) => NEEDED.has(r.type))).map((p) => p.pageId),
  );
  return modules.map((id) => {
    const manifest = manifests.get(id);
    const tally = tallies.get(id) ?? newTally();
    const cells = coverage.pages.flatMap((p) => p.modules.filter((m) => m.scanner === id));
    const unmeasured = cells.find((c) => c.outcome === 'not-measurable') ?? cells.find(isHole);
    return {
      id,
      title: manifest?.title ?? id,
      version: manifest?.version ?? null,
      cellsOk: cells.filter((c) => c.outcome === 'ok').length,
      cellsFailed: cells.filter(isHole).length,
      scores: moduleScores(manifest, tally.scores, unmeasured?.reason ?? 'No page gave this number.', lacking),
      facts: Object.fromEntries([...tally.facts].map(([name, fact]) => [name, factOf(fact)])),
      results: `${jobId}/${id}/results.json`,
      report: `${jobId}/${id}/report.html`,
    };
  });
}

/** The index `results.json` of one module: page -> key, hash, size, outcome, counts. */
export function scannerResults(
  jobId: string,
  scanner: string,
  version: string | null,
  history: History,
): ScannerResults {
  const urls = new Map(history.pages.map((page) => [page.id, page.url]));
  return {
    contractVersion: REPORT_VERSION,
    jobId,
    scanner,
    version,
    cells: [...history.cells.values()]
      .filter((cell) => cell.scanner === scanner)
      .map((cell) => ({
        pageId: cell.pageId,
        url: urls.get(cell.pageId) ?? null,
        outcome: cell.outcome,
        code: cell.failure?.code ?? null,
        raw: cell.raw,
        findings: cell.findings,
        counts: cell.counts,
        milliseconds: cell.milliseconds,
        adoptedFrom: cell.adoptedFrom,
      })),
  };
}
