import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asOne, type Counts, NONE } from './counts.ts';
import { ROOT, runProgram } from './run-program.ts';

/** What vitest writes about a run, as far as it is read here. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Counts of a run; one that fails without a failed test (a file that cannot be loaded, an error outside of a test) is one failure. */
export function countsOf(results: Results, code: number): Counts {
  const failed = code !== 0 && results.numFailedTests === 0 ? 1 : results.numFailedTests;
  return { passed: results.numPassedTests, failed, skipped: results.numPendingTests };
}

/** Titles of what was skipped: each says why. */
export function skippedIn(results: Results): string[] {
  const all = results.testResults.flatMap((file) => file.assertionResults);
  return all.filter(({ status }) => status === 'skipped' || status === 'pending').map(({ fullName }) => fullName);
}

/** What of a project is run, and how. */
interface Selection {
  /** Only these; all when empty. */
  readonly files?: readonly string[];
  /** Files at a time, instead of what the project says. */
  readonly workers?: number;
}

/** Runs a vitest project, says what it skipped and reads its counts; a run without a result counts as one failure. */
export async function suite(
  project: string,
  { files = [], workers }: Selection,
  say: (line: string) => void,
): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'stageflow-results-'));
  const output = join(folder, 'results.json');
  try {
    const args = [
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${output}`,
      '--passWithNoTests',
      ...(workers === undefined ? [] : ['--fileParallelism', `--maxWorkers=${workers}`]),
      ...files,
    ];
    const code = await runProgram(join(ROOT, 'node_modules/.bin/vitest'), args);
    if (!existsSync(output)) return { ...NONE, failed: 1 };
    const results = JSON.parse(readFileSync(output, 'utf8')) as Results;
    for (const title of skippedIn(results)) say(`skipped: ${title}`);
    return countsOf(results, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `npm run check`: counted as one test. */
export async function checks(): Promise<Counts> {
  return asOne(await runProgram(process.execPath, ['test/check.ts']));
}
