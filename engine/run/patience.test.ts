import { describe, expect, it } from 'vitest';
import { type ErrorCode, StageflowError } from '../kernel/index.ts';
import { createPatience } from './patience.ts';

const death = (code: ErrorCode, more: { progress?: boolean; blamed?: boolean } = {}) => ({
  error: new StageflowError(code),
  progress: false,
  blamed: false,
  ...more,
});

describe('how long a job bears with dying pods', () => {
  it('tries once more where the table says once', () => {
    const next = createPatience();
    expect(next(death('pod_crashed'))).toBe(0);
    expect(next(death('pod_crashed'))).toBeNull();
  });

  it('gives each try that finished a cell another one', () => {
    const next = createPatience();
    expect(next(death('pod_crashed'))).toBe(0);
    for (let deaths = 0; deaths < 20; deaths += 1) expect(next(death('pod_silent', { progress: true }))).toBe(0);
    expect(next(death('pod_crashed'))).toBeNull();
  });

  it('bears with a machine that kills containers for a minute and a half, with growing pauses, and not for ever', () => {
    const next = createPatience();
    const pauses = Array.from({ length: 8 }, () => next(death('pod_killed')));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, null]);
  });

  it('spends no retry of the container on what the machine did', () => {
    const next = createPatience();
    expect(next(death('pod_lost'))).toBe(1000);
    expect(next(death('pod_crashed'))).toBe(0);
    expect(next(death('pod_lost'))).toBe(4000);
    expect(next(death('pod_crashed'))).toBeNull();
  });

  it('goes on while there are pages to blame, up to eight deaths in a row', () => {
    const next = createPatience();
    for (let deaths = 0; deaths < 7; deaths += 1) expect(next(death('pod_oom', { blamed: true }))).toBe(0);
    expect(next(death('pod_oom', { blamed: true }))).toBeNull();
  });

  it.each(['secrets_gone', 'disk_full'] as const)('gives up at once for %s', (code) => {
    expect(createPatience()(death(code, { progress: true }))).toBeNull();
  });
});
