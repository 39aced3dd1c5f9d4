import { StageflowError } from '@stageflow/engine/kernel';
import { sanitiseFilename } from '@stageflow/engine/submit';
import { z } from '@hono/zod-openapi';
import { ARCHIVE_BYTES, stageBody } from '../intake/archive.ts';
import { typeOf, wrongType } from '../intake/body.ts';
import { readTicket, writeTicket } from '../intake/upload-ticket.ts';
import { route, type Route } from '../route.ts';

/** How long an announced archive may take to come and be scanned. */
const UPLOAD_MS = 24 * 3600 * 1000;

const Announced = z
  .strictObject({
    filename: z.string().min(1).max(255),
    bytes: z.number().int().min(1).max(ARCHIVE_BYTES),
    /** Lower-case hexadecimal; with it the archive may go straight to the object store, where there is one. */
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  })
  .openapi('AnnouncedUpload');

const Upload = z
  .object({
    id: z.string(),
    method: z.literal('PUT'),
    /** Where the archive is to be sent: the object store, or this server (then with the token). */
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    /** When sending must have begun, in milliseconds since the epoch. */
    expiresAt: z.number(),
    /** Whether a page of this server may send it from a browser; false where the object store takes uploads from programs only. */
    browser: z.boolean(),
  })
  .openapi('Upload');

const Received = z.object({ id: z.string(), bytes: z.number().int(), sha256: z.string() }).openapi('ReceivedUpload');

/** Archives that are sent before the job is made. */
export const uploadRoutes: readonly Route[] = [
  route(
    { scope: 'submit', makes: 'work' },
    {
      method: 'post',
      path: '/api/v1/uploads',
      tags: ['jobs'],
      summary: 'Announce an archive, and learn where to send it',
      description:
        'Send the archive to `url`, then name the id in POST /api/v1/jobs/zip. An id is good for one job. With `sha256`, `url` is the object store itself where there is one. Where the store does not take uploads from browsers (`browser` is false), direct upload from a browser is not offered: a page that asks is given an address of this server.',
      request: { body: { required: true, content: { 'application/json': { schema: Announced } } } },
      responses: { 201: { description: 'Where to send it.', content: { 'application/json': { schema: Upload } } } },
    },
    ({ engine, clock, uploadSigner, uploadOrigin, limits }) =>
      (c) => {
        const { filename, bytes, sha256 } = c.req.valid('json');
        const principal = c.get('principal');
        const { tenant } = principal;
        const reservation = limits.quota.reserve(principal, bytes);
        const jobId = engine.newJobId();
        const name = sanitiseFilename(filename);
        const expiresAt = clock.now() + UPLOAD_MS;
        const ticket = { jobId, filename: name, bytes, sha256: sha256 ?? null, tenant, expiresAt };
        const id = writeTicket(engine.ledger, ticket);
        const browser = uploadOrigin?.() != null;
        // Browsers name the page that asks; what a page cannot send to is no answer to it.
        const isPage = c.req.raw.headers.has('origin');
        const past = uploadSigner && sha256 !== undefined && (browser || !isPage);
        // Nobody tells this server when bytes come to the store: they count from here on. What comes here counts when it does.
        if (past) reservation.came(bytes);
        reservation.end();
        if (past) {
          const signed = uploadSigner.archive(jobId, name, { size: bytes, sha256 });
          const { method, url, headers } = signed;
          return c.json({ id, method, url, headers: { ...headers }, expiresAt: signed.expiresAt, browser }, 201);
        }
        const headers = { 'content-type': 'application/zip' };
        const url = `/api/v1/uploads/${id}`;
        return c.json({ id, method: 'PUT' as const, url, headers, expiresAt, browser: true }, 201);
      },
  ),
  route(
    { scope: 'submit', stores: true },
    {
      method: 'put',
      path: '/api/v1/uploads/{upload}',
      tags: ['jobs'],
      summary: 'Send an announced archive to this server',
      request: {
        params: z.object({ upload: z.string().max(2000) }),
        body: { required: true, content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } } },
      },
      responses: { 200: { description: 'Received.', content: { 'application/json': { schema: Received } } } },
    },
    (services) => async (c) => {
      const { raw } = c.req;
      const principal = c.get('principal');
      const id = c.req.valid('param').upload;
      const ticket = readTicket(services.engine.ledger, services.clock, principal.tenant, id);
      if (services.engine.ledger.job(ticket.jobId)) throw new StageflowError('job_exists', { jobId: ticket.jobId });
      if (typeOf(raw.headers) !== 'application/zip') throw wrongType(raw.headers, 'application/zip');
      const upload = { ...ticket, announced: true };
      const { bytes, sha256 } = await stageBody(services, principal, raw, upload, ticket.bytes);
      return c.json({ id, bytes, sha256 }, 200);
    },
  ),
];
