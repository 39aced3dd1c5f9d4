import { createHash, type Hash } from 'node:crypto';
import { exportJob, importJob } from '@stageflow/engine';
import { stagingKeys } from '@stageflow/engine/artifact';
import type { JobState } from '@stageflow/engine/event';
import { StageflowError } from '@stageflow/engine/kernel';
import { counted, sameBytes } from '../intake/archive.ts';
import { keyedAnswer } from '../idempotency.ts';
import { announcedBytes, receiveBody, typeOf, wrongType } from '../intake/body.ts';
import { createTurns } from '../limits/turns.ts';
import { type AppServices, route, type Route } from '../route.ts';
import type { Principal } from '../auth/principal.ts';
import { streamOf } from './deliver.ts';
import { Accepted, JobIdParam } from './job-shapes.ts';
import { addressOfJob } from './accepted-job.ts';

const TYPE = 'application/x-tar';
const binary = { schema: { type: 'string', format: 'binary' } } as const;
/** Most bytes of a bundle: what the reader of bundles takes. */
const BUNDLE_BYTES = 4 * 2 ** 30;
/** Bundles of one tenant that may wait to be looked through. */
const MOST_WAITING = 8;

async function* hashed(body: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Stores a bundle as it comes, at its sender's pace, under an id that no job has. Gives the hash of what came; what breaks off leaves nothing. */
async function receiveBundle(
  { engine, limits }: AppServices,
  principal: Principal,
  raw: Request,
  stagedAs: string,
): Promise<string> {
  const announced = announcedBytes(raw.headers, BUNDLE_BYTES);
  const most = announced ?? Math.max(1, Math.min(BUNDLE_BYTES, limits.quota.left(principal.tenant)));
  const reservation = limits.quota.reserve(principal, most);
  const hash = createHash('sha256');
  try {
    const body = hashed(counted(receiveBody(raw, most), reservation), hash);
    await engine.staging(stagedAs).put('scanner-staging', stagingKeys.bundle(stagedAs), body, { maxBytes: most });
    return hash.digest('hex');
  } finally {
    reservation.end();
  }
}

/** The bundle that was received, from the store. */
async function* staged({ store }: AppServices['engine'], stagedAs: string): AsyncGenerator<Uint8Array> {
  const object = await store.get('scanner-staging', stagingKeys.bundle(stagedAs));
  if (object === null) throw new StageflowError('store_failed', { reason: 'what was received is gone' });
  yield* object.body;
}

/** Moving jobs that have ended between machines. */
export const bundleRoutes: readonly Route[] = [
  route(
    { scope: 'submit', makes: 'work', sameBody: sameBytes },
    {
      method: 'post',
      path: '/api/v1/jobs/import',
      tags: ['jobs'],
      summary: 'Take in a job that was exported elsewhere',
      description: 'Every hash is checked; nothing stays when one is wrong. Its events are not published again.',
      request: { body: { required: true, content: { [TYPE]: binary } } },
      responses: { 201: { description: 'Taken in.', content: { 'application/json': { schema: Accepted } } } },
    },
    (services) => {
      const { engine } = services;
      // A history is held in memory while it is checked, so that they are looked through one at a time. Nobody waits for another's sender.
      const turns = createTurns(MOST_WAITING);
      return async (c) => {
        const { raw } = c.req;
        if (typeOf(raw.headers) !== TYPE) throw wrongType(raw.headers, TYPE);
        const principal = c.get('principal');
        const stagedAs = engine.newJobId();
        try {
          const sha256 = await receiveBundle(services, principal, raw, stagedAs);
          const saying = (jobId: string, state: JobState) => ({ id: jobId, state, sha256, notes: [] });
          const id = await turns.take(principal.tenant, () =>
            importJob(engine, staged(engine, stagedAs), {
              owner: principal.tenant,
              answer: (jobId, state) =>
                keyedAnswer(c, { status: 201, location: addressOfJob(jobId), body: saying(jobId, state) }),
            }),
          );
          const state = engine.ledger.job(id)?.state ?? 'DONE';
          c.header('location', addressOfJob(id));
          return c.json(saying(id, state), 201);
        } finally {
          await engine.abandon(stagedAs);
        }
      };
    },
  ),
  route(
    { scope: 'read', owner: 'job' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}/export',
      tags: ['jobs'],
      summary: 'An ended job as one file: history, report, evidence, archive',
      request: { params: JobIdParam },
      responses: { 200: { description: 'A tar archive.', content: { [TYPE]: binary } } },
    },
    ({ engine }) =>
      (c) => {
        const { id } = c.req.valid('param');
        return c.body(streamOf(exportJob(engine, id)), 200, {
          'content-type': TYPE,
          'content-disposition': `attachment; filename="stageflow-${id}.tar"`,
          'cache-control': 'no-store',
        }) as never;
      },
  ),
];
