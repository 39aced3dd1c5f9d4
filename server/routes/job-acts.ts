import { StageflowError } from '@stageflow/engine/kernel';
import { z } from '@hono/zod-openapi';
import { Access } from '../intake/options.ts';
import { assertOwnArchive, judgeSpec, secretsOf } from '../intake/submission.ts';
import type { Principal } from '../auth/principal.ts';
import { type AppServices, route, type Route } from '../route.ts';
import { liveOf } from '../sse/live.ts';
import { acceptedJob } from './accepted-job.ts';
import { Accepted, JobIdParam, JobStateShape } from './job-shapes.ts';

const Moved = z.object({ id: z.string(), state: JobStateShape, paused: z.boolean() }).openapi('MovedJob');
const Again = z.strictObject({ access: Access.optional() }).openapi('Again');

const MADE = {
  202: {
    description: 'A new job, with this one as its parent.',
    content: { 'application/json': { schema: Accepted } },
  },
} as const;
const AGAIN_BODY = { required: true, content: { 'application/json': { schema: Again } } } as const;

function movedOf({ engine }: AppServices, id: string): z.infer<typeof Moved> {
  const job = engine.ledger.job(id);
  if (!job) throw new StageflowError('not_found');
  return { id, state: job.state, paused: engine.paused(id) };
}

/** Judges an old job's specification as if it were submitted now: it may have been imported, or the rules may have changed. */
async function judgeAgain(services: AppServices, principal: Principal, id: string): Promise<void> {
  const { engine, limits } = services;
  const job = engine.ledger.job(id);
  if (!job) throw new StageflowError('not_found');
  judgeSpec(services, principal, job.spec);
  assertOwnArchive(services, principal, job.spec);
  const { source } = job.spec;
  if (source.kind === 'zip' && (await engine.store.head('scanner-staging', source.stagingKey)) === null) {
    throw new StageflowError('input_expired');
  }
  limits.quota.admitJob(principal.tenant);
}

const act = (
  name: 'cancel' | 'pause' | 'resume',
  summary: string,
  run: (services: AppServices, id: string) => Promise<void>,
) =>
  route(
    { scope: 'submit', owner: 'job' },
    {
      method: 'post',
      path: `/api/v1/jobs/{id}/${name}`,
      tags: ['jobs'],
      summary,
      request: { params: JobIdParam },
      responses: { 200: { description: 'Done.', content: { 'application/json': { schema: Moved } } } },
    },
    (services) => async (c) => {
      const { id } = c.req.valid('param');
      const before = services.engine.paused(id);
      await run(services, id);
      const moved = movedOf(services, id);
      if (moved.paused !== before) liveOf(services).hub.standing(id, moved.paused);
      return c.json(moved, 200);
    },
  );

/** What can be done with a job. */
export const jobActRoutes: readonly Route[] = [
  act('cancel', 'End a job; what was found is still written as a report', ({ engine }, id) => engine.cancel(id)),
  act('pause', 'Hand out no more cells', ({ engine }, id) => engine.pause(id)),
  act('resume', 'Go on with a paused job', ({ engine }, id) => engine.unpause(id)),
  route(
    { scope: 'submit', owner: 'job', makes: 'work' },
    {
      method: 'post',
      path: '/api/v1/jobs/{id}/retry',
      tags: ['jobs'],
      summary: 'Scan again what an ended job did not finish',
      request: { params: JobIdParam, body: AGAIN_BODY },
      responses: MADE,
    },
    (services) => async (c) => {
      const { id } = c.req.valid('param');
      await judgeAgain(services, c.get('principal'), id);
      const made = acceptedJob(c, services.engine.newJobId(), {});
      services.engine.retry(id, secretsOf(c.req.valid('json').access), made.job);
      return made.say();
    },
  ),
  route(
    { scope: 'submit', owner: 'job', makes: 'work' },
    {
      method: 'post',
      path: '/api/v1/jobs/{id}/cells/{page}/{scanner}/retry',
      tags: ['jobs'],
      summary: 'Scan one cell of an ended job again',
      request: {
        params: JobIdParam.extend({ page: z.string().max(64), scanner: z.string().max(32) }),
        body: AGAIN_BODY,
      },
      responses: MADE,
    },
    (services) => async (c) => {
      const { id, page, scanner } = c.req.valid('param');
      await judgeAgain(services, c.get('principal'), id);
      const made = acceptedJob(c, services.engine.newJobId(), {});
      services.engine.retryCell(id, page, scanner, secretsOf(c.req.valid('json').access), made.job);
      return made.say();
    },
  ),
];
