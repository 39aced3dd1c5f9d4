import { describe, expect, it } from 'vitest';
import { etaOf, etaWords } from './eta.ts';

const view = (cellsDone: number, cellsKnown: number, state = 'SCANNING') =>
  ({ state, startedAt: 0, progress: { pagesDone: 0, pagesKnown: 0, cellsDone, cellsKnown } }) as Parameters<
    typeof etaOf
  >[0];

describe('how long it may still take', () => {
  it('is not guessed before anything is known', () => {
    expect(etaOf(view(4, 100), 60_000)).toBeNull();
    expect(etaOf(view(50, 100, 'COMPLETING'), 60_000)).toBeNull();
    expect(etaOf(view(100, 100), 60_000)).toBeNull();
  });

  it('is a range around the pace so far, that closes as the work is done', () => {
    const early = etaOf(view(10, 100), 60_000);
    const late = etaOf(view(90, 100), 540_000);
    expect(early).toEqual({ low: 540_000 * 0.55, high: 540_000 * 1.9 + 10_000 });
    const width = (eta: typeof early) => (eta?.high ?? 0) / (eta?.low ?? 1);
    expect(width(late)).toBeLessThan(width(early));
  });

  it('is told in minutes, and in steps of ten seconds where it is short', () => {
    expect(etaWords({ low: 130_000, high: 290_000 })).toBe('2 to 5 min left');
    expect(etaWords({ low: 170_000, high: 190_000 })).toBe('about 3 min left');
    expect(etaWords({ low: 10_000, high: 30_000 })).toBe('10 to 30 s left');
    expect(etaWords({ low: 1_000, high: 12_000 })).toBe('up to 10 s left');
    expect(etaWords({ low: 20_000, high: 110_000 })).toBe('up to 2 min left');
  });
});
