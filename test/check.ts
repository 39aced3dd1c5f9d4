import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** One thing that can fail without a network, and the command that repairs or shows it. */
interface Check {
  readonly name: string;
  readonly command: readonly string[];
  readonly repair: string;
}

const ROOT = join(import.meta.dirname, '..');
const bin = (name: string) => join(ROOT, 'node_modules', '.bin', name);

/** What a test of the unit project must show before anything else is worth a look: who imports whom, file sizes, pinned dependencies. */
const ARCHITECTURE = ['run', '--project', 'unit', 'test/architecture'];

const CHECKS: readonly Check[] = [
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'], repair: 'npm run types' },
  { name: 'types of the renderer', command: [bin('tsc'), '-p', 'renderer/tsconfig.json'], repair: 'npm run types' },
  { name: 'lint', command: [bin('oxlint'), '--deny-warnings'], repair: 'npm run lint' },
  { name: 'format', command: [bin('biome'), 'format', '.'], repair: 'npm run format:fix' },
  { name: 'dead code and dependencies', command: [bin('knip'), '--no-progress'], repair: 'npm run dead-code' },
  {
    name: 'import table, file sizes, pinned dependencies',
    command: [bin('vitest'), ...ARCHITECTURE],
    repair: `npx vitest ${ARCHITECTURE.join(' ')}`,
  },
  {
    name: 'generated docs are fresh',
    command: [process.execPath, 'docs/generate.ts', '--check'],
    repair: 'npm run docs',
  },
];

interface Outcome extends Check {
  readonly code: number;
  readonly output: string;
}

function run(check: Check): Promise<Outcome> {
  return new Promise((resolve) => {
    const [file = '', ...args] = check.command;
    const child = spawn(file, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', (error) => resolve({ ...check, code: 127, output: error.message }));
    child.on('close', (code) => resolve({ ...check, code: code ?? 1, output }));
  });
}

// Side by side: each waits mostly for its own files.
const outcomes = await Promise.all(CHECKS.map(run));
for (const { name, code, output, repair } of outcomes) {
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}\n`);
  if (code !== 0) process.stdout.write(`${output.trim().slice(0, 8000)}\n     see or repair it with: ${repair}\n`);
}
const failed = outcomes.filter((o) => o.code !== 0).length;
process.stdout.write(`checks: ${outcomes.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
