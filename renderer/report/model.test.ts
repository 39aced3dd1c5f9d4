import { describe, expect, it } from 'vitest';
import { shortened } from './model.ts';

describe('what is shown of a text', () => {
  it('is at most 4,000 characters and the number of those left out', () => {
    const { title } = shortened({ title: 'x'.repeat(100_000) });
    expect(title).toBe(`${'x'.repeat(4000)}… (96,000 more characters)`);
  });
  it('is cut alike wherever it stands, names of fields too, so that parts still find each other', () => {
    const id = 'p'.repeat(9000);
    const { pages, facts } = shortened({ pages: [id], facts: { [id]: id } });
    expect(Object.entries(facts)).toEqual([[pages[0], pages[0]]]);
  });
  it('is the very same object when nothing is too long', () => {
    const report = { pages: [{ title: 'Shop', depth: 1, at: null }] };
    expect(shortened(report)).toBe(report);
  });
});
