import { expect, it, describe } from 'vitest';
import type { StageflowEvent } from '@stageflow/engine/event';
import type { JobView } from '@stageflow/engine/view';
import { createFold } from './fold.ts';

const JOB = '01JAAAAAAAAAAAAAAAAAAAAAAA';

function event(seq: number, type: string, data: unknown): StageflowEvent {
  return {
    id: `${seq}`,
    seq,
    time: seq,
    jobId: JOB,
    attempt: 1,
    cause: null,
    version: 1,
    type,
    data,
  } as StageflowEvent;
}

const spec = {
  source: { kind: 'urls', urls: ['https://example.org/'], mode: 'crawl' },
  modules: [{ id: 'axe', options: {} }],
  pages: { max: 10, depth: 3, robots: true, sitemap: true, sample: 'template' },
  device: 'desktop',
  isolation: 'pod',
  siteUrl: null,
  label: null,
  parent: null,
};
const pageOf = (n: number) => ({
  pageId: `p${n}`,
  url: `https://example.org/${n}`,
  depth: 0,
  place: n,
  via: 'entry',
  from: null,
});
const history = (pages: number) => [
  event(1, 'jobs.events.created', { spec }),
  ...Array.from({ length: pages }, (_, n) => event(n + 2, 'scan.events.page.discovered', pageOf(n))),
];

/** A clock that goes on by itself a little with each look, and runs what was planned when told to. */
function world() {
  let now = 0;
  const planned: (() => void)[] = [];
  return {
    now: () => (now += 0.01),
    later: (run: () => void, ms: number) => {
      planned.push(() => {
        now += ms;
        run();
      });
    },
    turns: () => {
      let turns = 0;
      for (let run = planned.shift(); run; run = planned.shift()) {
        turns += 1;
        run();
      }
      return turns;
    },
  };
}

describe('folding live events', () => {
  it('shows what the same history gives in one go, however the events come', () => {
    const surroundings = world();
    const seen: (JobView | null)[] = [];
    const fold = createFold((view) => seen.push(view), surroundings);
    fold.start(null);
    for (const one of history(30)) fold.add([one]);
    surroundings.turns();
    expect(seen.at(-1)).toMatchObject({ jobId: JOB, seq: 31, state: 'SCANNING', progress: { pagesKnown: 30 } });
  });

  it('gives the browser its turn within a burst, and shows few pictures of it', () => {
    const surroundings = world();
    let pictures = 0;
    const fold = createFold(() => (pictures += 1), surroundings);
    fold.add(history(5000));
    expect(surroundings.turns()).toBeGreaterThan(3);
    expect(pictures).toBe(1);
  });

  it('tells the events since the last picture, each once', () => {
    const surroundings = world();
    const told: number[] = [];
    const fold = createFold((_, events) => told.push(...events.map(({ seq }) => seq)), surroundings);
    fold.add(history(3));
    surroundings.turns();
    fold.add([event(5, 'scan.events.page.discovered', pageOf(9))]);
    surroundings.turns();
    expect(told).toEqual([1, 2, 3, 4, 5]);
  });

  it('starts again from a snapshot, and is silent once stopped', () => {
    const surroundings = world();
    const seen: (number | undefined)[] = [];
    const fold = createFold((view) => seen.push(view?.seq), surroundings);
    fold.add(history(3));
    fold.start(null);
    surroundings.turns();
    fold.stop();
    fold.add(history(3));
    surroundings.turns();
    expect(seen).toEqual([undefined, undefined]);
  });
});
