import { contentId, StageflowError } from '@stageflow/engine/kernel';
import type { IgnoreRow } from '@stageflow/engine/ledger';
import { z } from '@hono/zod-openapi';
import { route, type Route } from '../route.ts';

const Ignore = z
  .object({
    id: z.string(),
    fingerprint: z.string(),
    reason: z.string(),
    /** Name of the token that set it aside. */
    owner: z.string(),
    createdAt: z.number(),
    /** Milliseconds since the epoch; null for ever. */
    expiresAt: z.number().nullable(),
  })
  .openapi('Ignore');

const NewIgnore = z
  .strictObject({
    fingerprint: z.string().regex(/^[\w:.-]{4,200}$/),
    reason: z.string().trim().min(1).max(1000),
    expiresAt: z.number().int().positive().nullable().default(null),
  })
  .openapi('NewIgnore');

const shown = ({ id, fingerprint, reason, createdBy, createdAt, expiresAt }: IgnoreRow) => ({
  id,
  fingerprint,
  reason,
  owner: createdBy,
  createdAt,
  expiresAt,
});

/** Findings that people set aside, by fingerprint. One that has expired is no longer listed. */
export const ignoreRoutes: readonly Route[] = [
  route(
    { scope: 'read' },
    {
      method: 'get',
      path: '/api/v1/ignores',
      tags: ['ignores'],
      summary: 'Findings that were set aside',
      responses: {
        200: {
          description: 'All that hold now.',
          content: { 'application/json': { schema: z.object({ ignores: z.array(Ignore) }) } },
        },
      },
    },
    ({ engine, clock }) =>
      (c) => {
        const now = clock.now();
        const rows = engine.ledger.service.ignores.list(c.get('principal').tenant);
        const ignores = rows.filter(({ expiresAt }) => expiresAt === null || expiresAt > now).map(shown);
        return c.json({ ignores }, 200);
      },
  ),
  route(
    { scope: 'submit', makes: 'thing' },
    {
      method: 'post',
      path: '/api/v1/ignores',
      tags: ['ignores'],
      summary: 'Set a finding aside, in place of an older word about it',
      request: { body: { required: true, content: { 'application/json': { schema: NewIgnore } } } },
      responses: { 201: { description: 'Set aside.', content: { 'application/json': { schema: Ignore } } } },
    },
    ({ engine, clock }) =>
      (c) => {
        const { fingerprint, reason, expiresAt } = c.req.valid('json');
        const { tenant, tokenId } = c.get('principal');
        if (expiresAt !== null && expiresAt <= clock.now()) {
          throw new StageflowError('bad_request', { reason: 'json.expiresAt: it lies in the past' });
        }
        const { ledger } = engine;
        const createdBy = ledger.service.tokens.list().find(({ id }) => id === tokenId)?.name ?? tokenId;
        const id = contentId('ign_', tenant, fingerprint);
        const added = ledger.service.ignores.add({ id, tenant, fingerprint, reason, createdBy, expiresAt });
        return c.json(shown(added), 201);
      },
  ),
  route(
    { scope: 'submit' },
    {
      method: 'delete',
      path: '/api/v1/ignores/{ignore}',
      tags: ['ignores'],
      summary: 'Look at a finding again',
      request: { params: z.object({ ignore: z.string().max(64) }) },
      responses: { 204: { description: 'No longer set aside.' } },
    },
    ({ engine }) =>
      (c) => {
        const { ignores } = engine.ledger.service;
        const found = ignores.byId(c.req.valid('param').ignore);
        if (found?.tenant !== c.get('principal').tenant) throw new StageflowError('not_found');
        ignores.remove(found.id);
        return c.body(null, 204);
      },
  ),
];
