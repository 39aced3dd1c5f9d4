import { expect, it } from 'vitest';
import { judgeIntake } from './intakes.ts';

const HOUR = 3_600_000;
const now = 100 * HOUR;

it.each([
  ['whose request is at it', { announced: false }, { heldSince: now - HOUR, hasJob: false }, 'leave'],
  ['that is announced and comes in', { announced: true }, { heldSince: now - HOUR, hasJob: false }, 'leave'],
  ['whose request died with an earlier engine', { announced: false }, { heldSince: null, hasJob: false }, 'remove'],
  [
    'whose request has done nothing for a day',
    { announced: false },
    { heldSince: now - 25 * HOUR, hasJob: false },
    'remove',
  ],
  ['that is announced and may lie there whole', { announced: true }, { heldSince: null, hasJob: false }, 'forget'],
  ['that is a job’s by now', { announced: false }, { heldSince: null, hasJob: true }, 'forget'],
] as const)('an archive %s', (_, row, is, fate) => {
  expect(judgeIntake({ jobId: '01k', ...row }, { ...is, now })).toBe(fate);
});
