import { StageflowError } from '@stageflow/engine/kernel';
import type { MiddlewareHandler } from 'hono';
import type { Scope, ServerEnv } from '../route.ts';
import type { Services } from '../services.ts';
import { bearerOf, principalOf } from './authenticate.ts';
import { hasScope, OWNER, type Principal } from './principal.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Stands before a route: no or bad token 401, another scope 403, and where the route names a job (`:id` with owner `job`) of another tenant
 * 404, as if it were not there. A cookie changes something only from a page of ours.
 */
export function guard(services: Services, scope: Scope, owner: 'job' | null): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    if (scope !== 'public') {
      const bearer = bearerOf(c.req.raw.headers);
      const principal = c.env?.owner
        ? OWNER
        : bearer && principalOf(services.engine.ledger, bearer, services.clock.now());
      if (!principal) throw new StageflowError('unauthenticated');
      if (bearer?.viaCookie && !SAFE.has(c.req.method) && !sameOrigin(c.req.raw)) {
        throw new StageflowError('foreign_origin');
      }
      if (scope !== 'any' && !hasScope(principal.scopes, scope)) throw new StageflowError('forbidden', { scope });
      c.set('principal', principal);
      if (owner === 'job') {
        if (!maySee(services, principal, c.req.param('id') ?? '')) throw new StageflowError('not_found');
      }
    }
    await next();
  };
}

/** Whether a job is there and the caller's to see. */
export function maySee({ engine }: Pick<Services, 'engine'>, principal: Principal, jobId: string): boolean {
  if (!engine.ledger.job(jobId)) return false;
  return principal.scopes.includes('admin') || engine.ledger.service.owners.tenantOf(jobId) === principal.tenant;
}

/** True when the browser says that the request was made by a page of this very host. */
function sameOrigin(request: Request): boolean {
  const origin = request.headers.get('origin');
  const host = request.headers.get('host') ?? new URL(request.url).host;
  if (origin === null || !URL.canParse(origin)) return false;
  return new URL(origin).host === host;
}
