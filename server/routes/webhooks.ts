import { randomBytes } from 'node:crypto';
import { StageflowError } from '@stageflow/engine/kernel';
import type { DeliveryRow, WebhookRow } from '@stageflow/engine/ledger';
import { judgeTargets, readAllowHosts } from '@stageflow/engine/submit';
import { z } from '@hono/zod-openapi';
import type { Principal } from '../auth/principal.ts';
import { madeOnce } from '../idempotency.ts';
import { type AppServices, route, type Route } from '../route.ts';
import { WEBHOOK_EVENTS } from '../webhook/message.ts';
import { newSigningSecret } from '../webhook/signature.ts';
import { Tenant } from './tenant.ts';

/** Most deliveries in one answer. */
const MOST = 200;

const Webhook = z
  .object({
    id: z.string(),
    tenant: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    createdAt: z.iso.datetime(),
    /** Until when the secret before the last change signs too; null when one secret signs. */
    earlierSecretUntil: z.iso.datetime().nullable(),
  })
  .openapi('Webhook');

/** How long an earlier secret signs beside the new one, in seconds: a day when nothing is said, a week at most. */
const OVERLAP = { usual: 86_400, longest: 604_800 } as const;
/** Earlier secrets that sign at once at most; changing more often than that drops the oldest. */
const MOST_EARLIER = 4;

const Delivery = z
  .object({
    id: z.string(),
    event: z.string(),
    jobId: z.string().nullable(),
    state: z.enum(['waiting', 'delivered', 'failed']),
    attempts: z.number().int(),
    /** HTTP status of the last try; null when nobody answered or there was none. */
    status: z.number().int().nullable(),
    reason: z.string().nullable(),
    createdAt: z.iso.datetime(),
    nextAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
  })
  .openapi('WebhookDelivery');

const params = z.object({ id: z.string().max(100) });
const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
const shown = ({ id, tenant, url, events, createdAt, earlier }: WebhookRow, now: number) => ({
  id,
  tenant,
  url,
  events: [...events],
  createdAt: new Date(createdAt).toISOString(),
  earlierSecretUntil: iso(
    earlier.reduce<number | null>((last, { until }) => (until > (last ?? now) ? until : last), null),
  ),
});
const shownDelivery = (row: DeliveryRow): z.infer<typeof Delivery> => ({
  id: row.id,
  event: row.eventType,
  jobId: row.jobId === '' ? null : row.jobId,
  state:
    row.nextAt !== null
      ? 'waiting'
      : row.status !== null && row.status >= 200 && row.status < 300
        ? 'delivered'
        : 'failed',
  attempts: row.attempts,
  status: row.status,
  reason: row.reason,
  createdAt: new Date(row.createdAt).toISOString(),
  nextAt: iso(row.nextAt),
  endedAt: iso(row.endedAt),
});

/** An address that could be sent to, by its text alone. Where a name leads is judged at every try, since names move. */
function checkedUrl(text: string, webhookHosts: readonly string[]): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new StageflowError('bad_request', {
      reason: 'url must be an http:// or https:// address without a password',
    });
  }
  const allowed = readAllowHosts(webhookHosts);
  const judged = judgeTargets([url.href], { allowHosts: allowed.ok ? allowed.value : [], extraPorts: true });
  if (!judged.ok) {
    const reason = 'url leads to a private address; name its host:port in STAGEFLOW_WEBHOOK_HOSTS if it is yours';
    throw judged.error.code === 'private_address' ? new StageflowError('bad_request', { reason }) : judged.error;
  }
  return url.href;
}

/** A webhook of the caller's tenant (admins of the first tenant see their own too), or 404. */
function owned({ engine }: AppServices, principal: Principal, id: string): WebhookRow {
  const webhook = engine.ledger.service.webhooks.byId(id);
  if (!webhook || (webhook.tenant !== principal.tenant && !principal.scopes.includes('admin'))) {
    throw new StageflowError('not_found');
  }
  return webhook;
}

const tags = ['webhooks'];
const path = '/api/v1/webhooks/{id}';

