import { OpenAPIHono, z } from '@hono/zod-openapi';
import { route, type Route } from '../route.ts';

const ABOUT = `Audits websites. Send addresses or an archive, follow the job, read its report.

Every request bears a token (\`Authorization: Bearer\`) or the cookie of a signed-in browser. Failures are problem documents (RFC 9457) with a
\`code\` of docs/reference/errors.md. A request that makes something may bear an \`Idempotency-Key\`: repeated within a day it gets the first
answer. 429 and 503 say in \`Retry-After\` when to come back.`;

/** The OpenAPI 3.1 document of routes. The same routes give the same document. */
export function openapiDocument(routes: readonly Route[]): Record<string, unknown> {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  for (const { definition } of routes) if (definition) app.openAPIRegistry.registerPath(definition);
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Stageflow', version: '1', description: ABOUT },
  }) as unknown as Record<string, unknown>;
}

/** The address of the document itself. */
export function openapiRoutes(others: readonly Route[]): readonly Route[] {
  let document: Record<string, unknown> | null = null;
  const own: Route = route(
    { scope: 'public' },
    {
      method: 'get',
      path: '/api/v1/openapi.json',
      tags: ['about'],
      summary: 'This document',
      responses: {
        200: {
          description: 'OpenAPI 3.1.',
          content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } },
        },
      },
    },
    () => (c) => {
      document ??= openapiDocument([...others, own]);
      return c.json(document as never, 200);
    },
  );
  return [own];
}
