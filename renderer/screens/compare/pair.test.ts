import { describe, expect, it } from 'vitest';
import { pairOf } from './pair.ts';

const JOBS = [
  { id: '4', source: 'shop' },
  { id: '3', source: 'blog' },
  { id: '2', source: 'shop' },
  { id: '1', source: 'help' },
];

describe('the two runs that are compared', () => {
  it('are the newest and the one before it of the same site, when nothing is asked for', () => {
    expect(pairOf(JOBS, null, null)).toEqual({ a: '2', b: '4' });
  });
  it('are those that are asked for', () => {
    expect(pairOf(JOBS, '4', '1')).toEqual({ a: '4', b: '1' });
  });
  it('are filled up where only one is asked for, or one is gone', () => {
    expect(pairOf(JOBS, null, '2')).toEqual({ a: '1', b: '2' });
    expect(pairOf(JOBS, '4', null)).toEqual({ a: '4', b: '3' });
    expect(pairOf(JOBS, 'gone', 'gone')).toEqual({ a: '2', b: '4' });
  });
});
