import type { JobSource } from '@stageflow/engine/event';
import { StageflowError } from '@stageflow/engine/kernel';
import { judgeTargets, readAllowHosts } from '@stageflow/engine/submit';
import { z } from '@hono/zod-openapi';
import { ARCHIVE_BYTES, sameBytes, stageBody, takeStaged } from '../intake/archive.ts';
import { announcedBytes, isJson } from '../intake/body.ts';
import { readJsonText } from '../intake/json-text.ts';
import { Access, ScanOptions } from '../intake/options.ts';
import { accept, secretsOf, specOf } from '../intake/submission.ts';
import { readTicket } from '../intake/upload-ticket.ts';
import { route, type Route } from '../route.ts';
import { acceptedJob } from './accepted-job.ts';
import { Accepted } from './job-shapes.ts';

const ACCEPTED = {
  202: {
    description: 'Accepted: the job is stored and will run. `Location` is where it is.',
    headers: { Location: { description: 'Address of the job.', schema: { type: 'string' } } },
    content: { 'application/json': { schema: Accepted } },
  },
} as const;

// Spelled out and not extended: in the document two closed schemas side by side would allow nothing at all.
const UrlJob = z
  .strictObject({
    ...ScanOptions.shape,
    urls: z.array(z.string().max(4096)).min(1).max(10_000),
    /** `crawl`: follow links from the addresses; `list`: exactly these pages. */
    mode: z.enum(['crawl', 'list']).default('crawl'),
    access: Access.optional(),
  })
  .openapi('UrlJob');

const ZipOfUpload = z
  .strictObject({
    /** Id of an upload that is complete. */
    upload: z.string().max(2000),
    options: ScanOptions.optional(),
  })
  .openapi('ZipOfUpload');

/** Options of an archive that is sent as the body: JSON in a header, since the body is the archive. */
function optionsOfHeader(text: string | undefined): ScanOptions {
  if (text === undefined) return {};
  const parsed = ScanOptions.safeParse(readJsonText(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const reason = `X-Stageflow-Options: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
  throw new StageflowError('bad_request', { reason });
}

/** The two ways into a new job. */
export const submitRoutes: readonly Route[] = [
  route(
    { scope: 'submit', makes: 'work' },
    {
      method: 'post',
      path: '/api/v1/jobs/url',
      tags: ['jobs'],
      summary: 'Scan addresses',
      description:
        'Private addresses are refused. Login details are kept apart from the job and are gone when it ends.',
      request: { body: { required: true, content: { 'application/json': { schema: UrlJob } } } },
      responses: ACCEPTED,
    },
    (services) => (c) => {
      const { urls, mode, access, ...options } = c.req.valid('json');
      const principal = c.get('principal');
      if ((options.allowHosts ?? []).length > 0 && !principal.scopes.includes('admin')) {
        throw new StageflowError('forbidden', { scope: 'admin' });
      }
      const allowHosts = readAllowHosts(options.allowHosts ?? []);
      if (!allowHosts.ok) throw allowHosts.error;
      const judged = judgeTargets(urls, { allowHosts: allowHosts.value, extraPorts: true });
      if (!judged.ok) throw judged.error;
      const source: JobSource = { kind: 'urls', urls: [...judged.value.urls], mode };
      const secrets = secretsOf(access);
      const spec = specOf(services, principal, source, options, secrets !== null);
      const made = acceptedJob(c, services.engine.newJobId(), { notes: judged.value.notes });
      accept(services, principal, { ...made.job, spec, access: secrets });
      return made.say();
    },
  ),
  route(
    { scope: 'submit', makes: 'work', sameBody: sameBytes },
    {
      method: 'post',
      path: '/api/v1/jobs/zip',
      tags: ['jobs'],
      summary: 'Scan an archive',
      description: `The body is the archive (\`application/zip\`, at most ${ARCHIVE_BYTES / 2 ** 20} MiB, with or without Content-Length), with \`filename\` in the query and options as ASCII JSON in \`X-Stageflow-Options\`; or it is JSON that names a complete upload. What breaks off leaves nothing.`,
      request: {
        query: z.object({ filename: z.string().max(255).optional() }),
        headers: z.object({ 'x-stageflow-options': z.string().max(12_000).optional() }),
        body: {
          required: false,
          content: {
            'application/zip': { schema: { type: 'string', format: 'binary' } },
            'application/json': { schema: ZipOfUpload },
          },
        },
      },
      responses: ACCEPTED,
    },
    (services) => async (c) => {
      const principal = c.get('principal');
      const { raw } = c.req;
      const { engine, limits } = services;
      if (isJson(raw.headers)) {
        const { upload, options = {} } = ZipOfUpload.parse(c.req.valid('json' as never));
        const ticket = readTicket(engine.ledger, services.clock, principal.tenant, upload);
        const source = await takeStaged(services, ticket);
        const spec = specOf(services, principal, source, options, false);
        const made = acceptedJob(c, ticket.jobId, source);
        accept(services, principal, { ...made.job, spec });
        return made.say();
      }
      announcedBytes(raw.headers, ARCHIVE_BYTES);
      const options = optionsOfHeader(c.req.valid('header')['x-stageflow-options']);
      const jobId = engine.newJobId();
      // Everything but the archive is judged before a byte of it is taken.
      limits.quota.admitJob(principal.tenant);
      const filename = c.req.valid('query').filename ?? 'site.zip';
      const probe = {
        kind: 'zip',
        filename,
        bytes: 0,
        sha256: '0'.repeat(64),
        stagingKey: '',
        fromFolder: false,
      } as const;
      specOf(services, principal, probe, options, false);
      const source = await stageBody(services, principal, raw, { jobId, filename, announced: false });
      const made = acceptedJob(c, jobId, source);
      try {
        const spec = specOf(services, principal, source, options, false);
        accept(services, principal, { ...made.job, spec });
      } catch (error) {
        await engine.abandon(jobId);
        throw error;
      }
      return made.say();
    },
  ),
];
