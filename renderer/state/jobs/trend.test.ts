import { describe, expect, it } from 'vitest';
import type { JobSummary } from '../../api/schema.ts';
import { onlySite, trendOf } from './trend.ts';

const run = (serious: number, rest: Partial<JobSummary> = {}) => ({
  source: 'shop.zip',
  state: 'DONE' as const,
  verdict: 'complete' as const,
  startedAt: 1_000_000,
  totals: { critical: 1, serious, moderate: 0, minor: 2, info: 50, review: 70 },
  ...rest,
});

describe('the trend over runs', () => {
  it('counts faults, not notes and reviews, oldest first', () => {
    expect(trendOf([run(0), run(4)]).map(({ value }) => value)).toEqual([7, 3]);
  });

  it('leaves out runs that are not done, and has a gap where one is incomplete', () => {
    const runs = [
      run(1),
      run(2, { state: 'SCANNING' }),
      run(3, { verdict: 'incomplete' }),
      run(4, { state: 'FAILED' }),
    ];
    expect(trendOf(runs).map(({ value }) => value)).toEqual([null, 4]);
  });

  it('is of one site', () => {
    expect(onlySite([run(1), run(2)])).toBe('shop.zip');
    expect(onlySite([run(1), run(2, { source: 'docs.zip' })])).toBeNull();
    expect(onlySite([])).toBeNull();
  });
});
