import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StageflowEvent } from '../../../engine/event/index.ts';
import { canonicalJson, type JobView, reduce } from '../../../engine/view/index.ts';
import { drafts, specOf } from '../../conformance/events.ts';
import { startTestServer, type TestServer } from './harness.ts';
import { recorded, scriptedJob } from './stream-jobs.ts';
import { type Frame, readStream } from './stream-reader.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ pods: 'frozen' });
});
afterAll(() => server.close());

const open = async (token: string, path: string, headers: Record<string, string> = {}) => {
  const response = await server.call(token, 'GET', path, undefined, headers);
  return { response, stream: readStream(response) };
};
const ofJob = (id: string) => `/api/v1/jobs/${id}/stream`;
const named = (frames: readonly Frame[]) => frames.map((frame) => `${frame.id} ${(frame.data as StageflowEvent).id}`);
/** What the first frame tells. */
function snapshotOf([first]: readonly Frame[]): {
  readonly views: readonly JobView[];
  readonly jobs: readonly JobView[];
} {
  if (first?.event !== 'snapshot') throw new Error('the stream did not begin with a snapshot');
  return first.data;
}
const newest = () => server.ledger.positions().newest;

describe('the stream of a job', () => {
  it('begins with a comment and a snapshot, then bears each event whole under its position in the ledger', async () => {
    const job = scriptedJob(server.ledger);
    const { response, stream } = await open(server.token(['read']), ofJob(job.id));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(new TextDecoder().decode(await stream.chunk())).toBe(': stageflow\nretry: 2000\n\n');
    const [snapshot] = await stream.until((frames) => frames.length === 1);
    expect(snapshot).toMatchObject({ id: `${newest()}`, event: 'snapshot' });
    expect(snapshot?.data).toEqual({ position: newest(), views: [server.engine.view(job.id)], jobs: [] });

    const before = newest();
    job.visit(0);
    const [, event] = await stream.until((frames) => frames.length === 2);
    const [kept] = server.ledger.eventsFrom(before, 10);
    expect(event).toEqual({ id: `${kept?.position}`, event: 'scan.events.page.visited', data: kept?.event });
    await stream.cancel();
  });

  it('lets whoever folds it hold the very view that the server holds, however early it was opened', async () => {
    const job = scriptedJob(server.ledger);
    const streams = [];
    for (let n = 0; n < 30; n += 1) {
      job.visit(n);
      if (n % 10 === 5) streams.push((await open(server.token(['read']), ofJob(job.id))).stream);
    }
    job.end();
    for (const stream of streams) {
      const frames = await stream.toEnd();
      let view: JobView | null = snapshotOf(frames).views[0] ?? null;
      for (const frame of frames.slice(1, -1)) view = reduce(view, frame.data);
      expect(canonicalJson(view)).toBe(canonicalJson(server.engine.view(job.id)));
    }
  });

  it('says that the job is over and closes; whoever comes again for more is told that there is none', async () => {
    const job = scriptedJob(server.ledger);
    const token = server.token(['read']);
    const { stream } = await open(token, ofJob(job.id));
    await stream.until((frames) => frames.length === 1);
    job.end();
    const frames = await stream.toEnd();
    expect(frames.map(({ event }) => event)).toEqual([
      'snapshot',
      'scan.events.completed',
      'jobs.events.completed',
      'end',
    ]);
    expect(frames.at(-1)?.data).toEqual({ jobId: job.id, state: 'DONE' });
    const last = frames.at(-1)?.id ?? '';
    expect((await open(token, ofJob(job.id), { 'last-event-id': last })).response.status).toBe(204);
    const late = await open(token, `${ofJob(job.id)}?lastEventId=${Number(last) - 1}`);
    expect((await late.stream.toEnd()).map(({ event }) => event)).toEqual(['jobs.events.completed', 'end']);
    const fresh = await open(token, ofJob(job.id));
    expect((await fresh.stream.toEnd()).map(({ event }) => event)).toEqual(['snapshot', 'end']);
  });

  it('bears an event or a snapshot larger than its buffer in pieces, whole', async () => {
    const job = scriptedJob(server.ledger);
    const token = server.token(['read']);
    const live = (await open(token, ofJob(job.id))).stream;
    await live.until((frames) => frames.length === 1);
    job.visit(0, 1, 90_000);
    job.visit(1);
    await live.until((frames) => frames.length === 4);
    const kept = server.ledger.events(job.id);
    expect(live.frames.slice(1).map((frame) => frame.data)).toEqual(kept.slice(-3));
    job.visit(2, 398);
    const { stream } = await open(token, ofJob(job.id));
    const sizes: number[] = [];
    while (stream.frames.length === 0) sizes.push((await stream.chunk())?.byteLength ?? 0);
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024);
    expect(snapshotOf(stream.frames).views[0]?.pages).toHaveLength(400);
    await Promise.all([live.cancel(), stream.cancel()]);
  });

  it('tells nothing of the login details that a job was given', async () => {
    const token = server.token(['read']);
    const all = (await open(token, '/api/v1/stream')).stream;
    await all.until((frames) => frames.length === 1);
    const id = server.engine.submit({
      spec: { ...specOf('urls'), access: true },
      owner: 'team',
      access: { headers: { authorization: 'Bearer hunter2' }, cookies: [], storageState: null } as never,
    });
    const { stream } = await open(token, ofJob(id));
    await stream.until((frames) => frames.length === 1);
    await all.until((frames) => frames.length === 2);
    for (const text of [all.text(), stream.text()]) {
      expect(text).toContain(id);
      expect(text).not.toContain('hunter2');
      expect(text).not.toContain(token);
    }
    await Promise.all([all.cancel(), stream.cancel()]);
    await server.engine.cancel(id);
  });
});

