import type { Engine } from '@stageflow/engine';
import { TERMINAL } from '@stageflow/engine/event';
import { asStageflowError, StageflowError } from '@stageflow/engine/kernel';
import { AccessSecrets } from '@stageflow/engine/scanner';
import { Hono } from 'hono';
import { stream, streamSSE } from 'hono/streaming';
import type { App } from '../app.ts';
import { problemResponse } from '../problem.ts';
import { OWNER_BASE } from './dial.ts';
import { openRecords } from './records.ts';

/** What the desktop app keeps in the ledger, and how long each part may be. */
const DESKTOP = '/desktop/:part{settings|servers|sync}';
const MOST_DESKTOP = 200_000;

/**
 * What the command line and the desktop's main process ask of a live engine, beside the public API: the owner of the machine may name private addresses, login details and
 * builds without a pod, which no route for strangers takes. Everything else is the app's.
 */
export function withOwnerRoutes(app: App, engine: Engine, address: string | null): App {
  const records = openRecords(engine);
  const known = <T>(found: T | null, jobId: string): T => {
    if (found === null) throw new StageflowError('job_not_found', { jobId });
    return found;
  };
  const readAccess = async (request: { json(): Promise<unknown> }) => {
    const { access } = (await request.json()) as { access?: unknown };
    return access === null || access === undefined ? null : AccessSecrets.parse(access);
  };
  const routes = new Hono()
    .basePath(OWNER_BASE)
    .get('/engine', (c) => c.json({ address }))
    .get(DESKTOP, (c) => c.json(JSON.parse(engine.ledger.setting(`desktop.${c.req.param('part')}`) ?? '{}') as object))
    .put(DESKTOP, async (c) => {
      const text = await c.req.text();
      const settings: unknown = text.length > MOST_DESKTOP ? null : JSON.parse(text);
      if (typeof settings !== 'object' || settings === null)
        throw new StageflowError('bad_request', { reason: 'these are no settings of the desktop app' });
      engine.ledger.setSetting(`desktop.${c.req.param('part')}`, text);
      return c.body(null, 204);
    })
    .get('/jobs', async (c) => c.json(await records.jobs(Number(c.req.query('limit') ?? 100))))
    .post('/jobs', async (c) => {
      const { access, ...job } = (await c.req.json()) as Parameters<Engine['submit']>[0];
      const secrets = access ? AccessSecrets.parse(access) : null;
      return c.json({ jobId: engine.submit({ ...job, access: secrets }) }, 202);
    })
    .get('/jobs/:id', async (c) => c.json(known(await records.job(c.req.param('id')), c.req.param('id'))))
    .delete('/jobs/:id', async (c) => {
      await records.remove(c.req.param('id'));
      return c.body(null, 204);
    })
    .get('/jobs/:id/events', async (c) => c.json(await records.events(c.req.param('id'))))
    .get('/jobs/:id/view', async (c) => c.json(await records.storedView(c.req.param('id'))))
    .get('/jobs/:id/keys', async (c) => c.json(await records.keys(c.req.param('id'))))
    .get('/jobs/:id/bundle', (c) => {
      const bundle = records.bundle(c.req.param('id'));
      return stream(c, async (out) => {
        for await (const chunk of bundle) {
          // Whoever left does not keep the store at work.
          if (out.aborted) return;
          await out.write(chunk);
        }
      });
    })
    .get('/jobs/:id/ended', async (c) => c.json(await engine.ended(c.req.param('id'))))
    .get('/jobs/:id/stream', (c) =>
      streamSSE(c, async (out) => {
        const left = new AbortController();
        out.onAbort(() => left.abort());
        const after = Number(c.req.header('last-event-id') ?? 0);
        for await (const event of engine.follow(c.req.param('id'), after, left.signal)) {
          await out.writeSSE({ id: String(event.seq), data: JSON.stringify(event) });
        }
        // An engine that stops ends the stream too; only a job that has ended says so.
        if (TERMINAL.has(engine.ledger.job(c.req.param('id'))?.state ?? 'PENDING'))
          await out.writeSSE({ event: 'end', data: '' });
      }),
    )
    .put('/jobs/:id/archive/:filename', async (c) => {
      const staging = engine.staging(c.req.param('id'));
      const body = c.req.raw.body ?? new ReadableStream<Uint8Array>({ start: (it) => it.close() });
      const maxBytes = Number(c.req.query('max') ?? 0);
      return c.json(await staging.put('scanner-staging', staging.key(c.req.param('filename')), body, { maxBytes }));
    })
    .post('/jobs/:id/cancel', async (c) => {
      await engine.cancel(c.req.param('id'));
      return c.body(null, 204);
    })
    .post('/jobs/:id/resume', async (c) => {
      await engine.resume(c.req.param('id'), await readAccess(c.req));
      return c.body(null, 204);
    })
    .post('/jobs/:id/retry', async (c) => c.json({ jobId: engine.retry(c.req.param('id'), await readAccess(c.req)) }))
    .get('/objects/:key{.+}', async (c) => {
      const object = await records.object(c.req.param('key'));
      if (object === null) throw new StageflowError('not_found');
      c.header('content-length', String(object.size));
      return stream(c, async (out) => {
        for await (const chunk of object.body) {
          if (out.aborted) return;
          await out.write(chunk);
        }
      });
    });
  routes.onError((thrown) => problemResponse(asStageflowError(thrown), '-'));
  return {
    fetch: async (request, peer) =>
      peer?.owner === true && new URL(request.url).pathname.startsWith(`${OWNER_BASE}/`)
        ? routes.fetch(request)
        : app.fetch(request, peer),
  };
}
