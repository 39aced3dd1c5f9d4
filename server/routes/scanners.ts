import { z } from '@hono/zod-openapi';
import { route, type Route } from '../route.ts';

const Scanner = z
  .object({
    id: z.string(),
    title: z.string(),
    summary: z.string(),
    version: z.string(),
    /** `page` modules share one navigation; a `machine` module owns the machine while it runs; an `explore` module does too, and acts on the pages. */
    lane: z.enum(['page', 'machine', 'explore']),
    defaultOn: z.boolean(),
    /** Rough seconds for one page. */
    costSeconds: z.number(),
  })
  .openapi('Scanner');

/** The modules that this server can run. */
export const scannerRoutes: readonly Route[] = [
  route(
    { scope: 'read' },
    {
      method: 'get',
      path: '/api/v1/scanners',
      tags: ['scanners'],
      summary: 'The scanner modules and what they cost',
      responses: {
        200: {
          description: 'All modules.',
          content: { 'application/json': { schema: z.object({ scanners: z.array(Scanner) }) } },
        },
      },
    },
    ({ manifests }) =>
      (c) => {
        const scanners = [...manifests.values()].map(
          ({ id, title, summary, version, lane, defaultOn, costSeconds }) => ({
            id,
            title,
            summary,
            version,
            lane,
            defaultOn,
            costSeconds,
          }),
        );
        return c.json({ scanners }, 200);
      },
  ),
];
