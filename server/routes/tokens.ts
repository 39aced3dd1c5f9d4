import { randomBytes } from 'node:crypto';
import { StageflowError } from '@stageflow/engine/kernel';
import type { TokenRow } from '@stageflow/engine/ledger';
import { z } from '@hono/zod-openapi';
import { hashSecret, isLive, newTokenText } from '../auth/principal.ts';
import { madeOnce } from '../idempotency.ts';
import { route, type Route } from '../route.ts';
import { Tenant } from './tenant.ts';

const Scopes = z
  .array(z.enum(['submit', 'read', 'admin']))
  .min(1)
  .max(3);
const Name = z.string().min(1).max(100);

const Token = z
  .object({
    id: z.string(),
    name: z.string(),
    tenant: z.string(),
    scopes: Scopes,
    createdAt: z.iso.datetime(),
    /** Null for a token that does not expire. */
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    /** Whether it may be used now. */
    live: z.boolean(),
  })
  .openapi('Token');

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
const shown = (row: TokenRow, now: number): z.infer<typeof Token> => ({
  id: row.id,
  name: row.name,
  tenant: row.tenant,
  scopes: [...row.scopes],
  createdAt: new Date(row.createdAt).toISOString(),
  expiresAt: iso(row.expiresAt),
  revokedAt: iso(row.revokedAt),
  live: isLive(row, now),
});

/** Tokens, for administrators. A token's text is in the answer that makes it and nowhere else. */
export const tokenRoutes: readonly Route[] = [
  route(
    { scope: 'admin', makes: 'secret' },
    {
      method: 'post',
      path: '/api/v1/tokens',
      tags: ['tokens'],
      summary: 'Make a token; its text is shown this once',
      request: {
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject({
                name: Name,
                tenant: Tenant.optional(),
                scopes: Scopes,
                expiresAt: z.iso.datetime().nullable().default(null),
              }),
            },
          },
        },
      },
      responses: {
        201: {
          description: 'Made.',
          content: { 'application/json': { schema: z.object({ token: Token, text: z.string() }) } },
        },
      },
    },
    (services) => (c) => {
      const { engine, clock } = services;
      const { name, tenant, scopes, expiresAt } = c.req.valid('json');
      const until = expiresAt === null ? null : Date.parse(expiresAt);
      if (until !== null && until <= clock.now()) {
        throw new StageflowError('bad_request', { reason: 'expiresAt lies in the past' });
      }
      const text = newTokenText();
      const row = {
        id: `tok_${randomBytes(8).toString('hex')}`,
        name,
        tenant: tenant ?? c.get('principal').tenant,
        scopes: [...new Set(scopes)],
        expiresAt: until,
      };
      const made = madeOnce(services, c, 201, () => ({
        token: shown(engine.ledger.service.tokens.add(row, hashSecret(text)), clock.now()),
        text,
      }));
      c.header('cache-control', 'no-store');
      return c.json(made, 201);
    },
  ),
  route(
    { scope: 'admin' },
    {
      method: 'get',
      path: '/api/v1/tokens',
      tags: ['tokens'],
      summary: 'All tokens, without their texts',
      responses: {
        200: {
          description: 'Oldest first.',
          content: { 'application/json': { schema: z.object({ tokens: z.array(Token) }) } },
        },
      },
    },
    ({ engine, clock }) =>
      (c) =>
        c.json({ tokens: engine.ledger.service.tokens.list().map((row) => shown(row, clock.now())) }, 200),
  ),
  route(
    { scope: 'admin' },
    {
      method: 'delete',
      path: '/api/v1/tokens/{id}',
      tags: ['tokens'],
      summary: 'Revoke a token; the next request that bears it is refused',
      request: { params: z.object({ id: z.string().max(100) }) },
      responses: { 204: { description: 'Revoked.' } },
    },
    ({ engine }) =>
      (c) => {
        if (!engine.ledger.service.tokens.revoke(c.req.valid('param').id)) throw new StageflowError('not_found');
        return c.body(null, 204);
      },
  ),
];
