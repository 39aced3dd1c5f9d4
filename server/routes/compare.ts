import { StageflowError } from '@stageflow/engine/kernel';
import { z } from '@hono/zod-openapi';
import { maySee } from '../auth/guard.ts';
import { route, type Route } from '../route.ts';
import { makeOfReports } from './report-forms.ts';

const Place = z.looseObject({
  url: z.string(),
  file: z.string().nullable(),
  line: z.number().nullable(),
});

/** A cause as the report holds it that it comes from. */
const Finding = z.looseObject({
  /** Its id in that report. */
  id: z.string(),
  fingerprint: z.string(),
  title: z.string(),
  severity: z.string(),
  outcome: z.string(),
  occurrences: z.array(Place),
});

const Comparison = z
  .object({
    a: z.string(),
    b: z.string(),
    /** False when the two scans differ in something that changes results; `reasons` says what. */
    comparable: z.boolean(),
    reasons: z.array(z.string()),
    /** In `b` only. */
    new: z.array(Finding),
    /** In `a` only, where `b` looked. */
    fixed: z.array(Finding),
    same: z.array(Finding),
    /** In one of them, where the other did not look: nothing can be said. */
    notComparable: z.array(Finding.extend({ /** Which of the two holds it. */ in: z.enum(['a', 'b']) })),
  })
  .openapi('Comparison');

/** Two reports beside each other. */
export const compareRoutes: readonly Route[] = [
  route(
    { scope: 'read' },
    {
      method: 'get',
      path: '/api/v1/compare',
      tags: ['reports'],
      summary: 'What is new, fixed and the same from job `a` to job `b`',
      request: { query: z.object({ a: z.string().max(64), b: z.string().max(64) }) },
      responses: { 200: { description: 'The comparison.', content: { 'application/json': { schema: Comparison } } } },
    },
    (services) => async (c) => {
      const { a, b } = c.req.valid('query');
      const principal = c.get('principal');
      for (const id of [a, b]) if (!maySee(services, principal, id)) throw new StageflowError('not_found');
      const json = await makeOfReports(services, 'comparison', { a, b }, { jobIds: [a, b], tenant: principal.tenant });
      return c.body(json, 200, { 'content-type': 'application/json' }) as never;
    },
  ),
];
