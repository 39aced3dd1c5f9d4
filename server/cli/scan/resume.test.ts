import { describe, expect, it } from 'vitest';
import { toGoOnWith } from './resume.ts';

const job = (id: string, state: string, more: { failureCode?: string; parent?: string } = {}) =>
  ({ id, state, failureCode: more.failureCode ?? null, parent: more.parent ?? null }) as Parameters<
    typeof toGoOnWith
  >[0][number];

describe('the scan that --resume goes on with', () => {
  it('is the newest one that is unfinished, was cancelled or broke', () => {
    expect(
      toGoOnWith([job('c', 'DONE'), job('b', 'FAILED', { failureCode: 'cancelled' }), job('a', 'SCANNING')])?.id,
    ).toBe('b');
    expect(toGoOnWith([job('b', 'FAILED', { failureCode: 'zip_path' }), job('a', 'SCANNING')])?.id).toBe('a');
    expect(toGoOnWith([job('a', 'DONE')])).toBeUndefined();
  });

  it('is never one that another scan has gone on with already', () => {
    const cancelled = job('a', 'FAILED', { failureCode: 'cancelled' });
    expect(toGoOnWith([job('b', 'DONE', { parent: 'a' }), cancelled])).toBeUndefined();
    expect(toGoOnWith([job('b', 'FAILED', { parent: 'a', failureCode: 'deadline' }), cancelled])?.id).toBe('b');
  });
});
