import { describe, expect, it } from 'vitest';
import { returnPath } from './return-path.ts';

const ORIGIN = 'https://scan.example.org';
const after = (next: string) => returnPath(`?${new URLSearchParams({ next })}`, ORIGIN);

describe('the way back from signing in', () => {
  it('leads to the screen that was asked for, with its filter', () => {
    expect(after('/scan/01J/report?x=1#/findings')).toBe('/scan/01J/report?x=1#/findings');
  });
  it.each(['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)', '/signin?next=/', ''])(
    'never leaves this server: %s leads to the first screen',
    (next) => {
      expect(after(next)).toBe('/');
    },
  );
  it('is the first screen when nothing was asked for', () => {
    expect(returnPath('', ORIGIN)).toBe('/');
  });
});
