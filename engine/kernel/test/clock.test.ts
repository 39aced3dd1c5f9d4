import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../../test/simulation/virtual-clock.ts';
import { systemClock } from '../index.ts';

describe.each([
  ['system', () => ({ clock: systemClock, pass: async () => {} })],
  [
    'virtual',
    () => {
      const clock = createVirtualClock();
      return { clock, pass: async () => void (await clock.runUntil(() => false, 1_000)) };
    },
  ],
])('%s clock', (_name, make) => {
  it('wakes a sleeper after its time and not before', async () => {
    const { clock, pass } = make();
    const began = clock.now();
    const slept = clock.sleep(20).then(() => clock.now() - began);
    await pass();
    expect(await slept).toBeGreaterThanOrEqual(19);
  });

  it('wakes a sleeper at once when its signal aborts, with the reason', async () => {
    const { clock } = make();
    const ending = new AbortController();
    const slept = clock.sleep(3_600_000, ending.signal);
    ending.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    await expect(clock.sleep(1, ending.signal)).rejects.toThrow('enough');
  });

  it('calls what is due in order and never what was cancelled', async () => {
    const { clock, pass } = make();
    const called: string[] = [];
    const last = new Promise<void>((resolve) => {
      clock.after(40, () => {
        called.push('late');
        resolve();
      });
    });
    const never = clock.after(5, () => void called.push('never'));
    clock.after(1, () => void called.push('early'));
    never.cancel();
    never.cancel();
    await pass();
    await last;
    expect(called).toEqual(['early', 'late']);
  });
});

describe('virtual clock', () => {
  it('passes an hour without waiting for it and stops where it is told to', async () => {
    const clock = createVirtualClock(0);
    const began = performance.now();
    let rang = false;
    clock.after(3_600_000, () => {
      rang = true;
    });
    expect(await clock.runUntil(() => rang, 3_599_999)).toBe(false);
    expect(rang).toBe(false);
    expect(await clock.runUntil(() => rang, 3_600_000)).toBe(true);
    expect(clock.now()).toBe(3_600_000);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
