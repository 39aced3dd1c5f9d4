import { describe, expect, it } from 'vitest';
import { hashOf, linkToFinding, NO_FILTER, parseRoute, type Route } from './route.ts';

describe('the address of a screen', () => {
  const rows: readonly [string, Route][] = [
    ['#/pages/p1', { screen: 'pages', open: 'p1', filter: NO_FILTER }],
    [
      '#/findings?group=page&category=seo&since=new',
      { screen: 'findings', open: null, filter: { ...NO_FILTER, group: 'page', since: 'new', category: 'seo' } },
    ],
    ['#/overview', { screen: 'overview', open: null, filter: NO_FILTER }],
    [
      '#/findings?severity=critical,review&q=a%26b',
      { screen: 'findings', open: null, filter: { ...NO_FILTER, marks: ['critical', 'review'], text: 'a&b' } },
    ],
    [
      '#/findings/3f2a?module=axe&page=p1',
      { screen: 'findings', open: '3f2a', filter: { ...NO_FILTER, module: 'axe', page: 'p1' } },
    ],
  ];
  it.each(rows)('%s reads back as it was written', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
    expect(hashOf(route)).toBe(hash);
  });

  it.each(['', '#', '#/nowhere', '#/../x?severity=huge', '#/coverage/x'])('takes %j for a screen there is', (hash) => {
    expect(parseRoute(hash)).toMatchObject({ open: null, filter: NO_FILTER });
  });

  it('can be written whatever an id holds', () => {
    expect(linkToFinding('a/b?\ud800')).toBe('#/findings/a%2Fb%3F%EF%BF%BD');
  });

  it('keeps the list’s filter behind a finding', () => {
    expect(linkToFinding('x', { ...NO_FILTER, marks: ['minor'] })).toBe('#/findings/x?severity=minor');
  });
});
