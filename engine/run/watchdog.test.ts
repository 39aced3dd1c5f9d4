import { describe, expect, it } from 'vitest';
import { JOB_STATES, TERMINAL } from '../event/index.ts';
import { overdue } from './watchdog.ts';

const HOUR = 3_600_000;

describe('a job without progress', () => {
  it.each(JOB_STATES.filter((state) => !TERMINAL.has(state)))('S2 ends with a code in %s', (state) => {
    expect(overdue(state, 10 * 60_000)).toBeNull();
    expect(overdue(state, HOUR)?.message).not.toMatch(/\{|undefined/);
  });

  it.each([...TERMINAL])('S2 has nothing more to fear in %s', (state) => {
    expect(overdue(state, 1000 * HOUR)).toBeNull();
  });

  it('says what to look at: the pod while it scans, the store while it reports', () => {
    expect(overdue('SCANNING', HOUR)?.code).toBe('pod_silent');
    expect(overdue('COMPLETING', HOUR)?.code).toBe('storage');
  });
});
