import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nextState } from '../../engine/fsm/index.ts';
import { pageIdOf } from '../../engine/kernel/index.ts';
import { type EventDraft, type Ledger, openLedger } from '../../engine/ledger/index.ts';
import { withRawFile } from '../../engine/ledger/test/raw-file.ts';
import { project, projectJson, projectSummary } from '../../engine/run/project.ts';
import { canonicalJson, reduceAll, summaryOf } from '../../engine/view/index.ts';
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

it('gives the line of a list without a look at the whole view, running or ended', () => {
  const real = openLedger({ path: ':memory:', clock: createVirtualClock(), nextState });
  let looks = 0;
  const ledger: Ledger = { ...real, view: (...args) => ((looks += 1), real.view(...args)) };
  const line = () => {
    const view = reduceAll(null, real.events(JOB));
    return view && summaryOf(view);
  };
  real.receive(real.createJob({ id: JOB, spec: specOf('urls'), parent: null }));
  expect(projectSummary(ledger, JOB)).toEqual(line());
  expect(looks).toBe(1);
  const failure = { code: 'cancelled', sentence: 'It was cancelled.', about: null };
  real.append(JOB, 1, [{ type: 'jobs.events.failed', key: '', cause: null, data: { failure, report: null } }]);
  for (let n = 0; n < 3; n += 1) expect(projectSummary(ledger, JOB)).toEqual(line());
  expect(looks).toBe(1);
  expect(projectSummary(ledger, 'nobody')).toBeNull();
  const whole = canonicalJson(reduceAll(null, real.events(JOB)));
  expect(projectJson(ledger, JOB)).toBe(whole);
  const older = whole.replace(/"version":\d+}$/, '"version":1}');
  ledger.saveView(JOB, { json: older, summary: '{}', seq: real.job(JOB)?.seq ?? 0 });
  expect(JSON.parse(projectJson(ledger, JOB) ?? '')).toEqual(reduceAll(null, real.events(JOB)));
  expect(projectJson(ledger, 'nobody')).toBeNull();
});

it('stores the line of a job whose view an earlier release stored alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lines-'));
  const path = join(folder, 'ledger.db');
  try {
    const old = openLedger({ path, clock: createVirtualClock(), nextState });
    old.receive(old.createJob({ id: JOB, spec: specOf('urls'), parent: null }));
    const whole = project(old, JOB);
    old.close();
    withRawFile(path, (file) => file.exec('UPDATE views SET summary = NULL'));
    const ledger = openLedger({ path, clock: createVirtualClock(), nextState });
    expect(projectSummary(ledger, JOB)).toEqual(whole && summaryOf(whole));
    expect(ledger.viewSummary(JOB)?.seq).toBe(whole?.seq);
    ledger.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
