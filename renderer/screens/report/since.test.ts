import { describe, expect, it } from 'vitest';
import { earlierRun, runsUpTo } from './since.ts';

const run = (id: string, source: string) => ({ id, source, startedAt: 0 });

describe('the run that a report is compared with', () => {
  const runs = [run('4', 'shop.zip'), run('3', 'docs.zip'), run('2', 'shop.zip'), run('1', 'shop.zip')];

  it('is the latest earlier one of the same site', () => {
    expect(earlierRun(runs, '4')?.id).toBe('2');
    expect(earlierRun(runs, '2')?.id).toBe('1');
  });

  it('is none for the first of its site, and for a run that is not in the list', () => {
    expect(earlierRun(runs, '1')).toBeUndefined();
    expect(earlierRun(runs, '3')).toBeUndefined();
    expect(earlierRun(runs, '9')).toBeUndefined();
  });

  it('ends the line of runs of its site with itself', () => {
    expect(runsUpTo(runs, '2').map(({ id }) => id)).toEqual(['2', '1']);
  });
});
