import { createHash, type Hash } from 'node:crypto';
import { exportJob, importJob } from '@stageflow/engine';
import type { JobState } from '@stageflow/engine/event';
import { StageflowError } from '@stageflow/engine/kernel';
import { counted, sameBytes } from '../intake/archive.ts';
import { keyedAnswer } from '../idempotency.ts';
import { announcedBytes, receiveBody, typeOf, wrongType } from '../intake/body.ts';
import { route, type Route } from '../route.ts';
import { streamOf } from './deliver.ts';
import { Accepted, JobIdParam } from './job-shapes.ts';
import { addressOfJob } from './accepted-job.ts';

const TYPE = 'application/x-tar';
const binary = { schema: { type: 'string', format: 'binary' } } as const;
/** Most bytes of a bundle: what the reader of bundles takes. */
const BUNDLE_BYTES = 4 * 2 ** 30;
/** When to come back while another bundle is taken in. */
const AGAIN_SECONDS = 10;

async function* hashed(body: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
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
    ({ engine, limits }) => {
      // A history is held in memory while it is checked, so that one at a time is taken in.
      let busy = false;
      return async (c) => {
        const { raw } = c.req;
        if (typeOf(raw.headers) !== TYPE) throw wrongType(raw.headers, TYPE);
        if (busy)
          throw new StageflowError('not_ready', { reason: 'it takes in another bundle', seconds: AGAIN_SECONDS });
        const principal = c.get('principal');
        const announced = announcedBytes(raw.headers, BUNDLE_BYTES);
        const most = announced ?? Math.max(1, Math.min(BUNDLE_BYTES, limits.quota.left(principal.tenant)));
        const reservation = limits.quota.reserve(principal, most);
        busy = true;
        try {
          const hash = createHash('sha256');
          let sha256: string | null = null;
          const saying = (jobId: string, state: JobState) => {
            sha256 ??= hash.digest('hex');
            return { id: jobId, state, sha256, notes: [] };
          };
          const bytes = hashed(counted(receiveBody(raw, most), reservation), hash);
          const id = await importJob(engine, bytes, {
            owner: principal.tenant,
            answer: (jobId, state) =>
              keyedAnswer(c, { status: 201, location: addressOfJob(jobId), body: saying(jobId, state) }),
          });
          const state = engine.ledger.job(id)?.state ?? 'DONE';
          c.header('location', addressOfJob(id));
          return c.json(saying(id, state), 201);
        } finally {
          reservation.end();
          busy = false;
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
