import { describe, expect, it } from 'vitest';
import { createdEvent, drafts, eventOf } from '../../test/conformance/events.ts';
import { workedFor } from './worked.ts';

const at = (time: number, attempt = 1) => ({ ...eventOf('j', drafts.pageDone(0), 2, time), attempt });
const MINUTE = 60_000;

describe('the time that a job has been worked on', () => {
  it('counts from the first word of the first attempt, not from the wait before it', () => {
    expect(workedFor([createdEvent('j'), at(50 * MINUTE), at(52 * MINUTE)])).toBe(2 * MINUTE);
  });

  it('adds up over the lives of engines, without the time between them', () => {
    expect(workedFor([at(0), at(3 * MINUTE), at(500 * MINUTE, 2), at(504 * MINUTE, 2)])).toBe(7 * MINUTE);
  });

  it('S10 is not moved by a clock that jumps a day ahead or back', () => {
    const day = 24 * 60 * MINUTE;
    expect(workedFor([at(day), at(day + MINUTE), at(2 * day), at(2 * day + MINUTE)])).toBeLessThanOrEqual(12 * MINUTE);
    expect(workedFor([at(day), at(day + MINUTE), at(MINUTE), at(2 * MINUTE)])).toBe(2 * MINUTE);
  });
});
