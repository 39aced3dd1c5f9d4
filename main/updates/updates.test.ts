import { type Clock, silentLog } from '@stageflow/engine/kernel';
import { describe, expect, it } from 'vitest';
import { offeredUpdate, updateStep } from './decide.ts';
import { openUpdates } from './keep.ts';

const HOUR = 3_600_000;

describe('a newer version', () => {
  it('is asked for when nothing is scanned, every six hours, and only by those who want it', () => {
    const never = { ready: null, asked: null };
    expect(updateStep(never, 0, 0, true)).toBe('ask');
    expect(updateStep(never, 0, 1, true)).toBe('nothing');
    expect(updateStep(never, 0, 0, false)).toBe('nothing');
    expect(updateStep({ ready: null, asked: 0 }, 6 * HOUR - 1, 0, true)).toBe('nothing');
    expect(updateStep({ ready: null, asked: 0 }, 6 * HOUR, 0, true)).toBe('ask');
    expect(updateStep({ ready: '0.2.0', asked: 0 }, 9 * HOUR, 0, true)).toBe('nothing');
  });

  it('is offered when no scan is open, paused ones included', () => {
    expect(offeredUpdate({ ready: '0.2.0', asked: 0 }, 0)).toBe('0.2.0');
    expect(offeredUpdate({ ready: '0.2.0', asked: 0 }, 1)).toBeNull();
    expect(offeredUpdate({ ready: null, asked: 0 }, 0)).toBeNull();
  });

  it('takes over when the person chose it and everything has ended, never by itself and never during a scan', () => {
    const done: string[] = [];
    let ready: (version: string) => void = () => {};
    let jobs = { running: 1, open: 1 };
    const clock: Clock = { now: () => 0, sleep: async () => {}, after: () => ({ cancel: () => {} }) };
    const updates = openUpdates({
      updater: {
        ask: async () => void done.push('ask'),
        onReady: (tell) => (ready = tell),
        install: () => void done.push('install'),
      },
      clock,
      log: silentLog,
      isWanted: () => true,
      jobs: () => jobs,
      onChange: () => void done.push('changed'),
    });
    updates.jobsChanged();
    expect(done).toEqual([]);
    jobs = { running: 0, open: 0 };
    updates.jobsChanged();
    ready('0.2.0');
    expect([updates.offered, updates.takeOver()]).toEqual(['0.2.0', false]);
    jobs = { running: 1, open: 1 };
    updates.choose();
    jobs = { running: 0, open: 0 };
    expect(updates.takeOver()).toBe(false);
    updates.choose();
    expect(updates.takeOver()).toBe(true);
    expect(done).toEqual(['ask', 'changed', 'install']);
  });

  it('is given up while it is downloaded when a scan begins, and asked for again when none runs', async () => {
    const asked: AbortSignal[] = [];
    let jobs = { running: 0, open: 0 };
    const updates = openUpdates({
      updater: {
        ask: (ended) => {
          asked.push(ended);
          return new Promise((_, reject) => ended.addEventListener('abort', () => reject(new Error('cancelled'))));
        },
        onReady: () => {},
        install: () => {},
      },
      clock: { now: () => 0, sleep: async () => {}, after: () => ({ cancel: () => {} }) },
      log: silentLog,
      isWanted: () => true,
      jobs: () => jobs,
      onChange: () => {},
    });
    const seen = () => asked.map(({ aborted }) => aborted);
    updates.jobsChanged();
    expect(seen()).toEqual([false]);
    jobs = { running: 1, open: 1 };
    updates.jobsChanged();
    updates.jobsChanged();
    expect(seen()).toEqual([true]);
    jobs = { running: 0, open: 0 };
    updates.jobsChanged();
    expect(seen()).toEqual([true, false]);
    updates.stop();
    expect(seen()).toEqual([true, true]);
  });

  it('is nothing to an app that runs from a clone', () => {
    const updates = openUpdates({
      updater: null,
      clock: { now: () => 0, sleep: async () => {}, after: () => ({ cancel: () => {} }) },
      log: silentLog,
      isWanted: () => true,
      jobs: () => ({ running: 0, open: 0 }),
      onChange: () => {},
    });
    updates.jobsChanged();
    updates.choose();
    expect([updates.offered, updates.takeOver()]).toEqual([null, false]);
  });
});
