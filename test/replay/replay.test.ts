import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkEvent, type JobState, movesOnReceive, type StageflowEvent } from '../../engine/event/index.ts';
import { legalEdges, nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { canonicalJson, reduceAll } from '../../engine/view/index.ts';

interface History {
  readonly story: string;
  readonly state: JobState;
  readonly failureCode: string | null;
  readonly events: readonly StageflowEvent[];
}

const FOLDER = join(import.meta.dirname, 'histories');
const HISTORIES = readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as History);

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

  it.each(HISTORIES)(
    'of $story replays through the state machine to the recorded end',
    ({ story, state, failureCode, events }) => {
      const ledger = openLedger({ path: ':memory:', clock: systemClock, nextState });
      const [first, ...rest] = events;
      if (first?.type !== 'jobs.events.created') throw new Error('a history begins with its job');
      const passed: JobState[] = ['PENDING'];
      const see = () => {
        const now = ledger.job(first.jobId)?.state;
        if (now !== undefined && now !== passed.at(-1)) passed.push(now);
      };
      ledger.createJob({ id: first.jobId, spec: first.data.spec, parent: null });
      ledger.receive(first);
      see();
      for (const event of rest) {
        while ((ledger.job(first.jobId)?.attempt ?? 0) < event.attempt) ledger.raiseAttempt(first.jobId);
        const key = event.id.slice(`${event.jobId}:${event.type}:`.length);
        ledger.append(first.jobId, event.attempt, [
          { type: event.type, key, data: event.data, cause: event.cause } as Parameters<
            typeof ledger.append
          >[2][number],
        ]);
        see();
        if (movesOnReceive(event.type)) {
          ledger.receive(event);
          see();
        }
      }
      expect(passed).toEqual(STATES[story]);
      expect(ledger.job(first.jobId)).toMatchObject({ state, failureCode });
      const edges = new Set(legalEdges().map(({ from, to }) => `${from} -> ${to}`));
      for (let n = 1; n < passed.length; n += 1) expect(edges).toContain(`${passed[n - 1]} -> ${passed[n]}`);
      ledger.close();
    },
  );

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