describe('the stream of all jobs', () => {
  it('bears the jobs of its tenant, those asked for by name, and for an admin those of everybody', async () => {
    const [ours, other, theirs] = [
      scriptedJob(server.ledger),
      scriptedJob(server.ledger),
      scriptedJob(server.ledger, 'b'),
    ];
    const token = server.token(['read']);
    const seen = async (who: string, query: string) => {
      const { stream } = await open(who, `/api/v1/stream${query}`);
      const { views, jobs } = snapshotOf(await stream.until((frames) => frames.length === 1));
      return { stream, snapshot: [...views, ...jobs].map((job) => job.jobId), views: views.length };
    };
    const team = await seen(token, '');
    const admin = await seen(server.token(['admin']), '');
    const some = await seen(token, `?jobs=${ours.id},${theirs.id}`);
    expect(team.snapshot).toEqual(expect.arrayContaining([ours.id, other.id]));
    expect(team.snapshot).not.toContain(theirs.id);
    expect(admin.snapshot).toEqual(expect.arrayContaining([ours.id, other.id, theirs.id]));
    expect(some).toMatchObject({ snapshot: [ours.id], views: 1 });

    for (const job of [theirs, other, ours]) job.visit(0);
    const jobsOf = async ({ stream }: typeof team) =>
      (await stream.until((frames) => frames.some((frame) => (frame.data as StageflowEvent).jobId === ours.id)))
        .slice(1)
        .map((frame) => (frame.data as StageflowEvent).jobId);
    expect(await jobsOf(team)).toEqual([other.id, ours.id]);
    expect(await jobsOf(admin)).toEqual([theirs.id, other.id, ours.id]);
    expect(await jobsOf(some)).toEqual([ours.id]);
    await Promise.all([team, admin, some].map(({ stream }) => stream.cancel()));
  });

  it('refuses a list of jobs that is empty or too long', async () => {
    const token = server.token(['read']);
    for (const jobs of ['', ',', Array.from({ length: 21 }, (_, n) => `j${n}`).join(',')])
      expect((await server.call(token, 'GET', `/api/v1/stream?jobs=${jobs}`)).status).toBe(400);
  });
});

