/**
 * Server: the engine's HTTP face as one function from request to response. It never listens: a TCP adapter, a window and a test call it.
 * Enters: requests. Leaves: responses, streams included. It must never hold a decision about scanning, and never answer with a path, a
 * stack or a secret.
 */
import { asStageflowError, StageflowError } from '@stageflow/engine/kernel';
import { OpenAPIHono } from '@hono/zod-openapi';
import { observed } from './ops/access-log.ts';
import { HTTPException } from 'hono/http-exception';
import { createLimits } from './limits/limits.ts';
import { requestIdOf } from './request-id.ts';
import { problemResponse } from './problem.ts';
import type { Peer, Route, ServerEnv } from './route.ts';
import { ROUTES } from './routes/index.ts';
import type { Services } from './services.ts';
import { createPress } from './press/press.ts';
import { nowherePage } from './web/routes.ts';

/** The app, in the form that every transport takes. */
export interface App {
  /** `peer` is left out where there is no network between caller and app. */
  fetch(request: Request, peer?: Peer): Promise<Response>;
}

/** Builds the app of all routes. */
export function createApp(services: Services, routes: readonly Route[] = ROUTES): App {
  const app = buildApp(services, routes);
  return { fetch: async (request, peer = { address: null }) => app.fetch(request, peer) };
}

function buildApp(services: Services, routes: readonly Route[]): OpenAPIHono<ServerEnv> {
  const app = new OpenAPIHono<ServerEnv>({
    defaultHook: (result, c) => {
      if (result.success) return;
      const errors = result.error.issues.slice(0, 20).map((issue) => ({
        path: [result.target, ...issue.path.map(String)].join('.'),
        message: issue.message,
      }));
      const reason = errors[0] ? `${errors[0].path}: ${errors[0].message}` : 'its form is wrong';
      return problemResponse(new StageflowError('bad_request', { reason }), c.get('requestId'), errors);
    },
  });
  app.use(async (c, next) => {
    const id = requestIdOf(c.req.raw.headers);
    c.set('requestId', id);
    await next();
    // The answer to HEAD is sent without its body: an open file behind it would stay open.
    if (c.req.raw.method === 'HEAD') await c.res.body?.cancel();
    c.header('x-request-id', id);
  });
  app.use(observed(services));
  app.notFound(
    async (c) =>
      (await nowherePage(services, c)) ?? problemResponse(new StageflowError('not_found'), c.get('requestId')),
  );
  app.onError((thrown, c) => {
    const error =
      thrown instanceof SyntaxError || thrown instanceof HTTPException
        ? new StageflowError('bad_request', { reason: 'its body cannot be read' })
        : asStageflowError(thrown);
    const requestId = c.get('requestId');
    if (error.row.http >= 500)
      services.log.error('a request failed', { requestId, code: error.code, reason: error.message });
    return problemResponse(error, requestId);
  });
  const inner = { ...services, limits: createLimits(services), press: createPress() };
  for (const route of routes) route.register(app, inner);
  return app;
}
