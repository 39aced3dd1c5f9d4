import { silentLog, systemClock } from '@stageflow/engine/kernel';
import { describe, expect, it } from 'vitest';
import { newsOf } from '../notifications.ts';
import { endedSince, type JobLine } from './line.ts';
import { watchJobs } from './watch.ts';

const job = (id: string, more: Partial<JobLine> = {}): JobLine => ({
  id,
  state: 'SCANNING',
  source: 'shop.zip',
  label: null,
  progress: { cellsDone: 0, cellsKnown: 0, pagesDone: 0, pagesKnown: 0 },
  totals: { critical: 0, serious: 0, moderate: 0, minor: 0 },
  verdict: null,
  failure: null,
  paused: false,
  waiting: false,
  ...more,
});
const done = (id: string) => job(id, { state: 'DONE', verdict: 'complete' });

describe('jobs that ended', () => {
  it('are news once, the earliest first', () => {
    expect(endedSince([job('b'), job('a')], [done('b'), done('a')]).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(endedSince([done('b'), done('a')], [done('b'), done('a')])).toEqual([]);
  });

  it('are no news at the first look, when nobody knows what the person has seen', () => {
    expect(endedSince(null, [done('a')])).toEqual([]);
  });

  it('are news when they began and ended between two looks, and when they were the first ever', () => {
    expect(endedSince([job('a')], [done('b'), job('a')]).map(({ id }) => id)).toEqual(['b']);
    expect(endedSince([], [done('a')]).map(({ id }) => id)).toEqual(['a']);
  });

  it('are no news when they only came into view because newer ones were removed', () => {
    expect(endedSince([job('c'), job('b')], [job('b'), done('a')])).toEqual([]);
  });
});

describe('a notification', () => {
  const both = { notifyDone: true, notifyFailed: true };

  it('says what was found and leads to the report', () => {
    const totals = { critical: 2, serious: 1, moderate: 3, minor: 4 };
    expect(newsOf({ ...done('a'), totals }, both)).toEqual({
      title: 'shop.zip is done',
      body: 'Found: 2 critical, 1 serious, 7 smaller. Open the report.',
      path: '/scan/a/report',
    });
    expect(newsOf({ ...done('a'), label: 'Release 7', verdict: 'incomplete' }, both)).toMatchObject({
      title: 'Release 7 is done, but incomplete',
      body: 'Nothing was found. Open the report.',
    });
  });

  it('says why a scan failed and leads to it, and is silent for one that the person cancelled', () => {
    const failed = (code: string) => job('a', { state: 'FAILED', failure: { code, sentence: 'It is no ZIP.' } });
    expect(newsOf(failed('not_a_zip'), both)).toEqual({
      title: 'shop.zip failed',
      body: 'It is no ZIP.',
      path: '/scan/a',
    });
    expect(newsOf(failed('cancelled'), both)).toBeNull();
  });

  it('is left out where it is not wanted', () => {
    expect(newsOf(done('a'), { ...both, notifyDone: false })).toBeNull();
    expect(newsOf(job('a', { state: 'FAILED' }), { ...both, notifyFailed: false })).toBeNull();
  });
});

describe('the watch over jobs', () => {
  it('looks when the stream begins and when something happens, and comes back after the engine was away', async () => {
    let jobs = [job('a')];
    let say: (text: string) => void = () => {};
    let lose: () => void = () => {};
    const looks: string[] = [];
    const stop = new AbortController();
    const watched = watchJobs({
      clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) },
      log: silentLog,
      stop: stop.signal,
      look: (seen) => looks.push(seen.map(({ id, state }) => `${id} ${state}`).join()),
      fetch: async (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === '/api/v1/jobs') return Response.json({ jobs, next: null });
        return new Response(
          new ReadableStream<Uint8Array>({
            start: (controller) => {
              say = (text) => controller.enqueue(new TextEncoder().encode(text));
              lose = () => controller.error(new Error('the engine died'));
              request.signal.addEventListener('abort', () => controller.error(request.signal.reason));
            },
          }),
        );
      },
    });
    await expect.poll(() => looks, { timeout: 15_000 }).toEqual(['a SCANNING']);
    jobs = [done('a')];
    say('id: 1\nevent: jobs.events.completed\ndata: {}\n\n');
    await expect.poll(() => looks.at(-1), { timeout: 15_000 }).toBe('a DONE');
    jobs = [job('b'), done('a')];
    lose();
    await expect.poll(() => looks.at(-1), { timeout: 15_000 }).toBe('b SCANNING,a DONE');
    stop.abort();
    await watched;
  });
});
