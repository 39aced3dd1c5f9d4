import { add, type Counts, NONE } from './counts.ts';

/** One test of a file, as vitest writes it. */
interface TestResult {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages?: readonly string[];
}

/** One file; `message` says why none of its tests could be run. */
export interface FileResult {
  /** Absolute path. */
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly TestResult[];
}

/** What vitest writes about a run, as far as it is read here. */
export interface Results {
  readonly testResults: readonly FileResult[];
}

/** A test that failed, or a file that could not be run, with the first lines of the reason. */
export interface Failure {
  readonly title: string;
  readonly reason: string;
}

const REASON_LINES = 12;
// The escape character is what is looked for.
// oxlint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[0-9;]*m/g;

const reasonOf = (text: string): string =>
  text.replace(COLOURS, '').split('\n').slice(0, REASON_LINES).join('\n').trim();

/** Files of which a test failed or that could not be run. */
export const failedFiles = (results: Results): string[] =>
  results.testResults.filter((file) => failuresOf(file).length > 0).map(({ name }) => name);

function failuresOf(file: FileResult): Failure[] {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0 && file.status === 'failed')
    return [{ title: file.name, reason: reasonOf(file.message ?? '') }];
  return failed.map((test) => ({ title: test.fullName, reason: reasonOf(test.failureMessages?.join('\n') ?? '') }));
}

/** Everything of a run that failed. */
export const failuresIn = (results: Results): Failure[] => results.testResults.flatMap(failuresOf);

/** Titles of what was skipped: each says why. */
export function skippedIn(results: Results): string[] {
  const all = results.testResults.flatMap((file) => file.assertionResults);
  return all.filter(({ status }) => status === 'skipped' || status === 'pending').map(({ fullName }) => fullName);
}

/** Counts of a run; one that ends badly without a failed test (an error outside of a test) is one failure. */
export function countsOf(results: Results, code: number): Counts {
  let counts = NONE;
  for (const file of results.testResults) {
    const passed = file.assertionResults.filter(({ status }) => status === 'passed').length;
    counts = add(counts, {
      passed,
      failed: failuresOf(file).length,
      skipped: skippedIn({ testResults: [file] }).length,
    });
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The first run with those files in the place of their first results that were run a second time. */
export function withSecondTry(first: Results, second: Results): Results {
  const again = new Map(second.testResults.map((file) => [file.name, file]));
  return { testResults: first.testResults.map((file) => again.get(file.name) ?? file) };
}
