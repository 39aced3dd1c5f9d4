import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asOne, type Counts, NONE } from './counts.ts';
import { countsOf, failedFiles, type Failure, failuresIn, type Results, skippedIn, withSecondTry } from './results.ts';
import { ROOT, runProgram } from './run-program.ts';

/** What of a project is run, and how. */
interface Selection {
  /** Only these; all when empty. */
  readonly files?: readonly string[];
  /** Files at a time, instead of what the project says. */
  readonly workers?: number;
  /**
   * Files with failures are run a second time, alone, when they are no more than `MOST_AGAIN`. A test that passes then counts as passed and
   * is told of as unsteady: what fails now and then is a bug to look into, but no reason to throw away a whole run on a shared machine.
   */
  readonly secondTry?: boolean;
}

/** What is told of a suite, and when. */
export interface Telling {
  say(line: string): void;
  /** Kept for the end of everything, where the tail of a log shows it. */
  failed(failure: Failure): void;
  unsteady(failure: Failure): void;
}

/** More files than these are no accident of the machine. */
const MOST_AGAIN = 4;

/** One run of vitest; null when it left no result. */
async function run(project: string, { files = [], workers }: Selection) {
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
    return { code, results: existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as Results) : null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a vitest project, says what it skipped and reads its counts; a run without a result counts as one failure. */
export async function suite(project: string, selection: Selection, tell: Telling): Promise<Counts> {
  const first = await run(project, selection);
  if (first.results === null) {
    tell.failed({ title: `the ${project} suite`, reason: `it ended with ${first.code} and left no result` });
    return { ...NONE, failed: 1 };
  }
  let { code, results } = first as { code: number; results: Results };
  const again = failedFiles(results);
  if (selection.secondTry === true && again.length > 0 && again.length <= MOST_AGAIN) {
    tell.say(`Running again, alone: ${again.join(' ')}`);
    const second = await run(project, { files: again });
    if (second.results !== null) {
      const before = failuresIn(results);
      ({ code, results } = { code: second.code, results: withSecondTry(results, second.results) });
      const still = new Set(failuresIn(results).map(({ title }) => title));
      for (const failure of before) if (!still.has(failure.title)) tell.unsteady(failure);
    }
  }
  for (const title of skippedIn(results)) tell.say(`skipped: ${title}`);
  const failures = failuresIn(results);
  for (const failure of failures) tell.failed(failure);
  const counts = countsOf(results, code);
  if (counts.failed > failures.length)
    tell.failed({ title: `the ${project} suite`, reason: 'an error outside of a test; its own report is above' });
  return counts;
}

/** `npm run check`: counted as one test. */
export async function checks(tell: Telling): Promise<Counts> {
  const counts = asOne(await runProgram(process.execPath, ['test/check.ts']));
  if (counts.failed > 0) tell.failed({ title: 'the checks', reason: 'their own report is above' });
  return counts;
}
