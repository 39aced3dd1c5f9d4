import { describe, expect, it } from 'vitest';
import { quitPlan } from './quitting.ts';

describe('quitting', () => {
  it('ends at once when nothing runs, whatever was chosen', () => {
    for (const choice of [null, 'finish', 'pause', 'stay'] as const)
      expect(quitPlan(0, choice, false)).toEqual({ do: 'end', graceSeconds: 0 });
  });

  it('asks while scans run, saying how many and what becomes of them', () => {
    expect(quitPlan(1, null, false)).toMatchObject({ do: 'ask', message: 'A scan is still running.' });
    expect(quitPlan(3, null, false)).toMatchObject({ do: 'ask', message: '3 scans are still running.' });
  });

  it('waits, pauses or stays as was chosen', () => {
    expect(quitPlan(1, 'finish', false)).toEqual({ do: 'wait' });
    expect(quitPlan(1, 'pause', false)).toMatchObject({ do: 'end', graceSeconds: 5 });
    expect(quitPlan(1, 'stay', false)).toEqual({ do: 'stay' });
  });

  it('pauses without asking when the session ends', () => {
    expect(quitPlan(2, null, true)).toMatchObject({ do: 'end', graceSeconds: 5 });
  });
});
