import { expect, it } from 'vitest';
import { nextState } from '../../engine/fsm/index.ts';
import { pageIdOf } from '../../engine/kernel/index.ts';
import { type EventDraft, type Ledger, openLedger } from '../../engine/ledger/index.ts';
import { project } from '../../engine/run/project.ts';
import { canonicalJson, reduceAll } from '../../engine/view/index.ts';
import { specOf } from '../conformance/events.ts';
import { createVirtualClock } from './virtual-clock.ts';

const JOB = '01sjm000000000000000000001';
const PAGES = 600;

it('stores the view of a large site once in a while, and whole at the end', () => {
  const real = openLedger({ path: ':memory:', clock: createVirtualClock(), nextState });
  let saves = 0;
  const ledger: Ledger = { ...real, saveView: (...args) => ((saves += 1), real.saveView(...args)) };
  const append = (type: string, key: string, data: object) =>
    real.append(JOB, 1, [{ type, key, cause: null, data } as EventDraft]);
  real.receive(real.createJob({ id: JOB, spec: specOf('urls'), parent: null }));
  for (let place = 0; place < PAGES; place += 1) {
    const url = `https://shop.example/${place}`;
    const pageId = pageIdOf(url);
    append('scan.events.page.discovered', pageId, { pageId, url, depth: 1, place, via: 'link', from: null });
    expect(project(ledger, JOB)?.pages).toHaveLength(place + 1);
  }
  expect(saves).toBeLessThan(PAGES / 2);
  const lagging = real.view(JOB);
  expect(lagging?.json).toBe(canonicalJson(reduceAll(null, real.events(JOB).slice(0, lagging?.seq))));

  append('jobs.events.failed', '', {
    failure: { code: 'cancelled', sentence: 'It was cancelled.', about: null },
    report: null,
  });
  project(ledger, JOB);
  expect(real.view(JOB)).toEqual({
    json: canonicalJson(reduceAll(null, real.events(JOB))),
    seq: real.job(JOB)?.seq,
  });
});
