import { sha256Hex, StageflowError } from '@stageflow/engine/kernel';
import type { KeyedAnswer } from '@stageflow/engine/ledger';
import type { Context, MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { bearerOf } from './auth/authenticate.ts';
import type { ServerEnv } from './route.ts';
import { sealOf } from './sealed.ts';
import type { Services } from './services.ts';

/** An answer as it is kept for a day. */
const Kept = z.object({ type: z.string(), location: z.string().nullable(), body: z.string() });

/** An answer that is to be kept. */
export type Said = z.infer<typeof Kept> & { readonly status: number };

/** Answers that say "not now": the key is given back, so that the next try is a first one. */
const NOT_NOW = new Set([408, 429]);

/** True for a request that did not arrive whole: what it would have been answered is not known. */
const isPart = (error: Error | undefined) => error instanceof StageflowError && error.code === 'body_broken';

/**
 * Makes a request with an Idempotency-Key happen once per tenant: a repetition gets the first answer, one that is still at work is
 * `request_in_flight`, the key with another request is `idempotency_reused`. Without the header nothing is promised.
 *
 * A streamed body cannot be compared before it has passed, so it counts by its address and options; `sameBody` looks at it when its answer is
 * repeated.
 *
 * The answer is kept when it is given. A handler that makes something which must not be made twice stores it earlier, with the thing itself
 * (`keyedAnswer`). An answer that bears a `secret` is kept so that only the same caller with the same key can have it again: neither the key
 * nor what the caller signs in with is kept, and both are needed to read it.
 */
export function idempotent(
  { engine }: Pick<Services, 'engine'>,
  {
    sameBody,
    secret = false,
  }: {
    readonly sameBody?: ((request: Request, answer: string) => Promise<boolean>) | undefined;
    readonly secret?: boolean;
  } = {},
): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const key = c.req.header('idempotency-key');
    if (key === undefined) return next();
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw new StageflowError('bad_request', { reason: 'its Idempotency-Key is not 1 to 255 printable characters' });
    }
    const { tenant } = c.get('principal');
    const { idempotency } = engine.ledger.service;
    const bearer = secret ? (bearerOf(c.req.raw.headers)?.text ?? '') : '';
    const seal = secret ? sealOf(bearer, key) : null;
    const name = secret ? `sealed:${sha256Hex(key)}` : key;
    const keep = ({ status, ...rest }: Said): KeyedAnswer => {
      const text = JSON.stringify(rest satisfies z.infer<typeof Kept>);
      return { tenant, key: name, status, answer: seal?.close(text) ?? text };
    };
    c.set('keepAnswer', keep);
    const claim = idempotency.claim(tenant, name, `${c.req.method} ${c.req.path}`, fingerprint(c));
    switch (claim.kind) {
      case 'in-flight':
        throw new StageflowError('request_in_flight');
      case 'other-body':
        throw new StageflowError('idempotency_reused');
      case 'answered': {
        const text = seal === null ? claim.answer : seal.open(claim.answer);
        // Somebody else of the tenant used the same key.
        if (text === null) throw new StageflowError('idempotency_reused');
        const { type, location, body } = Kept.parse(JSON.parse(text));
        if (claim.status < 300 && sameBody && c.get('bodyHash') === undefined && !(await sameBody(c.req.raw, body))) {
          throw new StageflowError('idempotency_reused');
        }
        const headers = {
          'content-type': type,
          'idempotency-replayed': 'true',
          ...(location ? { location } : {}),
          ...(secret ? { 'cache-control': 'no-store' } : {}),
        };
        return new Response(body, { status: claim.status, headers });
      }
      case 'fresh':
    }
    let done = false;
    try {
      await next();
      const { status, headers } = c.res;
      if (status < 500 && !NOT_NOW.has(status) && !isPart(c.error)) {
        const type = headers.get('content-type') ?? 'application/json';
        const body = await c.res.clone().text();
        idempotency.answer(keep({ status, type, location: headers.get('location'), body }));
        done = true;
      }
    } finally {
      if (!done) idempotency.release(tenant, name);
    }
  };
}

/**
 * The JSON that a handler is about to answer with, to be stored in the transaction that makes what it tells of: a server killed between
 * the two answers a repetition with the first thing and makes no second one. Undefined for a request without a key.
 */
export function keyedAnswer(
  c: Context<ServerEnv>,
  { status, location, body }: { readonly status: number; readonly location?: string; readonly body: object },
): KeyedAnswer | undefined {
  return c.get('keepAnswer')?.({
    status,
    type: 'application/json',
    location: location ?? null,
    body: JSON.stringify(body),
  });
}

/** Makes something that is stored in the ledger, and keeps the answer that tells of it, in one transaction. */
export function madeOnce<T extends object>(
  { engine }: Pick<Services, 'engine'>,
  c: Context<ServerEnv>,
  status: number,
  make: () => T,
): T {
  const { service } = engine.ledger;
  return service.inOne(() => {
    const body = make();
    const answer = keyedAnswer(c, { status, body });
    if (answer !== undefined) service.idempotency.answer(answer);
    return body;
  });
}

/** What makes two requests the same: the query, the options and, where it was read, the body. */
function fingerprint(c: Context<ServerEnv>): string {
  const { search } = new URL(c.req.url);
  return sha256Hex([search, c.req.header('x-stageflow-options') ?? '', c.get('bodyHash') ?? ''].join('\n'));
}
