import { StageflowError } from '@stageflow/engine/kernel';
import { z } from '@hono/zod-openapi';
import { route, type Route } from '../route.ts';

/** The metrics page on the main port; a scraper of this machine may use the port of `STAGEFLOW_METRICS_PORT` instead. */
export const metricsRoutes: readonly Route[] = [
  route(
    { scope: 'admin' },
    {
      method: 'get',
      path: '/metrics',
      tags: ['operation'],
      summary: 'Metrics in the Prometheus text format',
      responses: { 200: { description: 'The page.', content: { 'text/plain': { schema: z.string() } } } },
    },
    ({ metrics }) =>
      async (c) => {
        if (metrics === undefined) throw new StageflowError('not_found');
        c.header('cache-control', 'no-store');
        return c.text(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      },
  ),
];
