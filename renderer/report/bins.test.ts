import { describe, expect, it } from 'vitest';
import { binsOf } from './bins.ts';

const rows = (pages: readonly number[]) =>
  binsOf(pages.map((n) => ({ pages: n, mark: 'minor' }))).map((b) => [b.name, b.causes]);

describe('the bins of pages', () => {
  it.each([
    [
      [1, 1, 2, 3, 9, 10],
      [
        ['1 page', 2],
        ['2 to 3 pages', 2],
        ['4 to 9 pages', 1],
        ['10 to 29 pages', 1],
      ],
    ],
    [
      [0, 1],
      [
        ['whole site', 1],
        ['1 page', 1],
      ],
    ],
    [
      [1000, 5000],
      [
        ['1 page', 0],
        ['2 to 3 pages', 0],
        ['4 to 9 pages', 0],
        ['10 to 29 pages', 0],
        ['30 to 99 pages', 0],
        ['100 to 299 pages', 0],
        ['300 to 999 pages', 0],
        ['1,000 or more', 2],
      ],
    ],
  ])('of %j', (pages, bins) => expect(rows(pages)).toEqual(bins));
  it('count every cause once', () => {
    const pages = Array.from({ length: 400 }, (_, i) => i * 7);
    expect(binsOf(pages.map((n) => ({ pages: n, mark: 'info' }))).reduce((sum, b) => sum + b.counts.info, 0)).toBe(400);
  });
});
