import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../engine/kernel/index.ts';
import { createGuessLimiter } from '../../../server/share/guesses.ts';

describe('the limit on guesses', () => {
  it('L5 lets an address miss 20 times in any minute, and says when it may go on', () => {
    let now = 1_000_000;
    const limiter = createGuessLimiter({ ...systemClock, now: () => now });
    for (let n = 0; n < 20; n += 1) {
      expect(limiter.missed('a')).toBeNull();
      now += 1000;
    }
    expect(limiter.missed('a')).toBe(40);
    expect(limiter.missed('b')).toBeNull();
    now += 39_999;
    expect(limiter.missed('a')).toBe(1);
    now += 1;
    // One of the twenty has left the minute, so one more is free: what was refused did not count.
    expect([limiter.missed('a'), limiter.missed('a')]).toEqual([null, 1]);
  });

  it('L5 goes on when the clock is set back, and forgets addresses rather than grow', () => {
    let now = 1_000_000;
    const limiter = createGuessLimiter({ ...systemClock, now: () => now });
    for (let n = 0; n < 20; n += 1) limiter.missed('a');
    expect(limiter.missed('a')).not.toBeNull();
    now -= 500_000;
    expect(limiter.missed('a')).toBeNull();
    for (let n = 0; n < 20; n += 1) limiter.missed('c');
    for (let n = 0; n < 20_000; n += 1) limiter.missed(`other${n}`);
    expect(limiter.missed('c')).toBeNull();
  });
});
