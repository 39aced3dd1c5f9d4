import { describe, expect, it } from 'vitest';
import { checkEvent, type JobState } from '../../engine/event/index.ts';
import { legalEdges, nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { canonicalJson, reduceAll } from '../../engine/view/index.ts';
import { HISTORIES, replayInto } from './histories.ts';

/** States that each story must pass, in order: what a stranger can check against the table in docs/reference. */
const STATES: Readonly<Record<string, readonly JobState[]>> = {
  zip: ['PENDING', 'EXTRACTING', 'READY_TO_SCAN', 'SCANNING', 'COMPLETING', 'DONE'],
  urls: ['PENDING', 'READY_TO_SCAN', 'SCANNING', 'COMPLETING', 'DONE'],
  'refused-archive': ['PENDING', 'EXTRACTING', 'FAILED'],
  'crashed-pod': ['PENDING', 'READY_TO_SCAN', 'SCANNING', 'COMPLETING', 'DONE'],
  cancelled: ['PENDING', 'READY_TO_SCAN', 'SCANNING', 'FAILED'],
  // Pods that die six times do not come to order, so this one was told by the simulation's.
  'failed-scan': ['PENDING', 'READY_TO_SCAN', 'SCANNING', 'FAILED'],
};

describe('a recorded history', () => {
  it('is there for every path', () => {
    expect(HISTORIES.map((h) => h.story).toSorted()).toEqual(Object.keys(STATES).toSorted());
  });

  it.each(HISTORIES)('of $story replays through the state machine to the recorded end', (history) => {
    const { story, state, failureCode } = history;
    const ledger = openLedger({ path: ':memory:', clock: systemClock, nextState });
    const passed: JobState[] = [];
    const jobId = replayInto(ledger, history, (id) => {
      const now = ledger.job(id)?.state;
      if (now !== undefined && now !== passed.at(-1)) passed.push(now);
    });
    expect(passed).toEqual(STATES[story]);
    expect(ledger.job(jobId)).toMatchObject({ state, failureCode });
    const edges = new Set(legalEdges().map(({ from, to }) => `${from} -> ${to}`));
    for (let n = 1; n < passed.length; n += 1) expect(edges).toContain(`${passed[n - 1]} -> ${passed[n]}`);
    ledger.close();
  });

  it.each(HISTORIES)(
    'of $story is read by this version, and folds to the same view in one go as step by step',
    ({ events }) => {
      for (const event of events) expect(checkEvent(event)).toEqual(event);
      const atOnce = reduceAll(null, events);
      let stepwise: typeof atOnce = null;
      for (const event of events) stepwise = reduceAll(stepwise, [event, event]);
      expect(canonicalJson(stepwise)).toBe(canonicalJson(atOnce));
    },
  );
});
