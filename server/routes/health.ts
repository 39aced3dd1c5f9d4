import { z } from '@hono/zod-openapi';
import { PARTS } from '../ops/health.ts';
import { route, type Route } from '../route.ts';

const Word = z.enum(['ok', 'failing']);
const Readiness = z
  .object({
    status: z.enum(['ready', 'not-ready', 'stopping']),
    parts: z.object({ database: Word, queue: Word, podman: Word, store: Word, disk: Word }).partial(),
  })
  .openapi('Readiness');

/** For whoever watches the server. Open to all, so they say which part fails and nothing about why: that is in the log. */
export const healthRoutes: readonly Route[] = [
  route(
    { scope: 'public' },
    {
      method: 'get',
      path: '/livez',
      tags: ['operation'],
      summary: 'Whether the process answers',
      responses: {
        200: {
          description: 'It does.',
          content: { 'application/json': { schema: z.object({ status: z.literal('live') }) } },
        },
      },
    },
    () => (c) => {
      c.header('cache-control', 'no-store');
      return c.json({ status: 'live' } as const, 200);
    },
  ),
  route(
    { scope: 'public' },
    {
      method: 'get',
      path: '/readyz',
      tags: ['operation'],
      summary: 'Whether new work is taken, part by part',
      responses: {
        200: { description: 'Ready.', content: { 'application/json': { schema: Readiness } } },
        503: { description: 'Not ready.', content: { 'application/json': { schema: Readiness } } },
      },
    },
    ({ health }) =>
      (c) => {
        c.header('cache-control', 'no-store');
        const now = health?.();
        if (now === undefined) return c.json({ status: 'ready' as const, parts: {} }, 200);
        const parts = Object.fromEntries(PARTS.map((part) => [part, now.parts[part].ok ? 'ok' : 'failing'] as const));
        const status = now.stopping ? 'stopping' : now.ready ? 'ready' : 'not-ready';
        return c.json({ status, parts } as z.infer<typeof Readiness>, status === 'ready' ? 200 : 503);
      },
  ),
];
