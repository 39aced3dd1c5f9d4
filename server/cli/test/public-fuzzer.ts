import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '@stageflow/engine/kernel';
import { ROOT } from './run-program.ts';

const REQUIREMENTS = join(ROOT, 'test/security/fuzz/schemathesis/requirements.txt');
const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
const MINUTES = 60_000;

/** Where our own copy of schemathesis lies, by what it is made of. */
function folderOf(env: NodeJS.ProcessEnv): string {
  const cache = env.STAGEFLOW_CACHE ?? join(ROOT, '.cache');
  return join(cache, 'schemathesis', sha256Hex(readFileSync(REQUIREMENTS, 'utf8')).slice(0, 12));
}

const programIn = (folder: string) => join(folder, 'bin/schemathesis');

/** The pinned schemathesis that is here, or null. `STAGEFLOW_SCHEMATHESIS` names another. Nothing is fetched. */
export function findSchemathesis(env: NodeJS.ProcessEnv = process.env): string | null {
  const named = env.STAGEFLOW_SCHEMATHESIS;
  const program = named || programIn(folderOf(env));
  return existsSync(program) && existsSync(named || join(folderOf(env), 'complete')) ? program : null;
}

/** The sentence for a machine that has none. */
export const SCHEMATHESIS_MISSING = `schemathesis is not here, so the interface is fuzzed by our own property test alone. To have it: a Python with venv and pip, and an index of packages; or name one in STAGEFLOW_SCHEMATHESIS`;

/** Schemathesis, put into an environment of its own in the cache when it is not here (once, half a minute). Null, after saying so, when it cannot be had. */
export function bringSchemathesis(say: (line: string) => void, env: NodeJS.ProcessEnv = process.env): string | null {
  const here = findSchemathesis(env);
  if (here !== null) return here;
  if (!env.STAGEFLOW_SCHEMATHESIS && !env.STAGEFLOW_NO_INSTALL) {
    const folder = folderOf(env);
    say(`Installing schemathesis (Python, once) into ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    const run = (program: string, args: readonly string[]) =>
      spawnSync(program, args, { stdio: 'ignore', timeout: 5 * MINUTES, env }).status === 0;
    const python = join(folder, 'bin/python');
    const made =
      run('python3', ['-m', 'venv', folder]) &&
      run(python, [...PIP, '-r', REQUIREMENTS]) &&
      run(python, ['-c', `open(${JSON.stringify(join(folder, 'complete'))}, "w").close()`]);
    if (made) return programIn(folder);
    rmSync(folder, { recursive: true, force: true });
  }
  say(SCHEMATHESIS_MISSING);
  return null;
}
