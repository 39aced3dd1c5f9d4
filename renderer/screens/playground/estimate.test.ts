import { describe, expect, it } from 'vitest';
import { costOf, costWords, totalOf } from './estimate.ts';

const AXE = { lane: 'page', costSeconds: 0.5 } as const;
const LIGHTHOUSE = { lane: 'machine', costSeconds: 7 } as const;

describe('what a scan will cost', () => {
  it('grows with the pages for modules that look at every page', () => {
    expect(costOf(AXE, { pages: [40, 40], sample: 'template', lighthouseRuns: 1 })).toEqual({ low: 20, high: 20 });
  });
  it('is that of a page per template for the module that owns the machine, times its runs', () => {
    expect(costOf(LIGHTHOUSE, { pages: [1, 200], sample: 'template', lighthouseRuns: 3 })).toEqual({
      low: 21,
      high: 252,
    });
  });
  it('is that of every page when that is asked for', () => {
    expect(costOf(LIGHTHOUSE, { pages: [50, 50], sample: 'all', lighthouseRuns: 3 })).toEqual({
      low: 1050,
      high: 1050,
    });
  });
  it('is told as a range, roughly', () => {
    expect(costWords(totalOf([AXE, LIGHTHOUSE], { pages: [1, 100], sample: 'template', lighthouseRuns: 1 }))).toBe(
      'up to 4 min',
    );
    expect(costWords({ low: 0.4, high: 0.9 })).toBe('under 1 s');
    expect(costWords({ low: 1050, high: 1050 })).toBe('about 18 min');
  });
});
