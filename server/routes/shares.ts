import { randomUUID } from 'node:crypto';
import { artifactKeys } from '@stageflow/engine/artifact';
import { StageflowError } from '@stageflow/engine/kernel';
import type { ShareRow } from '@stageflow/engine/ledger';
import { z } from '@hono/zod-openapi';
import { hashSecret, type Principal } from '../auth/principal.ts';
import { madeOnce } from '../idempotency.ts';
import { reportSources } from '../press/stored-report.ts';
import { route, type Route } from '../route.ts';
import type { Services } from '../services.ts';
import { newShareToken } from '../share/open.ts';
import { SharePreview } from '../share/preview.ts';
import { changedInclude, settingsOf, type ShareSettings } from '../share/settings.ts';
import { MOST_BYTES } from '../share/pages.ts';
import { body, ChangedShare, Id, instant, json, MadeShare, NewShare, Share, shown, wordsOf } from './share-shapes.ts';

const DAY_MS = 86_400_000;

/** A share of the caller's tenant (of any, for an admin); else `not_found`, as if there were none. */
function ownShare({ engine: { ledger } }: Services, principal: Principal, id: string): ShareRow {
  const share = ledger.service.shares.byId(id);
  const tenant = share && ledger.service.owners.tenantOf(share.jobId);
  if (share === null || (tenant !== principal.tenant && !principal.scopes.includes('admin'))) {
    throw new StageflowError('not_found');
  }
  return share;
}

const noReport = (services: Services, jobId: string) =>
  new StageflowError('conflict', {
    jobId,
    state: services.engine.ledger.job(jobId)?.state ?? 'unknown',
    action: 'sharing its report, since there is none',
  });

/** Sharing a job's report with people who have no token. */
export const shareRoutes: readonly Route[] = [
  route(
    { scope: 'submit', owner: 'job', makes: 'secret' },
    {
      method: 'post',
      path: '/api/v1/jobs/{id}/shares',
      tags: ['shares'],
      summary: 'Make a link to the report',
      request: { params: Id, body: body(NewShare) },
      responses: { 201: json('The link; it is shown this once.', MadeShare) },
    },
    (services) => async (c) => {
      const { engine, clock, shareSigner } = services;
      const { id: jobId } = c.req.valid('param');
      const wanted = c.req.valid('json');
      c.header('cache-control', 'no-store');
      if (wanted.kind === 'presigned') {
        if (!shareSigner) throw new StageflowError('no_plain_links');
        if ((await engine.store.head('scanner-artifacts', artifactKeys.reportHtml(jobId))) === null) {
          throw noReport(services, jobId);
        }
        const seconds = Math.round(wanted.expiresInDays * 86_400);
        const url = shareSigner.report(jobId, seconds);
        const expiresAt = instant(clock.now() + seconds * 1000);
        return c.json({ kind: wanted.kind, id: null, url, expiresAt, ...wordsOf(wanted.kind) }, 201);
      }
      if ((await engine.store.head('scanner-artifacts', artifactKeys.reportJson(jobId))) === null) {
        throw noReport(services, jobId);
      }
      const token = newShareToken();
      const settings: ShareSettings = { include: wanted.include, visibility: 'public', label: wanted.label };
      const row = {
        id: `shr_${randomUUID()}`,
        jobId,
        createdBy: c.get('principal').tokenId,
        expiresAt: clock.now() + Math.round(wanted.expiresInDays * DAY_MS),
        settings: JSON.stringify(settings),
      };
      // In process nobody knows by which name this server is reached: the path alone is true there.
      const base = services.config.publicUrl ?? (c.env.address === null ? null : c.req.url);
      const path = `/s/${token}`;
      const url = base === null ? path : new URL(path, base).href;
      const { kind } = wanted;
      const made = madeOnce(services, c, 201, () => {
        const share = engine.ledger.service.shares.add(row, hashSecret(token));
        return { kind, id: share.id, url, expiresAt: instant(share.expiresAt), ...wordsOf(kind) };
      });
      return c.json(made, 201);
    },
  ),
  route(
    { scope: 'read', owner: 'job' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}/shares',
      tags: ['shares'],
      summary: 'The shares of a job',
      request: { params: Id },
      responses: { 200: json('All shares, ended ones too, oldest first.', z.object({ shares: z.array(Share) })) },
    },
    ({ engine, clock }) =>
      (c) => {
        const rows = engine.ledger.service.shares.ofJob(c.req.valid('param').id);
        return c.json({ shares: rows.map((row) => shown(row, clock.now())) }, 200);
      },
  ),
  route(
    { scope: 'read', owner: 'job' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}/shares/preview',
      tags: ['shares'],
      summary: 'What a share would show, before it is made',
      request: { params: Id },
      responses: { 200: json('What strangers would see.', SharePreview) },
    },
    (services) => async (c) => {
      const { id: jobId } = c.req.valid('param');
      const sources = await reportSources(services.engine.store, [jobId]);
      const { tenant } = c.get('principal');
      const fits = sources !== null && sources.size <= MOST_BYTES;
      const preview = fits ? await services.press.make('preview', { jobId }, { tenant, sources }) : null;
      if (!preview) throw noReport(services, jobId);
      return c.json(preview, 200);
    },
  ),
  route(
    { scope: 'submit' },
    {
      method: 'patch',
      path: '/api/v1/shares/{id}',
      tags: ['shares'],
      summary: 'Change how long a share lasts, what it gives, or pause it',
      request: { params: Id, body: body(ChangedShare) },
      responses: { 200: json('The share as it is now.', Share) },
    },
    (services) => (c) => {
      const { engine, clock } = services;
      const share = ownShare(services, c.get('principal'), c.req.valid('param').id);
      if (share.revokedAt !== null) throw new StageflowError('share_revoked');
      const { expiresInDays: days, include = {}, visibility, label: name } = c.req.valid('json');
      const before = settingsOf(share);
      const settings: ShareSettings = {
        include: changedInclude(before.include, include),
        visibility: visibility ?? before.visibility,
        label: name === undefined ? before.label : name,
      };
      engine.ledger.service.shares.change(share.id, {
        settings: JSON.stringify(settings),
        ...(days === undefined ? {} : { expiresAt: clock.now() + Math.round(days * DAY_MS) }),
      });
      return c.json(shown(engine.ledger.service.shares.byId(share.id) ?? share, clock.now()), 200);
    },
  ),
  route(
    { scope: 'submit' },
    {
      method: 'delete',
      path: '/api/v1/shares/{id}',
      tags: ['shares'],
      summary: 'Take a share back, at once and for good',
      request: { params: Id },
      responses: { 204: { description: 'The link opens nothing any more.' } },
    },
    (services) => (c) => {
      const share = ownShare(services, c.get('principal'), c.req.valid('param').id);
      services.engine.ledger.service.shares.revoke(share.id);
      return c.body(null, 204);
    },
  ),
];
