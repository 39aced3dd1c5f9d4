import { StageflowError } from '@stageflow/engine/kernel';
import type { MiddlewareHandler } from 'hono';
import type { ServerEnv } from '../route.ts';
import type { Services } from '../services.ts';
import { addressKey } from './address-key.ts';
import { createQuota, type Quota } from './quota.ts';
import { createRateLimiter, type RateLimiter } from './rate.ts';

/** What one app counts. */
export interface Limits {
  readonly addresses: RateLimiter;
  readonly tokens: RateLimiter;
  readonly quota: Quota;
}

/** Reading costs a tenth of a request: a report opens with all its pictures. */
const READ_COST = 0.1;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Fresh counters for one app. */
export function createLimits(services: Pick<Services, 'engine' | 'config' | 'clock'>): Limits {
  const { clock, config } = services;
  return {
    addresses: createRateLimiter(clock, config.requestsPerMinute),
    tokens: createRateLimiter(clock, config.requestsPerMinute),
    quota: createQuota(services),
  };
}

function spend(limiter: RateLimiter, key: string, method: string): void {
  const seconds = limiter.take(key, READS.has(method) ? READ_COST : 1);
  if (seconds !== null) throw new StageflowError('rate_limited', { seconds });
}

/** Counts a request against its client's address, before anybody looks at its token: guessing costs too. In process there is no address. */
export function limitAddress(limits: Limits): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const { address } = c.env;
    if (address !== null) spend(limits.addresses, addressKey(address), c.req.method);
    await next();
  };
}

/** Counts a request against the token that it bears. Stands behind the guard. */
export function limitToken(limits: Limits): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    spend(limits.tokens, c.get('principal').tokenId, c.req.method);
    await next();
  };
}

/** Refuses new work while the server is short of something that accepted work needs. */
export function refuseUnderPressure({ pressure }: Pick<Services, 'pressure'>): MiddlewareHandler<ServerEnv> {
  return async (_c, next) => {
    const pressed = pressure();
    if (pressed) throw new StageflowError('not_ready', { reason: pressed.reason, seconds: pressed.retryAfterSeconds });
    await next();
  };
}