describe('coming again', () => {
  it('A8 misses nothing and gets nothing twice, while events are written all the time', async () => {
    const job = scriptedJob(server.ledger);
    const noise = scriptedJob(server.ledger, 'b');
    const from = newest();
    let writing = true;
    const writer = (async () => {
      for (let n = 0; n < 200; n += 1) {
        job.visit(2 * n, 2);
        noise.visit(n);
        if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      job.end();
      writing = false;
    })();
    const token = server.token(['read']);
    const got: Frame[] = [];
    let last = from;
    for (let tries = 0; ; tries += 1) {
      const { response, stream } = await open(token, ofJob(job.id), { 'last-event-id': `${last}` });
      if (response.status === 204) break;
      // Broken off at another place each time, the last one read to its end.
      const enough = (frames: readonly Frame[]) => frames.length > tries % 40 || frames.at(-1)?.event === 'end';
      const read = await (writing ? stream.until(enough) : stream.toEnd());
      got.push(...read.filter(({ event }) => event !== 'end'));
      last = Number(got.at(-1)?.id ?? last);
      await stream.cancel();
    }
    await writer;
    expect(named(got)).toEqual(recorded(server.ledger, from, job.id));
    expect(got.length).toBe(400 * 2 - 1 + 2);
  });

  it('A8 answers a storm of clients with exactly what each missed', async () => {
    const job = scriptedJob(server.ledger);
    const from = newest();
    job.visit(0, 300);
    const tokens = Array.from({ length: 30 }, () => server.token(['read']));
    const storm = Array.from({ length: 300 }, async (_, n) => {
      const start = from + ((n * 7) % 500);
      const { stream } = await open(tokens[n % 30] ?? '', '/api/v1/stream', { 'last-event-id': `${start}` });
      const frames = await stream.until((all) => all.at(-1)?.event === 'jobs.events.completed');
      await stream.cancel();
      return { start, got: named(frames) };
    });
    await new Promise((resolve) => setImmediate(resolve));
    for (let n = 300; n < 330; n += 1) job.visit(n);
    job.end();
    for (const { start, got } of await Promise.all(storm)) expect(got).toEqual(recorded(server.ledger, start));
  });

  it('is told to start from a snapshot when the position was never given or what came after it is gone', async () => {
    const gone = scriptedJob(server.ledger);
    gone.end();
    await server.engine.ended(gone.id);
    const job = scriptedJob(server.ledger);
    const old = server.ledger.eventsFrom(0, 100_000, gone.id)[0]?.position ?? 0;
    const token = server.token(['read']);
    // While it is there, it can be gone on from; that also brings it into memory, out of which it must vanish.
    const before = await open(token, '/api/v1/stream', { 'last-event-id': `${old}` });
    expect(before.response.status).toBe(200);
    await before.stream.until((frames) => frames.length > 2);
    await before.stream.cancel();
    server.ledger.deleteJob(gone.id);

    const path = `/api/v1/stream?jobs=${job.id}`;
    for (const id of [`${old}`, `${newest() + 1}`, '99999999999999', 'abc', '-1', '1e3']) {
      const response = await server.call(token, 'GET', path, undefined, { 'last-event-id': id });
      expect(response.status, id).toBe(410);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      const problem = (await response.json()) as { snapshot: { position: number } };
      expect(problem).toMatchObject({
        code: 'stream_gone',
        status: 410,
        snapshot: { position: newest(), views: [server.engine.view(job.id)], jobs: [] },
      });
      const next = await open(token, path, { 'last-event-id': `${problem.snapshot.position}` });
      expect(next.response.status).toBe(200);
      await next.stream.cancel();
    }
    const alone = await server.call(token, 'GET', `${ofJob(job.id)}?lastEventId=${newest() + 5}`);
    expect(alone.status).toBe(410);
    expect(await alone.json()).toMatchObject({ snapshot: { views: [{ jobId: job.id }] } });
    const list = await server.call(token, 'GET', `/api/v1/stream?lastEventId=${newest() + 5}`);
    expect(await list.json()).toMatchObject({
      snapshot: { views: [], jobs: expect.arrayContaining([expect.objectContaining({ jobId: job.id })]) },
    });
  });

  it('is told of jobs that are removed, while it listens and when it comes again, those of its own tenant alone', async () => {
    const [mine, theirs, later] = ['team', 'others', 'team'].map((owner) => scriptedJob(server.ledger, owner));
    for (const job of [mine, theirs, later]) job?.end();
    await Promise.all([mine, theirs, later].map((job) => server.engine.ended(job?.id ?? '')));
    // Something happens after them: what they were is not what the client misses.
    const other = scriptedJob(server.ledger);
    const token = server.token(['submit', 'read']);
    const { stream } = await open(token, '/api/v1/stream');
    const admin = await open(server.token(['admin']), '/api/v1/stream');
    await stream.until((frames) => frames.length === 1);
    await admin.stream.until((frames) => frames.length === 1);
    server.ledger.deleteJob(theirs?.id ?? '');
    expect((await server.call(token, 'DELETE', `/api/v1/jobs/${mine?.id}`)).status).toBe(204);
    other.visit(0);
    const told = (frames: readonly Frame[]) =>
      frames.slice(1).map(({ id, event, data }) => [event, (data as { jobId: string }).jobId, id === '']);
    const visited = ['scan.events.page.visited', other.id, false];
    const removed = (job: typeof mine) => ['removed', job?.id, true];
    const seen = (frames: readonly Frame[]) => frames.some(({ event }) => event === 'scan.events.page.visited');
    expect(told(await stream.until(seen))).toEqual([removed(mine), visited]);
    expect(told(await admin.stream.until(seen))).toEqual([removed(theirs), removed(mine), visited]);
    const last = newest();
    await stream.cancel();
    await admin.stream.cancel();

    server.ledger.deleteJob(later?.id ?? '');
    const again = await open(token, '/api/v1/stream', { 'last-event-id': `${last}` });
    const [first] = await again.stream.until((frames) => frames.length === 1);
    expect([first?.event, first?.data, first?.id]).toEqual(['removed', { jobId: later?.id }, '']);
    await again.stream.cancel();
    const snapshot = await open(token, '/api/v1/stream');
    const list = snapshotOf(await snapshot.stream.until((frames) => frames.length === 1));
    expect(list.jobs.map(({ jobId }) => jobId)).not.toContain(later?.id);
    await snapshot.stream.cancel();
  });

  it('is told that a job is paused and goes on, once each, and others are not', async () => {
    const job = scriptedJob(server.ledger);
    const token = server.token(['submit', 'read']);
    const mine = await open(token, ofJob(job.id));
    const stranger = await open(server.token(['read'], 'others'), '/api/v1/stream');
    await mine.stream.until((frames) => frames.length === 1);
    await stranger.stream.until((frames) => frames.length === 1);
    for (const name of ['pause', 'pause', 'resume'])
      expect((await server.call(token, 'POST', `/api/v1/jobs/${job.id}/${name}`)).status).toBe(200);
    const frames = await mine.stream.until((got) => got.filter(({ event }) => event === 'standing').length === 2);
    expect(frames.filter(({ event }) => event === 'standing').map(({ id, data }) => [id, data])).toEqual([
      ['', { jobId: job.id, paused: true }],
      ['', { jobId: job.id, paused: false }],
    ]);
    scriptedJob(server.ledger, 'others').visit(0);
    const seen = await stranger.stream.until((got) => got.some(({ event }) => event === 'scan.events.page.visited'));
    expect(seen.map(({ event }) => event)).not.toContain('standing');
    await Promise.all([mine.stream.cancel(), stranger.stream.cancel()]);
  });

  it('starts from a snapshot when more jobs were removed than it can be told of', async () => {
    const jobs = Array.from({ length: 501 }, () => scriptedJob(server.ledger));
    for (const job of jobs) {
      job.add(drafts.failed());
      const failed = server.ledger.events(job.id).at(-1);
      if (failed) server.ledger.receive(failed);
    }
    const from = newest();
    scriptedJob(server.ledger);
    for (const job of jobs) server.ledger.deleteJob(job.id);
    const token = server.token(['read']);
    const ask = (position: number) => open(token, '/api/v1/stream', { 'last-event-id': `${position}` });
    const refused = await ask(from);
    expect(refused.response.status).toBe(410);
    await refused.stream.cancel();
    // The snapshot's position can be gone on from, though all of them were removed at it.
    const next = await ask(newest());
    expect(next.response.status).toBe(200);
    await next.stream.until((frames) => frames.filter(({ event }) => event === 'removed').length === 500);
    await next.stream.cancel();
  });

  it('serves late events of a job that is over before it says so', async () => {
    const job = scriptedJob(server.ledger);
    job.add(drafts.failed());
    await server.engine.ended(job.id);
    const from = newest();
    job.visit(0);
    const { stream } = await open(server.token(['read']), ofJob(job.id), { 'last-event-id': `${from}` });
    expect((await stream.toEnd()).map(({ event }) => event)).toEqual(['scan.events.page.visited', 'end']);
  });
});
