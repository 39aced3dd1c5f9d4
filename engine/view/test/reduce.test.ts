import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createdEvent, drafts, eventOf, goodScan, page } from '../../../test/conformance/events.ts';
import type { StageflowEvent } from '../../event/index.ts';
import { canonicalJson, type JobView, reduce, reduceAll } from '../index.ts';

type EventDraft = Parameters<typeof eventOf>[1];

const history = (kind: 'zip' | 'urls', ...after: EventDraft[]): StageflowEvent[] => [
  createdEvent('j', kind),
  ...after.map((draft, at) => eventOf('j', draft, at + 2, 2_000 + at)),
];
const fold = (events: readonly StageflowEvent[]) => reduceAll(null, events) as JobView;

describe('the view of a job', () => {
  it('shows a good scan from its first page to its report', () => {
    const causes = { critical: 0, serious: 1, moderate: 0, minor: 0, info: 0, review: 2 };
    const view = fold(history('urls', ...goodScan(2), drafts.done(causes)));
    expect(view).toMatchObject({
      state: 'DONE',
      verdict: 'complete',
      totals: causes,
      progress: { pagesDone: 2, pagesScanned: 2, pagesKnown: 2, cellsDone: 5, cellsKnown: 5 },
      skipped: [{ reason: 'robots', count: 1 }],
      report: { key: 'j/report.json' },
    });
    expect(view.pages.map((one) => [one.url, one.status, one.title, one.cells.map((cell) => cell.scanner)])).toEqual([
      ['https://shop.example/0', 'scanned', 'Page 0', ['axe', 'seo']],
      ['https://shop.example/1', 'scanned', 'Page 1', ['axe', 'seo']],
    ]);
    expect(view.siteCells.map((cell) => cell.scanner)).toEqual(['seo']);
  });

  it('tells what modules said until the job is done, then the causes that its report counts, whatever comes late', () => {
    const causes = { critical: 1, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
    const scan = [drafts.discovered(0), drafts.cell(page(0), 'axe'), drafts.cell(page(0), 'seo')];
    expect(fold(history('urls', ...scan)).totals.serious).toBe(2);
    expect(fold(history('urls', ...scan, drafts.done(causes))).totals).toEqual(causes);
    expect(fold(history('urls', ...scan, drafts.done(causes), drafts.cell('_site', 'seo'))).totals).toEqual(causes);
  });

  it('keeps pages in the order of the crawl, however they were found', () => {
    const view = fold(
      history('urls', drafts.discovered(3), drafts.discovered(0), drafts.discovered(2), drafts.discovered(1)),
    );
    expect(view.pages.map((one) => one.pageId)).toEqual([page(0), page(1), page(2), page(3)]);
  });

  it('follows a ZIP job through its archive', () => {
    const ready = fold(history('zip', drafts.ready()));
    expect(ready).toMatchObject({
      state: 'READY_TO_SCAN',
      site: { files: 3 },
      spec: { kind: 'zip', source: 'shop.zip' },
    });
    const refused = fold(history('zip', drafts.refused(), drafts.failed('zip_path')));
    expect(refused).toMatchObject({ state: 'FAILED', failure: { code: 'zip_path', about: '../x' } });
    expect(refused.endedAt).not.toBeNull();
  });

  it('counts a page that ends early as needing no more cells', () => {
    const view = fold(history('urls', drafts.discovered(0), drafts.cell(page(0), 'axe'), drafts.pageDone(0)));
    expect(view.progress).toEqual({ pagesDone: 1, pagesScanned: 1, pagesKnown: 1, cellsDone: 1, cellsKnown: 1 });
  });

  it('counts as scanned what the report counts: no page that was left out, failed or blocked', () => {
    const ended = (n: number, status: 'scanned' | 'skipped' | 'failed' | 'blocked') => {
      const draft = drafts.pageDone(n);
      return [drafts.discovered(n), { ...draft, data: { ...draft.data, status } } as typeof draft];
    };
    const pages = [ended(0, 'scanned'), ended(1, 'skipped'), ended(2, 'failed'), ended(3, 'blocked')];
    expect(fold(history('urls', ...pages.flat())).progress).toMatchObject({ pagesDone: 4, pagesScanned: 1 });
  });

  it('lets late events join without changing the state, its reason or the report', () => {
    const ended = history('urls', drafts.discovered(0), drafts.failed('cancelled'));
    const late = [
      drafts.cell(page(0), 'axe'),
      drafts.pageDone(0),
      drafts.scanned(),
      drafts.scanFailed(),
      drafts.done(),
    ];
    const view = fold([...ended, ...late.map((draft, at) => eventOf('j', draft, at + 4, 9_000))]);
    expect(view).toMatchObject({
      state: 'FAILED',
      failure: { code: 'cancelled' },
      verdict: null,
      report: null,
      totals: { serious: 1 },
    });
    expect(view.endedAt).toBe(2_001);
  });

  it('is the same after duplicates, and ignores other jobs and what came before its first event', () => {
    const events = history('urls', ...goodScan(3), drafts.done());
    const twice = events.flatMap((event) => [event, event, events[0] as StageflowEvent]);
    expect(canonicalJson(fold(twice))).toBe(canonicalJson(fold(events)));
    expect(reduce(fold(events), { ...eventOf('other', drafts.failed(), 99), jobId: 'other' })).toEqual(fold(events));
    expect(reduce(null, eventOf('j', drafts.failed()))).toBeNull();
  });

  it('does not change the view it was given', () => {
    const before = fold(history('urls', drafts.discovered(0)));
    const text = canonicalJson(before);
    reduce(before, eventOf('j', drafts.cell(page(0), 'axe'), 3));
    expect(canonicalJson(before)).toBe(text);
  });

  it('S7 is the same byte for byte when folded live, replayed, or continued from its stored text at any point', () => {
    const events = history('zip', drafts.ready(), ...goodScan(4), drafts.done());
    const live = canonicalJson(fold(events));
    fc.assert(
      fc.property(fc.nat(events.length), (cut) => {
        const stored = canonicalJson(reduceAll(null, events.slice(0, cut)));
        const view = reduceAll(JSON.parse(stored) as JobView | null, events.slice(cut));
        expect(canonicalJson(view)).toBe(live);
      }),
    );
  });

  it('folds a job of 2,000 pages within five seconds', () => {
    const began = performance.now();
    expect(fold(history('urls', ...goodScan(2_000))).progress.pagesDone).toBe(2_000);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('canonical JSON', () => {
  it('depends on the value alone, not on the order of its making', () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { z: 1, y: undefined }], c: null } })).toBe(
      '{"a":{"c":null,"d":[2,{"z":1}]},"b":1}',
    );
    expect(canonicalJson({ a: { c: null, d: [2, { z: 1 }] }, b: 1 })).toBe(
      canonicalJson({ b: 1, a: { d: [2, { z: 1 }], c: null } }),
    );
  });
});
