import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asStageflowError } from '../errors.ts';

describe('a failure that nobody foresaw', () => {
  it('is one short line, also when a schema complains in many', () => {
    const { error } = z.object({ job: z.object({ id: z.string() }), n: z.number() }).safeParse({ job: {} });
    const coded = asStageflowError(error);
    expect(coded.code).toBe('internal');
    expect(coded.message).toContain('unexpected data at job.id (');
    expect(coded.message).not.toMatch(/[[{\n]/);
    expect(asStageflowError(new Error(`a\n${'b'.repeat(1000)}`)).message.length).toBeLessThan(450);
  });
});
