import { expect, it } from 'vitest';
import { closingLine, NONE, part } from './counts.ts';
import { countsOf, skippedIn } from './suite.ts';

it('the closing line names skipped tests only when there are some', () => {
  expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});

it('a part that cannot be run is a failure with its reason, and the run goes on', async () => {
  const said: string[] = [];
  const counts = await part(
    'The copy',
    () => Promise.reject(new Error('no space')),
    (line) => said.push(line),
  );
  expect(counts).toEqual({ ...NONE, failed: 1 });
  expect(said).toEqual(['The copy could not be run: no space']);
});

it('a run that fails without a failed test is one failure', () => {
  const results = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, testResults: [] };
  expect(countsOf(results, 1)).toEqual({ passed: 5, failed: 1, skipped: 1 });
  expect(countsOf(results, 0).failed).toBe(0);
});

it('what was skipped is said by its title', () => {
  const assertionResults = [
    { status: 'passed', fullName: 'a' },
    { status: 'skipped', fullName: 'b [skipped: it is not here]' },
  ];
  const results = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 1, testResults: [{ assertionResults }] };
  expect(skippedIn(results)).toEqual(['b [skipped: it is not here]']);
});
