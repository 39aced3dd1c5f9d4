import { describe, expect, it } from 'vitest';
import { matchRoute } from './routes.ts';

const PATHS = ['/', '/scan/:id', '/scan/:id/report'].map((path) => ({ path }));
const at = (pathname: string) => matchRoute(pathname, PATHS);

describe('finding the screen of an address', () => {
  it.each([
    ['/', 0, {}],
    ['/scan/01J', 1, { id: '01J' }],
    ['/scan/01J/', 1, { id: '01J' }],
    ['/scan/a%20b/report', 2, { id: 'a b' }],
  ])('%s', (pathname, index, params) => {
    expect(at(pathname)).toEqual({ index, params });
  });

  it.each(['/scan', '/scan/', '/scan/01J/else', '/nothing', '/scan/%E0%A4%A'])('%s is no screen', (pathname) => {
    expect(at(pathname)).toBeNull();
  });
});
