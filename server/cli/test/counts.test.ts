import { expect, it } from 'vitest';
import { closingLine, NONE, part } from './counts.ts';
import { countsOf, failedFiles, type FileResult, failuresIn, skippedIn, withSecondTry } from './results.ts';

const passed = (fullName: string) => ({ status: 'passed', fullName });
const failed = (fullName: string, reason: string) => ({ status: 'failed', fullName, failureMessages: [reason] });
const file = (name: string, ...assertionResults: FileResult['assertionResults'][number][]): FileResult => ({
  name,
  status: assertionResults.some(({ status }) => status === 'failed') ? 'failed' : 'passed',
  assertionResults,
});

it('the closing line names skipped tests only when there are some', () => {
  expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});

it('a part that cannot be run is a failure with its reason, and the run goes on', async () => {
  const told: unknown[] = [];
  const counts = await part(
    'The copy',
    () => Promise.reject(new Error('no space')),
    (failure) => told.push(failure),
  );
  expect(counts).toEqual({ ...NONE, failed: 1 });
  expect(told).toEqual([{ title: 'The copy could not be run', reason: 'no space' }]);
});

it('a run that fails without a failed test is one failure', () => {
  const results = { testResults: [file('/a.test.ts', passed('a'), { status: 'skipped', fullName: 'b' })] };
  expect(countsOf(results, 1)).toEqual({ passed: 1, failed: 1, skipped: 1 });
  expect(countsOf(results, 0).failed).toBe(0);
});

it('a file that cannot be loaded is one failure with its reason', () => {
  const results = { testResults: [{ ...file('/a.test.ts'), status: 'failed', message: 'no such module' }] };
  expect(failuresIn(results)).toEqual([{ title: '/a.test.ts', reason: 'no such module' }]);
  expect(countsOf(results, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

it('what was skipped is said by its title', () => {
  const skipped = { status: 'skipped', fullName: 'b [skipped: it is not here]' };
  expect(skippedIn({ testResults: [file('/a.test.ts', passed('a'), skipped)] })).toEqual([skipped.fullName]);
});

it('a second try replaces what its files gave before, and nothing else', () => {
  const first = {
    testResults: [file('/a.test.ts', passed('a'), failed('b', 'late')), file('/c.test.ts', passed('c'))],
  };
  expect(failedFiles(first)).toEqual(['/a.test.ts']);
  const steady = withSecondTry(first, { testResults: [file('/a.test.ts', passed('a'), passed('b'))] });
  expect(countsOf(steady, 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
  const worse = withSecondTry(first, { testResults: [file('/a.test.ts', failed('a', 'wrong'), passed('b'))] });
  expect(failuresIn(worse)).toEqual([{ title: 'a', reason: 'wrong' }]);
});

it('a reason is told without colours and no longer than a dozen lines', () => {
  const reason = `\u001b[31mred\u001b[39m\n${'line\n'.repeat(50)}`;
  const [failure] = failuresIn({ testResults: [file('/a.test.ts', failed('a', reason))] });
  expect(failure?.reason.split('\n')).toHaveLength(12);
  expect(failure?.reason).toMatch(/^red\n/);
});
