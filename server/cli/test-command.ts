import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import { prepareMachine } from '@stageflow/engine/preflight';

const ROOT = join(import.meta.dirname, '../..');

/** The account under which the suite is run once more when the first run was root's. */
const ORDINARY_USER = 'stageflow-test';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});
const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

function run(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env ?? process.env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Runs one vitest project and reads its counts; a run without a result counts as one failure. */
async function suite(project: string, files: readonly string[]): Promise<Counts> {
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
      ...files,
    ];
    const code = await run(join(ROOT, 'node_modules/.bin/vitest'), args);
    if (!existsSync(output)) return { ...NONE, failed: 1 };
    const results = JSON.parse(readFileSync(output, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
    };
    const failed = code !== 0 && results.numFailedTests === 0 ? 1 : results.numFailedTests;
    return { passed: results.numPassedTests, failed, skipped: results.numPendingTests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `npm run check`: counted as one test. */
async function checks(): Promise<Counts> {
  const code = await run(process.execPath, ['test/check.ts']);
  return code === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 };
}

/**
 * A root-only pass is a fail: the same tree, in a folder of an ordinary user, through the launcher, integration suite only.
 * That run prints its own closing line; here it counts as one test.
 */
async function asOrdinaryUser(): Promise<Counts> {
  if (spawnSync('id', [ORDINARY_USER]).status !== 0) {
    const made = spawnSync('useradd', ['--create-home', '--shell', '/bin/bash', ORDINARY_USER], { encoding: 'utf8' });
    if (made.status !== 0)
      throw new StageflowError('setup_needed', {
        what: `The account ${ORDINARY_USER}`,
        commands: `useradd --create-home ${ORDINARY_USER}`,
      });
  }
  const home = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${ORDINARY_USER}:`))
    ?.split(':')[5];
  if (!home) throw new StageflowError('internal', { reason: `the account ${ORDINARY_USER} has no home` });
  const tree = join(home, 'stageflow');
  rmSync(tree, { recursive: true, force: true });
  cpSync(ROOT, tree, {
    recursive: true,
    verbatimSymlinks: true,
    // Node and the queue server are taken along; packages and whatever was built here are not.
    filter: (source) =>
      !/\/(out|dist)$|(?<!\.cache\/node)\/node_modules$/.test(source) &&
      !/\/\.cache\/(?!nats-server(\/|$)|node(\/|$))/.test(source),
  });
  chmodSync(home, 0o755);
  spawnSync('chown', ['-R', `${ORDINARY_USER}:`, tree]);
  process.stderr.write(`Running the integration suite again as the ordinary user ${ORDINARY_USER} …\n`);
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(HOME|USER|LOGNAME|XDG_|npm_|SUDO_|STAGEFLOW_(CACHE|NATS_SERVER)|NODE_COMPILE_CACHE)/.test(name),
    ),
  );
  const code = await run(
    'setpriv',
    ['--reuid', ORDINARY_USER, '--regid', ORDINARY_USER, '--init-groups', './stageflow', 'test', '--integration'],
    {
      cwd: tree,
      env: { ...env, HOME: home, USER: ORDINARY_USER, LOGNAME: ORDINARY_USER },
    },
  );
  return code === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 };
}

/** Sets up the machine, runs this project's tests and prints one closing line. */
export async function testCommand(
  files: readonly string[],
  options: { readonly ci?: boolean; readonly integration?: boolean },
): Promise<number> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const { natsServer } = await prepareMachine({ say, isolation: 'pod' });
  // Tests of the queue start servers of their own.
  process.env.STAGEFLOW_NATS_SERVER = natsServer ?? '';
  // Some tests open what we make in a browser of this machine, or run without pods.
  await prepareMachine({ say, isolation: 'process' });
  let total = NONE;
  if (options.integration !== true && files.length === 0) total = add(total, await checks());
  if (options.integration !== true) total = add(total, await suite('unit', files));
  total = add(total, await suite('integration', files));
  if (options.ci === true && process.getuid?.() === 0) total = add(total, await asOrdinaryUser());
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
  return total.failed === 0 && total.passed > 0 ? EXIT.pass : EXIT.policyFailed;
}
