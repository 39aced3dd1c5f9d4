import type { ReportFinding } from '@stageflow/engine/report-schema';
import { describe, expect, it } from 'vitest';
import { applyFilter, facets } from './filter.ts';
import { NO_FILTER } from './route.ts';

const finding = (title: string, more: Partial<ReportFinding> = {}) =>
  ({
    title,
    issue: title,
    severity: 'minor',
    outcome: 'fail',
    category: 'seo',
    witnesses: [{ scanner: 'axe', rule: 'r' }],
    standards: [],
    occurrences: [],
    ...more,
  }) as unknown as ReportFinding;

const list = [
  finding('Logo has no alt', {
    severity: 'critical',
    occurrences: [
      { pageId: 'p1', selector: 'header > img', url: '', file: 'index.html', message: null, target: null },
    ] as never,
  }),
  finding('Title is long', { witnesses: [{ scanner: 'seo', rule: 'title-too-long' }] as never }),
  finding('Contrast may be low', {
    outcome: 'needs-review',
    severity: 'serious',
    standards: [{ name: 'WCAG 2.2', criterion: '1.4.3' }] as never,
  }),
];
const titles = (filter: Partial<typeof NO_FILTER>) =>
  applyFilter(list, { ...NO_FILTER, ...filter }, { pathOf: (id) => `/shop/${id}.html`, fresh: new Set(['new']) }).map(
    (f) => f.title,
  );

describe('the filter of findings', () => {
  it('leaves everything when nothing is narrowed', () => {
    expect(titles({})).toHaveLength(3);
  });
  it('counts what needs review as review and as no severity', () => {
    expect(titles({ marks: ['serious'] })).toEqual([]);
    expect(titles({ marks: ['review', 'critical'] })).toEqual(['Logo has no alt', 'Contrast may be low']);
  });
  it.each([
    ['LOGO', 'Logo has no alt'],
    ['index.html', 'Logo has no alt'],
    ['header alt', 'Logo has no alt'],
    ['title-too-long', 'Title is long'],
    ['1.4.3', 'Contrast may be low'],
    ['severity:critical', 'Logo has no alt'],
    ['is:review', 'Contrast may be low'],
    ['page:/shop*', 'Logo has no alt'],
    ['rule:title-*-long', 'Title is long'],
    ['"has no" file:index.html', 'Logo has no alt'],
  ])('finds %s', (text, title) => {
    expect(titles({ text })).toEqual([title]);
  });
  it('narrows by module and page', () => {
    expect(titles({ module: 'seo' })).toEqual(['Title is long']);
    expect(titles({ page: 'p1' })).toEqual(['Logo has no alt']);
  });
  it.each(['page:/shop*p2*', 'page:/other*', 'severity:crit', 'rule:title-*-short', 'constructor:x'])(
    'finds nothing for %s',
    (text) => {
      expect(titles({ text })).toEqual([]);
    },
  );
  it('tells new from known', () => {
    expect(titles({ since: 'new' })).toEqual([]);
    expect(titles({ since: 'known' })).toHaveLength(3);
  });
  it('offers each part to be dropped', () => {
    const parts = facets(
      { ...NO_FILTER, marks: ['minor'], module: 'axe', text: 'x severity:minor' },
      { module: 'Accessibility', page: '' },
    );
    expect(parts.map((p) => p.label)).toEqual(['minor', 'Accessibility', '“x”', '“severity:minor”']);
    expect(parts[0]?.without.marks).toEqual([]);
  });
});
