import { artifactKeys, readZstJson } from '@stageflow/engine/artifact';
import { StageflowError } from '@stageflow/engine/kernel';
import { CellFindings, Outcome, SEVERITIES, Severity, type ScannerFinding } from '@stageflow/engine/scanner';
import type { CellView, JobView } from '@stageflow/engine/view';
import { z } from '@hono/zod-openapi';
import { type AppServices, route, type Route } from '../route.ts';
import { readWhole } from '../share/stored-report.ts';
import { JobIdParam } from './job-shapes.ts';

/** Cells that are read for one answer; the report knows all of them. */
const MOST_CELLS = 60;
const MOST_FINDINGS = 100;
/** Most bytes of one cell's stored findings, and what they may unpack to. */
const STORED_BYTES = 4 * 2 ** 20;
const UNPACKED_BYTES = 32 * 2 ** 20;

const FoundSoFar = z
  .object({
    scanner: z.string(),
    rule: z.string(),
    title: z.string(),
    severity: Severity,
    outcome: Outcome,
    howToFix: z.string(),
    /** Pages and places among the cells that were read. */
    pages: z.number().int(),
    places: z.number().int(),
    /** One of the places. */
    first: z
      .object({
        pageId: z.string(),
        selector: z.string().nullable(),
        snippet: z.string().nullable(),
        url: z.string().nullable(),
        message: z.string().nullable(),
        /** Path of a picture among the job's artifacts. */
        screenshot: z.string().nullable(),
      })
      .nullable(),
  })
  .openapi('FoundSoFar');
type FoundSoFar = z.infer<typeof FoundSoFar>;

const Findings = z
  .object({
    /** Worst first. */
    findings: z.array(FoundSoFar),
    /** Cells that were read, of those that found something. */
    cells: z.number().int(),
    of: z.number().int(),
  })
  .openapi('FindingsSoFar');

interface CellPlace {
  readonly scanner: string;
  readonly pageId: string;
}

const found = ({ counts }: CellView) => Object.values(counts).some((n) => n > 0);

/** Cells that found something, in the order of the crawl. */
function cellsOf({ pages, siteCells }: JobView): CellPlace[] {
  const ofPage = pages.flatMap(({ pageId, cells }) => cells.filter(found).map(({ scanner }) => ({ scanner, pageId })));
  return [...ofPage, ...siteCells.filter(found).map(({ scanner }) => ({ scanner, pageId: '_site' }))];
}

/** The stored findings of a cell; none when they are gone or are not what they should be. */
async function readCell(
  { engine, log }: AppServices,
  jobId: string,
  cell: CellPlace,
): Promise<readonly ScannerFinding[]> {
  try {
    const key = artifactKeys.cellFindings(jobId, cell.scanner, cell.pageId);
    const bytes = await readWhole(engine.store, key, STORED_BYTES);
    return bytes === null ? [] : CellFindings.parse(await readZstJson(bytes, UNPACKED_BYTES)).findings;
  } catch (error) {
    log.warn('findings could not be read', { jobId, scanner: cell.scanner, error });
    return [];
  }
}

/** Joins what one rule says of several pages. */
function join(rows: Map<string, FoundSoFar>, jobId: string, cell: CellPlace, finding: ScannerFinding): void {
  const { rule, title, severity, outcome, howToFix, occurrences } = finding;
  const id = `${cell.scanner}/${rule}/${title}`;
  const known = rows.get(id);
  const places = Math.max(1, occurrences.length);
  if (known) {
    rows.set(id, { ...known, pages: known.pages + 1, places: known.places + places });
    return;
  }
  const [place] = occurrences;
  const first = place && {
    pageId: place.pageId ?? cell.pageId,
    selector: place.selector ?? null,
    snippet: place.snippet ?? null,
    url: place.url ?? null,
    message: place.message ?? null,
    screenshot: place.screenshot?.startsWith(`${jobId}/`) ? place.screenshot.slice(jobId.length + 1) : null,
  };
  rows.set(id, {
    scanner: cell.scanner,
    rule,
    title,
    severity,
    outcome,
    howToFix,
    pages: 1,
    places,
    first: first ?? null,
  });
}

const rank = ({ severity, outcome }: FoundSoFar) =>
  SEVERITIES.indexOf(severity) + (outcome === 'fail' ? 0 : SEVERITIES.length);

/** What was found before there is a report. */
export const findingRoutes: readonly Route[] = [
  route(
    { scope: 'read', owner: 'job' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}/findings',
      tags: ['jobs'],
      summary: 'What has been found so far, or in one cell',
      description:
        'As the modules said it, not merged into causes: that is done by the report. `page` and `scanner` together name one cell; without them the cells that ended first are read.',
      request: {
        params: JobIdParam,
        query: z.object({ page: z.string().max(64).optional(), scanner: z.string().max(32).optional() }),
      },
      responses: { 200: { description: 'Worst first.', content: { 'application/json': { schema: Findings } } } },
    },
    (services) => async (c) => {
      const { id } = c.req.valid('param');
      const { page, scanner } = c.req.valid('query');
      const view = services.engine.view(id);
      if (!view) throw new StageflowError('not_found');
      const all = cellsOf(view).filter(
        (cell) => (page === undefined || cell.pageId === page) && (scanner === undefined || cell.scanner === scanner),
      );
      const cells = all.slice(0, MOST_CELLS);
      const read = await Promise.all(cells.map((cell) => readCell(services, id, cell)));
      const rows = new Map<string, FoundSoFar>();
      for (const [at, cell] of cells.entries()) {
        for (const finding of read[at] ?? []) join(rows, id, cell, finding);
      }
      const findings = [...rows.values()].sort((a, b) => rank(a) - rank(b) || b.places - a.places);
      c.header('cache-control', 'no-store');
      return c.json({ findings: findings.slice(0, MOST_FINDINGS), cells: cells.length, of: all.length }, 200);
    },
  ),
];
