import { artifactKeys, belongsTo } from '@stageflow/engine/artifact';
import { StageflowError } from '@stageflow/engine/kernel';
import { ensureReportTemplate, packArchive } from '@stageflow/engine/report';
import { z } from '@hono/zod-openapi';
import { readWhole } from '../press/stored-report.ts';
import { route, type Route } from '../route.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { deliverArchive, deliverFile, deliverObject, deliverReportPage, objectHeaders, readRange } from './deliver.ts';
import { JobIdParam } from './job-shapes.ts';
import { makeOfReports, noReport, REPORT_FORMS, WRITTEN_FORMS } from './report-forms.ts';

/** An event as it is recorded. `data` has a shape for each type. */
const EventShape = z
  .looseObject({
    id: z.string(),
    seq: z.number().int(),
    time: z.number(),
    jobId: z.string(),
    attempt: z.number().int(),
    cause: z.string().nullable(),
    type: z.string(),
    version: z.number().int(),
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('Event');

const MOST_EVENTS = 1000;
const MOST_OBJECTS = 1000;
/** Largest picture that is read. */
const PICTURE_BYTES = 16 * 2 ** 20;

const Artifacts = z
  .object({
    artifacts: z.array(z.object({ path: z.string(), size: z.number().int(), contentType: z.string() })),
    next: z.string().nullable(),
  })
  .openapi('Artifacts');

const text = { schema: { type: 'string' } } as const;
const binary = { schema: { type: 'string', format: 'binary' } } as const;
/** An object by its ending: pictures, JSON and report pages are shown, everything else is saved. */
const OBJECT = {
  'application/octet-stream': binary,
  'application/json': { schema: {} },
  'image/png': binary,
  'image/jpeg': binary,
  'image/webp': binary,
  'text/html': text,
} as const;

/** What a job left: its events, its report in every form, its evidence. */
export const jobContentRoutes: readonly Route[] = [
  route(
    { scope: 'read', owner: 'job' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}/events',
      tags: ['jobs'],
      summary: "A job's recorded events, in order",
      request: {
        params: JobIdParam,
        query: z.object({
          /** Give events after this one (`seq`). */
          after: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(MOST_EVENTS).default(200),
        }),
      },
      responses: {
        200: {
          description: 'A page of events; ask again with `next` as `after` until it is null.',
          content: {
            'application/json': {
              schema: z.object({ events: z.array(EventShape), next: z.number().int().nullable() }),
            },
          },
        },
      },
    },
    ({ engine }) =>
      (c) => {
        const { id } = c.req.valid('param');
        const { after, limit } = c.req.valid('query');
        const found = engine.ledger.events(id, after, limit + 1);
        const events = found.slice(0, limit);
        const next = found.length > limit ? (events.at(-1)?.seq ?? null) : null;
        return c.json({ events: events as unknown as z.infer<typeof EventShape>[], next } as never, 200);
      },
  ),
  route(
    { scope: 'read', owner: 'job' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}/report',
      tags: ['reports'],
      summary: 'The report of a job',
      request: { params: JobIdParam, query: z.object({ format: z.enum(REPORT_FORMS).default('json') }) },
      responses: {
        200: {
          description:
            'The report; JSON is of contract 2.0.0 (docs/reference/report-2.0.0.schema.json), `zip` is the page with all its pictures beside it.',
          content: {
            // GitLab's form is a list.
            'application/json': { schema: { type: ['object', 'array'], items: { type: 'object' } } },
            'text/html': text,
            'application/sarif+json': { schema: { type: 'object' } },
            'application/xml': text,
            'text/csv': text,
            'text/markdown': text,
            'application/zip': binary,
          },
        },
      },
    },
    (services) => {
      const { engine } = services;
      return async (c) => {
        const { id } = c.req.valid('param');
        const { format } = c.req.valid('query');
        const { tenant } = c.get('principal');
        if (format === 'json' || format === 'html') {
          const key = format === 'json' ? artifactKeys.reportJson(id) : artifactKeys.reportHtml(id);
          const object = await engine.store.get('scanner-artifacts', key);
          if (object === null) throw noReport(engine, id);
          return (format === 'html' ? deliverReportPage(object) : deliverObject(key, object, null)) as never;
        }
        if (format === 'zip') {
          const readArtifact = (key: string) => readWhole(engine.store, key, PICTURE_BYTES);
          const order = { jobId: id, template: await ensureReportTemplate() };
          const page = await makeOfReports(services, 'archive', order, { jobIds: [id], tenant, readArtifact });
          return deliverArchive(packArchive(page, readArtifact), `report-${id}.zip`) as never;
        }
        const { type, ending } = WRITTEN_FORMS[format];
        const text = await makeOfReports(services, 'form', { jobId: id, form: format }, { jobIds: [id], tenant });
        return deliverFile(text, type, `report-${id}.${ending}`) as never;
      };
    },
  ),
  route(
    { scope: 'read', owner: 'job' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}/artifacts',
      tags: ['reports'],
      summary: 'Every object kept for a job',
      request: {
        params: JobIdParam,
        query: z.object({
          cursor: z.string().max(900).optional(),
          limit: z.coerce.number().int().min(1).max(MOST_OBJECTS).default(200),
        }),
      },
      responses: { 200: { description: 'A page.', content: { 'application/json': { schema: Artifacts } } } },
    },
    ({ engine }) =>
      async (c) => {
        const { id } = c.req.valid('param');
        const { cursor, limit } = c.req.valid('query');
        const after = cursor === undefined ? '' : readCursor(cursor);
        const folder = artifactKeys.job(id);
        const artifacts: z.infer<typeof Artifacts>['artifacts'] = [];
        for await (const { key, size } of engine.store.list('scanner-artifacts', folder)) {
          const path = key.slice(folder.length);
          if (path <= after) continue;
          artifacts.push({ path, size, contentType: objectHeaders(key)['content-type'] ?? '' });
          if (artifacts.length > limit) break;
        }
        const page = artifacts.slice(0, limit);
        const next = artifacts.length > limit ? writeCursor(page.at(-1)?.path ?? '') : null;
        if (next !== null) {
          c.header('link', `</api/v1/jobs/${id}/artifacts?cursor=${next}&limit=${limit}>; rel="next"`);
        }
        return c.json({ artifacts: page, next }, 200);
      },
  ),
  route(
    { scope: 'read', owner: 'job', rest: 'path' },
    {
      method: 'get',
      path: '/api/v1/jobs/{id}/artifacts/{path}',
      tags: ['reports'],
      summary: 'One object of a job; `path` may hold slashes',
      description: 'Pictures and JSON are shown, report pages behind a sandbox; everything else is only saved.',
      request: { params: JobIdParam.extend({ path: z.string().max(600) }) },
      responses: {
        200: { description: 'The object.', content: OBJECT },
        206: { description: 'The part that `Range` asks for.', content: { ...OBJECT, 'application/json': text } },
        416: { description: 'Nothing of that range exists.' },
      },
    },
    ({ engine }) =>
      async (c) => {
        const { id, path } = c.req.valid('param');
        const key = `${id}/${path}`;
        const found = belongsTo(id, key) ? await engine.store.head('scanner-artifacts', key) : null;
        if (found === null) throw new StageflowError('not_found');
        // Only the engine itself writes a page under these two names; containers may not.
        const isReport = path === 'report.html' || /^[a-z][a-z0-9-]{1,31}\/report\.html$/.test(path);
        const range = isReport ? null : readRange(c.req.header('range'), found.size);
        if (range === 'beyond') {
          return c.body(null, 416, { 'content-range': `bytes */${found.size}` });
        }
        const object = await engine.store.get('scanner-artifacts', key, range ?? undefined);
        if (object === null) throw new StageflowError('not_found');
        return (isReport ? deliverReportPage(object) : deliverObject(key, object, range)) as never;
      },
  ),
];
