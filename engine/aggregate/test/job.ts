import { Manifest, type CellFindings, type ScannerFinding } from '../../scanner/index.ts';
import type { AggregateInput, HistoryEvent } from '../input.ts';

/** A finding with everything a scanner must say; `more` says what the test is about. */
export function finding(more: Partial<ScannerFinding> = {}): ScannerFinding {
  return {
    rule: 'image-alt',
    issue: 'image-alt',
    title: 'Images must have an alternative text',
    severity: 'critical',
    outcome: 'fail',
    confidence: 'certain',
    category: 'accessibility',
    standards: [],
    howToFix: 'Add an alt attribute that says what the image is for.',
    occurrences: [{ selector: 'header > img', snippet: '<img class="logo" src="logo.png">' }],
    ...more,
  };
}

/** A manifest; `rules` names its rules and their issues. */
export function manifest(id: string, more: Partial<Manifest> = {}): Manifest {
  return Manifest.parse({
    id,
    title: id,
    summary: 'A module that exists for the tests alone.',
    version: '1.0.0',
    lane: 'page',
    site: false,
    defaultPages: 'all',
    defaultOn: true,
    timeoutSeconds: 30,
    costSeconds: 1,
    runtime: { kind: 'module' },
    ...more,
  });
}

/** Page id of a small number. */
export const page = (n: number): string => `p${n.toString(16).padStart(16, '0')}`;

const stored = (key: string) => ({ key: `job/${key}`, sha256: 'a'.repeat(64), size: 10 });
const NO_COUNTS = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };

/** A job under test: cells are given as findings; anything about pages and outcomes can be overridden. */
export interface TestJob {
  readonly origin?: string;
  /** Findings by page number (or `_site`) and scanner. */
  readonly cells: Readonly<Record<string, Readonly<Record<string, readonly ScannerFinding[] | Partial<CellFindings>>>>>;
  readonly manifests: readonly Manifest[];
  /** Outcome other than ok, by `<page>/<scanner>`; null leaves the cell out. */
  readonly outcomes?: Readonly<Record<string, 'failed' | 'timeout' | 'skipped' | 'not-measurable' | null>>;
  /** Status other than scanned, by page number; null leaves the page unfinished. */
  readonly statuses?: Readonly<
    Record<string, { readonly status: 'failed' | 'blocked' | 'skipped'; readonly code: string | null } | null>
  >;
  /** Resource types refused, by page number. */
  readonly refused?: Readonly<Record<string, readonly string[]>>;
  readonly representatives?: readonly number[];
  readonly failure?: { readonly code: string; readonly sentence: string } | null;
  readonly skipped?: readonly {
    readonly reason: string;
    readonly count: number;
    readonly examples: readonly string[];
  }[];
}

/** The input of `aggregate` for a job under test. */
export function inputOf(job: TestJob): AggregateInput {
  const origin = job.origin ?? 'http://site.localhost';
  const numbers = Object.keys(job.cells)
    .filter((key) => key !== '_site')
    .map(Number);
  const scanners = job.manifests.map((m) => m.id);
  const cells = new Map<string, CellFindings>();
  const history: HistoryEvent[] = [];
  const event = (type: string, data: unknown) => history.push({ type, time: 1_000, data });
  for (const n of numbers)
    event('scan.events.page.discovered', {
      pageId: page(n),
      url: `${origin}/page-${n}.html`,
      depth: n === 1 ? 0 : 1,
      place: n,
      via: 'link',
      from: null,
    });
  for (const n of numbers) {
    event('scan.events.page.visited', {
      pageId: page(n),
      finalUrl: `${origin}/page-${n}.html`,
      httpStatus: 200,
      title: `Page ${n}`,
      template: 't1',
      duplicateOf: null,
      representative: job.representatives?.includes(n) ?? true,
      blocked: (job.refused?.[n] ?? []).map((type) => ({ url: 'https://cdn.example/x', type, reason: 'closed' })),
    });
  }
  for (const [key, byScanner] of Object.entries(job.cells)) {
    const pageId = key === '_site' ? key : page(Number(key));
    for (const scanner of scanners) {
      const outcome = job.outcomes?.[`${key}/${scanner}`];
      const given = byScanner[scanner];
      if (outcome === null || (given === undefined && outcome === undefined)) continue;
      const failed = outcome !== undefined;
      if (given !== undefined)
        cells.set(`${pageId}/${scanner}`, {
          findings: [],
          scores: [],
          facts: {},
          passes: null,
          ...(Array.isArray(given) ? { findings: given } : (given as Partial<CellFindings>)),
        });
      event('scan.events.cell.completed', {
        pageId,
        scanner,
        outcome: outcome ?? 'ok',
        failure: failed
          ? { code: 'cell_failed', sentence: `The module ${scanner} failed on this page.`, about: null }
          : null,
        raw: null,
        findings: failed ? null : stored(`${scanner}/cells/${pageId}.findings.json.zst`),
        evidence: [],
        counts: NO_COUNTS,
        milliseconds: 5,
        adoptedFrom: null,
      });
    }
  }
  for (const n of numbers) {
    const ended = job.statuses?.[n];
    if (ended === null) continue;
    event('scan.events.page.completed', {
      pageId: page(n),
      status: ended?.status ?? 'scanned',
      failure: ended?.code ? { code: ended.code, sentence: `The page ended with ${ended.code}.`, about: null } : null,
      evidence: [stored(`page/evidence/${page(n)}/page.webp`)],
    });
  }
  event('scan.events.completed', { pages: numbers.length, cells: cells.size, skipped: job.skipped ?? [] });
  return {
    job: { id: 'job', attempt: 1, createdAt: 0, finishedAt: 5_000, failure: job.failure ?? null },
    spec: {
      source: { kind: 'zip', filename: 'shop.zip', bytes: 10, sha256: 'b'.repeat(64), fromFolder: false },
      modules: scanners.map((id) => ({ id })),
      pages: { max: 500, depth: 10, robots: true, sitemap: true, sample: 'template' },
      device: 'desktop',
      lighthouse: { runs: 1 },
      egress: { allowAssets: [], allowHosts: [] },
      siteUrl: null,
      isolation: 'pod',
      access: false,
      parent: null,
      label: null,
    },
    siteOrigin: origin,
    history,
    manifests: new Map(job.manifests.map((m) => [m.id, m])),
    loadFindings: async ({ pageId, scanner }) => cells.get(`${pageId}/${scanner}`) ?? null,
    artifacts: [],
    provenance: { engine: '0.1.0', node: 'v24.11.0', queue: { kind: 'jetstream' }, attempts: [] },
  };
}
