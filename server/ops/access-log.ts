import type { Log } from '@stageflow/engine/kernel';
import { asStageflowError } from '@stageflow/engine/kernel';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { ServerEnv } from '../route.ts';
import type { Services } from '../services.ts';
import { auditedAct, isAuthFailure } from './audit.ts';
import { maskedPath } from './masked-path.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** One answered request, as the log and the metrics know it: no path, no token, nothing that was sent. */
export interface Answered {
  readonly method: string;
  /** The route's pattern (`/api/v1/jobs/:id`), or `(none)` where no route fits. */
  readonly pattern: string;
  readonly status: number;
  /** Milliseconds until the answer began; streams go on after it. */
  readonly ms: number;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Stands around every route: security headers on the answer, one access line, one audit line where an act calls for it, and the count. */
export function observed(services: Services): MiddlewareHandler<ServerEnv> {
  const { clock, log, config } = services;
  return async (c, next) => {
    const begun = clock.now();
    await next();
    setSecurityHeaders(c.res.headers, config.publicUrl, services.uploadOrigin?.() ?? null);
    const path = routePath(c, -1);
    const answered: Answered = {
      // Anything else is text of the caller's choice and would make a new time series each time.
      method: METHODS.has(c.req.method) ? c.req.method : 'OTHER',
      pattern: path === '' || path === '/*' || path === '*' ? '(none)' : path,
      status: c.res.status,
      ms: clock.now() - begun,
    };
    services.onAnswered?.(answered);
    const principal = c.get('principal') as ServerEnv['Variables']['principal'] | undefined;
    const about = {
      requestId: c.get('requestId'),
      tenant: principal?.tenant ?? null,
      address: c.env?.address ?? null,
    };
    log.info('request', { ...answered, ...about });
    log.debug('asked', { requestId: about.requestId, path: maskedPath(c.req.path) });
    const act = auditedAct(answered);
    if (act !== null) {
      const { id = null } = c.req.param() as { id?: string };
      log.info('audit', { act, id, by: principal?.tokenId ?? null, ...about });
    }
    const code = c.error === undefined ? null : asStageflowError(c.error).code;
    if (code !== null && isAuthFailure(code)) {
      log.warn('audit', { act: 'refused', code, method: answered.method, pattern: answered.pattern, ...about });
    }
  };
}

/** The lines of a request that was refused before any route was looked for. */
export function refusedAtDoor(
  log: Log,
  refused: { readonly method: string; readonly code: string; readonly address: string; readonly requestId: string },
): void {
  log.warn('audit', { act: 'refused', pattern: '(door)', ...refused });
}
