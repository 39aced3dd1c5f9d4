import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { project, rebuildViews } from '../../engine/run/project.ts';
import { canonicalJson, reduceAll } from '../../engine/view/index.ts';
import { HISTORIES, replayInto } from './histories.ts';

const open = () => openLedger({ path: ':memory:', clock: systemClock, nextState });

describe('the status projection', () => {
  it.each(HISTORIES)(
    'S7 of $story stores, however its deliveries come, what is rebuilt from zero, byte for byte',
    (history) => {
      // Each delivery names a job and nothing else that is used: late, early, double and lost ones differ in when they come.
      const deliveries = fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: 1, maxLength: 50 });
      fc.assert(
        fc.property(deliveries, (times) => {
          const ledger = open();
          let step = 0;
          const jobId = replayInto(ledger, history, (id) => {
            for (let n = times[step % times.length] ?? 0; n > 0; n -= 1) project(ledger, id);
            step += 1;
          });
          project(ledger, jobId);
          const stored = ledger.view(jobId);
          expect(rebuildViews(ledger)).toEqual({ jobs: 1, drifted: [] });
          expect(ledger.view(jobId)).toEqual(stored);
          expect(stored).toEqual({
            json: canonicalJson(reduceAll(null, ledger.events(jobId))),
            seq: ledger.job(jobId)?.seq,
          });
          ledger.close();
        }),
        { numRuns: 25 },
      );
    },
  );

  it('names the jobs whose stored view was not what their events tell, and mends them', () => {
    const ledger = open();
    const jobs = HISTORIES.map((history) => replayInto(ledger, history, (id) => void project(ledger, id)));
    const [broken, missing] = jobs as [string, string];
    const whole = new Map(jobs.map((id) => [id, ledger.view(id)]));
    ledger.saveView(broken, { json: '{"version":1}', summary: '{"version":1}', seq: ledger.job(broken)?.seq ?? 0 });
    ledger.saveView(missing, { json: 'not even JSON', summary: '', seq: ledger.job(missing)?.seq ?? 0 });
    const rebuilt = rebuildViews(ledger);
    expect(rebuilt.jobs).toBe(HISTORIES.length);
    expect(rebuilt.drifted.toSorted()).toEqual([broken, missing].toSorted());
    for (const id of jobs) expect(ledger.view(id)).toEqual(whole.get(id));
    expect(rebuildViews(ledger).drifted).toEqual([]);
    ledger.close();
  });

  it('does not take a view that merely lags for a wrong one', () => {
    const ledger = open();
    const [history] = HISTORIES;
    if (!history) throw new Error('there are histories');
    let steps = 0;
    const jobId = replayInto(ledger, history, (id) => {
      steps += 1;
      if (steps === 1) project(ledger, id);
    });
    expect(ledger.view(jobId)?.seq).toBeLessThan(ledger.job(jobId)?.seq ?? 0);
    expect(rebuildViews(ledger)).toEqual({ jobs: 1, drifted: [] });
    expect(ledger.view(jobId)?.seq).toBe(ledger.job(jobId)?.seq);
    ledger.close();
  });
});
