import { describe, expect, it } from 'vitest';
import { band, median, moduleScores, moduleValue } from './score.ts';
import { manifest } from './test/job.ts';

const scored = manifest('module', { scores: { a: { title: 'A', weight: 1 }, b: { title: 'B', weight: 0.5 } } });

describe('scores', () => {
  it.each([
    [100, 'good'],
    [90, 'good'],
    [89.5, 'good'],
    [89.4, 'needs work'],
    [50, 'needs work'],
    [49.4, 'poor'],
    [0, 'poor'],
    [null, null],
  ] as const)('calls %s %s', (value, word) => {
    expect(band(value)).toBe(word);
  });

  it.each([
    [[], null],
    [[7], 7],
    [[9, 1, 5], 5],
    [[1, 2, 3, 10], 2.5],
  ] as const)('finds the median of %j', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  it('is null with a reason where nothing was measured, never 0', () => {
    const [a, b] = moduleScores(scored, [{ pageId: 'p', score: { id: 'a', value: null } }], 'Nobody looked.');
    expect(a).toMatchObject({ value: null, band: null, spread: null, reason: 'It could not be measured on any page.' });
    expect(b).toMatchObject({ value: null, reason: 'Nobody looked.' });
    expect(moduleValue(scored, a && b ? [a, b] : [])).toEqual({
      value: null,
      reason: 'A: It could not be measured on any page.',
    });
  });

  it('leaves pages without a value out of median and spread', () => {
    const given = [null, 40, 60].map((value, i) => ({ pageId: `p${i}`, score: { id: 'a', value } }));
    expect(moduleScores(scored, given, '')[0]).toMatchObject({ value: 50, band: 'needs work', spread: [40, 60] });
  });

  it('weighs the scores of a module, and has no number when one of them is missing', () => {
    const scores = (b: number | null) =>
      moduleScores(
        scored,
        [
          { pageId: 'p', score: { id: 'a', value: 100 } },
          { pageId: 'p', score: { id: 'b', value: b } },
        ],
        '',
      );
    expect(moduleValue(scored, scores(70)).value).toBe(90);
    expect(moduleValue(scored, scores(null)).value).toBeNull();
    expect(moduleValue(scored, []).reason).toBe('This module gives findings, not a number.');
  });
});
