import type { KeyedAnswer, TokenScope } from '@stageflow/engine/ledger';
import type { OpenAPIHono, RouteConfig, RouteHandler } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Principal } from './auth/principal.ts';
import { guard } from './auth/guard.ts';
import { idempotent, type Said } from './idempotency.ts';
import { boundedJson } from './intake/body.ts';
import { limitAddress, type Limits, limitToken, refuseUnderPressure } from './limits/limits.ts';
import { PROBLEM_ANSWER } from './problem.ts';
import type { Services } from './services.ts';
import type { Press } from './press/press.ts';

/** Who may call a route: anybody, anybody signed in (`any`), or a token with the scope. */
export type Scope = 'public' | 'any' | TokenScope;

/** The other end of a request's connection, as the transport knows it. */
export interface Peer {
  /** The client's address in its one spelling; null in process. */
  readonly address: string | null;
  /** True on the socket of the data folder, which only the machine's owner can open: an administrator without a token. */
  readonly owner?: boolean;
}

/** What middleware leaves for handlers. `principal` is there on every route that is not public. */
export interface ServerEnv {
  Bindings: Peer;
  Variables: {
    principal: Principal;
    requestId: string;
    /** SHA-256 of a JSON body. */
    bodyHash: string | undefined;
    /** Gives an answer the form in which it is kept under the request's Idempotency-Key; missing without one. */
    keepAnswer: ((said: Said) => KeyedAnswer) | undefined;
  };
}

/** What handlers work with: the server's services, this app's own counters, and the one place where whole reports are taken. */
export interface AppServices extends Services {
  readonly limits: Limits;
  readonly press: Press;
}

/** Who may call a route, and what stands before its handler. */
export interface Access {
  readonly scope: Scope;
  /** `job`: the path's `id` is a job that must belong to the caller's tenant. */
  readonly owner?: 'job';
  /** `work`: takes new work (refused under pressure and beyond the quota); `thing`: makes something else; `secret`: something whose answer tells a secret. All honour an Idempotency-Key. */
  readonly makes?: 'work' | 'thing' | 'secret';
  /** Stores what it is sent, so that a full disk or a store that is away refuses it as it refuses new work. */
  readonly stores?: true;
  /** For streamed bodies: whether a repeated request bears the body of the one that was answered. */
  readonly sameBody?: (request: Request, answer: string) => Promise<boolean>;
  /** Name of the last path parameter when it takes slashes too. */
  readonly rest?: string;
}

/** One route as data (the OpenAPI document, the table of permissions and the tests read it) and how it joins the app. */
export interface Route {
  readonly method: string;
  /** In OpenAPI's form, `/api/v1/jobs/{id}`. */
  readonly path: string;
  readonly scope: Scope;
  /** `job`: the path's `id` is a job that must belong to the caller's tenant. */
  readonly owner: 'job' | null;
  /** What the OpenAPI document is generated from; missing for addresses that are no part of the API. */
  readonly definition?: RouteConfig;
  register(app: OpenAPIHono<ServerEnv>, services: AppServices): void;
}

/** Declares a route: its contract in OpenAPI's terms, who may call it, and its handler. Failures are thrown as `StageflowError`. */
export function route<const R extends RouteConfig>(
  access: Access,
  config: R,
  handler: (services: AppServices) => RouteHandler<R, ServerEnv>,
): Route {
  const { scope, owner = null, rest } = access;
  const definition: RouteConfig = {
    ...config,
    'x-scope': scope,
    ...(scope === 'public' ? {} : { security: [{ token: [] }] }),
    responses: { ...config.responses, default: PROBLEM_ANSWER },
  };
  return {
    method: config.method,
    path: config.path,
    scope,
    owner,
    definition,
    register: (app, services) => {
      const path = rest === undefined ? config.path : config.path.replace(`{${rest}}`, `:${rest}{.+}`);
      app.openapi(
        { ...definition, path, middleware: before(access, config, services) } as never,
        handler(services) as never,
      );
    },
  };
}

/** What a request passes before its handler, cheapest refusal first. */
function before(access: Access, config: RouteConfig, services: AppServices): MiddlewareHandler<ServerEnv>[] {
  const { scope, owner = null, makes, stores, sameBody } = access;
  const types = Object.keys(config.request?.body?.content ?? {});
  return [
    ...(config.path.startsWith('/api/') ? [limitAddress(services.limits)] : []),
    guard(services, scope, owner),
    ...(scope === 'public' ? [] : [limitToken(services.limits)]),
    ...(makes === 'work' || stores ? [refuseUnderPressure(services)] : []),
    ...(types.includes('application/json') ? [boundedJson(types.filter((type) => type !== 'application/json'))] : []),
    ...(makes === undefined ? [] : [idempotent(services, { sameBody, secret: makes === 'secret' })]),
  ];
}