/** Webhooks, for administrators: signed as Standard Webhooks says, told of jobs' ends. */
export const webhookRoutes: readonly Route[] = [
  route(
    { scope: 'admin', makes: 'secret' },
    {
      method: 'post',
      path: '/api/v1/webhooks',
      tags,
      summary: 'Make a webhook; its signing secret is shown this once',
      request: {
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject({
                url: z.string().max(2000),
                events: z
                  .array(z.enum(WEBHOOK_EVENTS))
                  .min(1)
                  .default([...WEBHOOK_EVENTS]),
                /** Whose jobs it is told of; the caller's own when left out. */
                tenant: Tenant.optional(),
              }),
            },
          },
        },
      },
      responses: {
        201: {
          description: 'Made.',
          content: { 'application/json': { schema: z.object({ webhook: Webhook, secret: z.string() }) } },
        },
      },
    },
    (services) => (c) => {
      const { engine, clock, config } = services;
      const { url, events, tenant } = c.req.valid('json');
      const secret = newSigningSecret();
      const row = {
        id: `wh_${randomBytes(8).toString('hex')}`,
        tenant: tenant ?? c.get('principal').tenant,
        url: checkedUrl(url, config.webhookHosts),
        secret,
        events: [...new Set(events)],
      };
      const made = madeOnce(services, c, 201, () => ({
        webhook: shown(engine.ledger.service.webhooks.add(row), clock.now()),
        secret,
      }));
      c.header('cache-control', 'no-store');
      return c.json(made, 201);
    },
  ),
  route(
    { scope: 'admin' },
    {
      method: 'get',
      path: '/api/v1/webhooks',
      tags,
      summary: 'All webhooks, without their secrets',
      responses: {
        200: {
          description: 'Oldest first.',
          content: { 'application/json': { schema: z.object({ webhooks: z.array(Webhook) }) } },
        },
      },
    },
    ({ engine, clock }) =>
      (c) => {
        const now = clock.now();
        return c.json({ webhooks: engine.ledger.service.webhooks.list(null).map((row) => shown(row, now)) }, 200);
      },
  ),
  route(
    { scope: 'admin' },
    {
      method: 'delete',
      path,
      tags,
      summary: 'Delete a webhook with its deliveries',
      request: { params },
      responses: { 204: { description: 'Deleted.' } },
    },
    (services) => (c) => {
      const { id } = owned(services, c.get('principal'), c.req.valid('param').id);
      services.engine.ledger.service.webhooks.remove(id);
      return c.body(null, 204);
    },
  ),
  route(
    { scope: 'admin' },
    {
      method: 'post',
      path: `${path}/secret`,
      tags,
      summary: 'Give a webhook another signing secret, which is shown this once',
      description:
        'During the overlap every message bears a signature with the new secret and one with the earlier, as Standard Webhooks says: change the receiver over, and nothing is lost. With an overlap of 0 the earlier secret signs no more at once.',
      request: {
        params,
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.strictObject({
                overlapSeconds: z.number().int().min(0).max(OVERLAP.longest).default(OVERLAP.usual),
              }),
            },
          },
        },
      },
      responses: {
        200: {
          description: 'Changed.',
          content: { 'application/json': { schema: z.object({ webhook: Webhook, secret: z.string() }) } },
        },
      },
    },
    (services) => (c) => {
      const webhook = owned(services, c.get('principal'), c.req.valid('param').id);
      const now = services.clock.now();
      const until = now + c.req.valid('json').overlapSeconds * 1000;
      const { webhooks } = services.engine.ledger.service;
      // With a shorter overlap than before, none of the earlier ones outlives it: that is how a stolen secret is shut out.
      const earlier = [{ secret: webhook.secret, until }, ...webhook.earlier]
        .map((one) => ({ ...one, until: Math.min(one.until, until) }))
        .filter((one) => one.until > now)
        .slice(0, MOST_EARLIER);
      const changed = { ...webhook, secret: newSigningSecret(), earlier };
      if (!webhooks.changeSecret(webhook.id, changed)) throw new StageflowError('not_found');
      c.header('cache-control', 'no-store');
      return c.json({ webhook: shown(changed, now), secret: changed.secret }, 200);
    },
  ),
  route(
    { scope: 'admin' },
    {
      method: 'get',
      path: `${path}/deliveries`,
      tags,
      summary: 'What a webhook was told, and how it went',
      request: { params },
      responses: {
        200: {
          description: `Newest first, at most ${MOST}.`,
          content: { 'application/json': { schema: z.object({ deliveries: z.array(Delivery) }) } },
        },
      },
    },
    (services) => (c) => {
      const { id } = owned(services, c.get('principal'), c.req.valid('param').id);
      const rows = services.engine.ledger.service.deliveries.ofWebhook(id, MOST);
      return c.json({ deliveries: rows.map(shownDelivery) }, 200);
    },
  ),
  route(
    { scope: 'admin' },
    {
      method: 'post',
      path: `${path}/deliveries/{delivery}/redeliver`,
      tags,
      summary: 'Send a message again, under its own id',
      request: { params: params.extend({ delivery: z.string().max(100) }) },
      responses: {
        202: { description: 'It is sent soon.', content: { 'application/json': { schema: Delivery } } },
      },
    },
    (services) => (c) => {
      const { id, delivery } = c.req.valid('param');
      const webhook = owned(services, c.get('principal'), id);
      const { deliveries } = services.engine.ledger.service;
      const row = deliveries.byId(delivery);
      if (row?.webhookId !== webhook.id) throw new StageflowError('not_found');
      deliveries.tried(row.id, { status: row.status, reason: row.reason, nextAt: services.clock.now() });
      services.onDeliveriesAdded?.();
      return c.json(shownDelivery(deliveries.byId(row.id) ?? row), 202);
    },
  ),
  route(
    { scope: 'admin' },
    {
      method: 'post',
      path: `${path}/test`,
      tags,
      summary: 'Send a test message',
      request: { params },
      responses: {
        202: { description: 'It is sent soon.', content: { 'application/json': { schema: Delivery } } },
      },
    },
    (services) => (c) => {
      const webhook = owned(services, c.get('principal'), c.req.valid('param').id);
      const { deliveries } = services.engine.ledger.service;
      const id = `msg_${randomBytes(16).toString('hex')}`;
      const timestamp = new Date(services.clock.now()).toISOString();
      const body = JSON.stringify({ type: 'webhook.test', timestamp, data: { webhook: webhook.id } });
      deliveries.add({ id, webhookId: webhook.id, jobId: '', eventType: 'webhook.test', body });
      services.onDeliveriesAdded?.();
      const row = deliveries.byId(id);
      if (row === null) throw new StageflowError('internal', { reason: 'the delivery was not stored' });
      return c.json(shownDelivery(row), 202);
    },
  ),
];
