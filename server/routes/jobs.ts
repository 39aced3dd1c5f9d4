import { removeJob } from '@stageflow/engine';
import { TERMINAL } from '@stageflow/engine/event';
import { StageflowError } from '@stageflow/engine/kernel';
import { z } from '@hono/zod-openapi';
import { type AppServices, route, type Route } from '../route.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { JobDetail, JobIdParam, JobStateShape, JobSummary } from './job-shapes.ts';

const MOST_JOBS = 200;

/** A job's line for lists; null when it went away meanwhile. */
function summaryOf({ engine }: AppServices, id: string): JobSummary | null {
  const job = engine.ledger.job(id);
  const line = engine.summary(id);
  if (!job || !line) return null;
  const { spec, progress, totals, verdict, failure, startedAt, endedAt } = line;
  const { kind, source, label, parent, modules } = spec;
  return {
    id,
    state: job.state,
    kind,
    source,
    label,
    parent,
    modules: [...modules],
    progress,
    totals,
    verdict,
    failure,
    paused: engine.paused(id),
    waiting: engine.waiting(id),
    startedAt,
    endedAt,
  };
}

/** Jobs as a whole: the list, one of them, its removal. */
export const jobRoutes: readonly Route[] = [
  route(
    { scope: 'read' },
    {
      method: 'get',
      path: '/api/v1/jobs',
      tags: ['jobs'],
      summary: 'The jobs of this account, newest first',
      description: 'Administrators see the jobs of all accounts. `Link` with `rel="next"` leads to older ones.',
      request: {
        query: z.object({
          cursor: z.string().max(200).optional(),
          limit: z.coerce.number().int().min(1).max(MOST_JOBS).default(50),
          /** States, separated by commas. */
          state: z.string().max(200).optional(),
        }),
      },
      responses: {
        200: {
          description: 'A page of jobs.',
          content: {
            'application/json': { schema: z.object({ jobs: z.array(JobSummary), next: z.string().nullable() }) },
          },
        },
      },
    },
    (services) => (c) => {
      const { cursor, limit, state } = c.req.valid('query');
      const { tenant, scopes } = c.get('principal');
      const states = z.array(JobStateShape).safeParse(state?.split(',') ?? []);
      if (!states.success) throw new StageflowError('bad_request', { reason: 'query.state: it is no state of a job' });
      const ids = services.engine.ledger.service.owners.jobs({
        tenant: scopes.includes('admin') ? null : tenant,
        limit: limit + 1,
        ...(cursor === undefined ? {} : { before: readCursor(cursor) }),
        ...(state === undefined ? {} : { states: states.data }),
      });
      const page = ids.slice(0, limit);
      const next = ids.length > limit ? writeCursor(page.at(-1) ?? '') : null;
      if (next !== null) {
        const query = new URLSearchParams({ cursor: next, limit: String(limit), ...(state ? { state } : {}) });
        c.header('link', `</api/v1/jobs?${query}>; rel="next"`);
      }
      return c.json({ jobs: page.map((id) => summaryOf(services, id)).filter((job) => job !== null), next }, 200);
    },
  ),
  route(
    { scope: 'read', owner: 'job' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}',
      tags: ['jobs'],
      summary: 'One job with its pages and cells',
      request: { params: JobIdParam },
      responses: { 200: { description: 'The job.', content: { 'application/json': { schema: JobDetail } } } },
    },
    ({ engine }) =>
      (c) => {
        const { id } = c.req.valid('param');
        const json = engine.viewJson(id);
        if (json === null) throw new StageflowError('not_found');
        // The read model is the schema's source: its text is a part of the answer as it is.
        const more = JSON.stringify({
          paused: engine.paused(id),
          waiting: engine.waiting(id),
        } satisfies Partial<JobDetail>);
        return c.body(`${json.slice(0, -1)},${more.slice(1)}`, 200, { 'content-type': 'application/json' }) as never;
      },
  ),
  route(
    { scope: 'submit', owner: 'job' },
    {
      method: 'delete',
      path: '/api/v1/jobs/{id}',
      tags: ['jobs'],
      summary: 'Remove an ended job with its report, evidence, archive and shares',
      request: { params: JobIdParam },
      responses: { 204: { description: 'It is gone.' } },
    },
    ({ engine }) =>
      async (c) => {
        const { id } = c.req.valid('param');
        const state = engine.ledger.job(id)?.state ?? 'PENDING';
        if (!TERMINAL.has(state)) {
          throw new StageflowError('conflict', { jobId: id, state, action: 'its removal; cancel it first' });
        }
        // Its report may still be being written.
        await engine.ended(id);
        await removeJob(engine, id);
        return c.body(null, 204);
      },
  ),
];
