import { StageflowError } from '@stageflow/engine/kernel';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { Problem } from '../problem.ts';
import { route, type Route, type ServerEnv } from '../route.ts';
import type { Services } from '../services.ts';
import type { Subscription } from '../sse/client.ts';
import { liveOf } from '../sse/live.ts';
import type { SnapshotText } from '../sse/snapshot.ts';
import { goneResponse, isOver, startOf, streamResponse } from '../sse/start.ts';

/** Jobs that one stream may name. */
const MOST_NAMED = 20;

const Snapshot = z
  .object({
    /** Position to go on from: everything up to it is in here. */
    position: z.number().int(),
    /** Whole views of the jobs asked for by name. */
    views: z.array(z.looseObject({ jobId: z.string(), seq: z.number().int() })),
    /** The newest 100 jobs, newest first, when none was named: their views without pages. */
    jobs: z.array(z.looseObject({ jobId: z.string(), seq: z.number().int() })),
  })
  .openapi('StreamSnapshot');

/** One frame of a stream. */
const Sent = z
  .object({
    /** Position in the ledger, for `Last-Event-ID`; what is none of its events has none. */
    id: z.string().optional(),
    /** `snapshot`, an event's type, `removed`, `standing` or `end`. */
    event: z.string(),
    /** JSON. */
    data: z.string(),
  })
  .openapi('StreamFrame');

const ANSWERS = {
  200: {
    description:
      'Frames: `snapshot` first for a client without a position, then one per event (`event:` its type, `data:` its envelope).',
    content: { 'text/event-stream': { schema: Sent } },
  },
  410: {
    description:
      'Events after the position are gone, or it was never given. Take the snapshot and go on from its position.',
    content: { 'application/problem+json': { schema: Problem.extend({ snapshot: Snapshot }) } },
  },
} as const;

const HOW = `\`id:\` is the ledger's position; a client that comes again names the last one in \`Last-Event-ID\` (or \`?lastEventId=\`) and misses nothing. A comment is sent at once and every 15 s. A reader who stays more than 64 KiB behind is ended within half a minute and comes again by position. A job that is paused or goes on is told as \`standing\` (\`data:\` its \`jobId\` and \`paused\`, no \`id:\`).`;

const Resume = {
  headers: z.object({ 'last-event-id': z.string().max(200).optional() }),
  query: z.object({ lastEventId: z.string().max(200).optional() }),
};

/** Begins a stream for whoever asks. */
function begin(
  c: Context<ServerEnv>,
  services: Services,
  what: Pick<Subscription, 'jobs' | 'endsWith' | 'from'>,
  snapshot: SnapshotText | null,
): Response {
  const { tokenId, tenant, scopes } = c.get('principal');
  // Nobody would read the body.
  if (c.req.raw.method === 'HEAD') return streamResponse(null);
  const subscription = { ...what, tokenId, tenant: scopes.includes('admin') ? null : tenant };
  return streamResponse(liveOf(services).hub.begin(subscription, snapshot?.frame ?? null));
}

/** Live events, as server-sent events. */
export const streamRoutes: readonly Route[] = [
  route(
    { scope: 'read', owner: 'job' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}/stream',
      tags: ['live'],
      summary: 'What happens in a job, as it happens',
      description: `${HOW} When the job is over the last frame is \`end\` and the stream closes; whoever comes again after that is answered 204, at which a browser stops asking.`,
      request: { ...Resume, params: z.object({ id: z.string() }) },
      responses: { ...ANSWERS, 204: { description: 'The job is over and the client has all of it.' } },
    },
    (services) => async (c) => {
      const { id } = c.req.valid('param');
      const { hub, snapshots } = liveOf(services);
      const start = startOf(c.req.valid('header')['last-event-id'], c.req.valid('query').lastEventId, hub);
      if (start.kind === 'gone') return goneResponse(start.asked, c.get('requestId'), snapshots.ofJobs([id]));
      const what = { jobs: new Set([id]), endsWith: id };
      if (start.kind === 'resume') {
        if (await isOver(services.engine, id, start.position)) return c.body(null, 204);
        return begin(c, services, { ...what, from: start.position }, null);
      }
      const snapshot = snapshots.ofJobs([id]);
      return begin(c, services, { ...what, from: snapshot.position }, snapshot);
    },
  ),
  route(
    { scope: 'read' },
    {
      method: 'get',
      path: '/api/v1/stream',
      tags: ['live'],
      summary: 'What happens in all jobs, in one stream',
      description: `${HOW} Carries the jobs of the token's tenant, for an admin those of everybody; \`jobs\` narrows it to some, whose whole views are then in the snapshot. A job that is removed is told as \`removed\` (\`data:\` its \`jobId\`, no \`id:\`): drop its row; one may be told twice. It never ends by itself.`,
      request: { ...Resume, query: Resume.query.extend({ jobs: z.string().max(1000).optional() }) },
      responses: ANSWERS,
    },
    (services) => (c) => {
      const { jobs: asked, lastEventId } = c.req.valid('query');
      const { hub, snapshots } = liveOf(services);
      const { tenant, scopes } = c.get('principal');
      const admin = scopes.includes('admin');
      const named = asked === undefined ? null : new Set(asked.split(',').filter((id) => id !== ''));
      if (named && (named.size === 0 || named.size > MOST_NAMED))
        throw new StageflowError('bad_request', { reason: `query.jobs: name 1 to ${MOST_NAMED} jobs` });
      const { owners } = services.engine.ledger.service;
      // Jobs of others are not there, as on every route.
      const mine = named && [...named].filter((id) => admin || owners.tenantOf(id) === tenant);
      const snapshot = () => (mine ? snapshots.ofJobs(mine) : snapshots.ofTenant(admin ? null : tenant));
      const start = startOf(c.req.valid('header')['last-event-id'], lastEventId, hub);
      if (start.kind === 'gone') return goneResponse(start.asked, c.get('requestId'), snapshot());
      const what = { jobs: named, endsWith: null };
      if (start.kind === 'resume') return begin(c, services, { ...what, from: start.position }, null);
      const first = snapshot();
      return begin(c, services, { ...what, from: first.position }, first);
    },
  ),
];
