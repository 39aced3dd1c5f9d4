import type { CellView, PageView } from '@stageflow/engine/view';
import { describe, expect, it } from 'vitest';
import { cellWords, lookOfCell, pageName, rowsOf, troubles } from './cells.ts';

const NONE = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
const cell = (change: Partial<CellView>): CellView => ({
  scanner: 'axe',
  outcome: 'ok',
  counts: NONE,
  failure: null,
  milliseconds: 1,
  adoptedFrom: null,
  ...change,
});
const page = (change: Partial<PageView>) =>
  ({ pageId: 'p1', url: 'https://example.org/a?b=c', status: 'open', failure: null, cells: [], ...change }) as PageView;
const failure = { code: 'x', sentence: 'The page did not load.', about: null };

describe('the matrix of a job', () => {
  it('names pages by their path, and by their host where that differs', () => {
    expect(pageName('https://example.org/a?b=c', 'https://example.org')).toBe('/a?b=c');
    expect(pageName('https://other.org/', 'https://example.org')).toBe('other.org/');
    expect(pageName('https://example.org/%C3%BCber', 'https://example.org')).toBe('/über');
    expect(pageName('https://example.org/%FF', 'https://example.org')).toBe('/%FF');
    expect(pageName('nonsense', 'https://example.org')).toBe('nonsense');
  });

  it('has the site as its last row once something was said about it', () => {
    const pages = [page({}), page({ pageId: 'p2' })];
    expect(rowsOf({ pages, siteCells: [] }).map(({ pageId }) => pageId)).toEqual(['p1', 'p2']);
    expect(rowsOf({ pages, siteCells: [cell({})] }).at(-1)).toMatchObject({ pageId: '_site', name: 'The whole site' });
  });

  it.each([
    [page({ status: 'waiting' }), 'waiting'],
    [page({}), 'running'],
    [page({ status: 'failed' }), 'not asked for'],
    [page({ cells: [cell({})] }), 'nothing found'],
    [page({ cells: [cell({ outcome: 'timeout' })] }), 'timed out'],
    [page({ cells: [cell({ counts: { ...NONE, minor: 2, serious: 1, review: 4 } })] }), '7 found, worst serious'],
  ])('tells cells apart', (one, words) => {
    const [row] = rowsOf({ pages: [one], siteCells: [] });
    expect(row && cellWords(lookOfCell(row, 'axe', false))).toBe(words);
  });

  it('never says of a job that is over that something of it still runs', () => {
    const [row] = rowsOf({ pages: [page({})], siteCells: [] });
    expect(row && lookOfCell(row, 'axe', true)).toEqual({ kind: 'none' });
  });

  it('says why parts are missing, the most frequent reason first', () => {
    const pages = [
      page({ status: 'failed', failure }),
      page({
        cells: [
          cell({ outcome: 'failed', failure }),
          cell({ outcome: 'timeout', failure: { ...failure, sentence: 'It took too long.' } }),
        ],
      }),
    ];
    expect(troubles({ pages, siteCells: [] })).toEqual([
      { sentence: 'The page did not load.', count: 2 },
      { sentence: 'It took too long.', count: 1 },
    ]);
  });
});
