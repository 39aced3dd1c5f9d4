import { artifactKeys, unpackZst } from '@stageflow/engine/artifact';
import { StageflowError } from '@stageflow/engine/kernel';
import type { CellView, JobView } from '@stageflow/engine/view';
import { z } from '@hono/zod-openapi';
import { type CellPlace, FoundSoFar } from '../press/findings.ts';
import { readWhole } from '../press/stored-report.ts';
import { type AppServices, route, type Route } from '../route.ts';
import { JobIdParam } from './job-shapes.ts';

/** Cells that are read for one answer; the report knows all of them. */
const MOST_CELLS = 60;
const MOST_FINDINGS = 100;
/** Most bytes of one cell's stored findings, and what they may unpack to. */
const STORED_BYTES = 4 * 2 ** 20;
const UNPACKED_BYTES = 32 * 2 ** 20;
/** Cells that are read at once, and what all of an answer may unpack to; beyond it no more are read. */
const AT_ONCE = 6;
const ANSWER_BYTES = 64 * 2 ** 20;

const Findings = z
  .object({
    /** Worst first. */
    findings: z.array(FoundSoFar),
    /** Cells that were read, of those that found something. */
    cells: z.number().int(),
    of: z.number().int(),
  })
  .openapi('FindingsSoFar');

const found = ({ counts }: CellView) => Object.values(counts).some((n) => n > 0);

/** Cells that found something, in the order of the crawl. */
function cellsOf({ pages, siteCells }: JobView): CellPlace[] {
  const ofPage = pages.flatMap(({ pageId, cells }) => cells.filter(found).map(({ scanner }) => ({ scanner, pageId })));
  return [...ofPage, ...siteCells.filter(found).map(({ scanner }) => ({ scanner, pageId: '_site' }))];
}

/** The stored findings of a cell as JSON; none when they are gone or too large. */
async function readCell({ engine, log }: AppServices, jobId: string, cell: CellPlace): Promise<Uint8Array> {
  try {
    const key = artifactKeys.cellFindings(jobId, cell.scanner, cell.pageId);
    const bytes = await readWhole(engine.store, key, STORED_BYTES);
    return bytes === null ? nothing() : await unpackZst(bytes, UNPACKED_BYTES);
  } catch (error) {
    log.warn('findings could not be read', { jobId, scanner: cell.scanner, error });
    return nothing();
  }
}
/** New each time, since a thread is given the memory itself. */
const nothing = () => new TextEncoder().encode('{"findings":[]}');

/** Findings of the first cells, as many as fit. */
async function readCells(services: AppServices, jobId: string, cells: readonly CellPlace[]): Promise<Uint8Array[]> {
  const read: Uint8Array[] = [];
  let size = 0;
  while (read.length < cells.length && size <= ANSWER_BYTES) {
    const some = cells.slice(read.length, read.length + AT_ONCE);
    const texts = await Promise.all(some.map((cell) => readCell(services, jobId, cell)));
    read.push(...texts);
    size += texts.reduce((sum, { length }) => sum + length, 0);
  }
  return read;
}

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
      const { tenant } = c.get('principal');
      const view = services.engine.view(id);
      if (!view) throw new StageflowError('not_found');
      const all = cellsOf(view).filter(
        (cell) => (page === undefined || cell.pageId === page) && (scanner === undefined || cell.scanner === scanner),
      );
      const texts = await readCells(services, id, all.slice(0, MOST_CELLS));
      const cells = all.slice(0, texts.length);
      const size = texts.reduce((sum, { length }) => sum + length, 0);
      const joined = await services.press.make(
        'findings',
        { jobId: id, cells, most: MOST_FINDINGS },
        { tenant, sources: { size, read: async () => texts } },
      );
      for (const { scanner: of } of joined?.unreadable ?? []) {
        services.log.warn('findings could not be read', {
          jobId: id,
          scanner: of,
          reason: 'they are not what they should be',
        });
      }
      c.header('cache-control', 'no-store');
      return c.json({ findings: [...(joined?.findings ?? [])], cells: cells.length, of: all.length }, 200);
    },
  ),
];
