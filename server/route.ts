import type { TokenScope } from '@stageflow/engine/ledger';
import { createRoute, type OpenAPIHono, type RouteConfig, type RouteHandler } from '@hono/zod-openapi';
import type { Principal } from './auth/principal.ts';
import { guard } from './auth/guard.ts';
import { PROBLEM_ANSWER } from './problem.ts';
import type { Services } from './services.ts';

/** Who may call a route: anybody, anybody signed in (`any`), or a token with the scope. */
export type Scope = 'public' | 'any' | TokenScope;

/** The other end of a request's connection, as the transport knows it. */
export interface Peer {
  /** The client's address in its one spelling; null in process. */
  readonly address: string | null;
}

/** What middleware leaves for handlers. `principal` is there on every route that is not public. */
export interface ServerEnv {
  Bindings: Peer;
  Variables: { principal: Principal; requestId: string };
}

/** One route as data (the OpenAPI document, the table of permissions and the tests read it) and how it joins the app. */
export interface Route {
  readonly method: string;
  /** In OpenAPI's form, `/api/v1/jobs/{id}`. */
  readonly path: string;
  readonly scope: Scope;
  /** `job`: the path's `id` is a job that must belong to the caller's tenant. */
  readonly owner: 'job' | null;
  register(app: OpenAPIHono<ServerEnv>, services: Services): void;
}

/** Declares a route: its contract in OpenAPI's terms, who may call it, and its handler. Failures are thrown as `StageflowError`. */
export function route<const R extends RouteConfig>(
  access: { readonly scope: Scope; readonly owner?: 'job' },
  config: R,
  handler: (services: Services) => RouteHandler<R, ServerEnv>,
): Route {
  const { scope, owner = null } = access;
  return {
    method: config.method,
    path: config.path,
    scope,
    owner,
    register: (app, services) => {
      const definition = createRoute({
        ...config,
        'x-scope': scope,
        ...(scope === 'public' ? {} : { security: [{ token: [] }] }),
        responses: { ...config.responses, default: PROBLEM_ANSWER },
        middleware: [guard(services, scope, owner)],
      });
      app.openapi(definition, handler(services) as never);
    },
  };
}
