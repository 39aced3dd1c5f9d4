import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, StageflowError } from '@stageflow/engine/kernel';

const ROOT = join(import.meta.dirname, '../..');
const ELECTRON = join(ROOT, 'node_modules/electron');

/** `./stageflow desktop [files...]`: the desktop app from this clone, until it is quit. Electron's program is brought first, and named before. */
export async function desktopCommand(
  targets: readonly string[],
  say: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  if (!isThere(env)) await bring(say, env);
  const paths = targets.map((target) => (/^stageflow:/i.test(target) ? target : resolve(target)));
  const child = spawn(process.execPath, [join(ELECTRON, 'cli.js'), join(ROOT, 'main'), ...paths], {
    stdio: 'inherit',
    env,
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === null) return EXIT.interrupted;
  return code === 0 ? EXIT.pass : EXIT.environment;
}

/** Electron notes beside its package where it put its program, unless the person has one of their own. */
function isThere(env: NodeJS.ProcessEnv): boolean {
  return env['ELECTRON_OVERRIDE_DIST_PATH'] !== undefined || existsSync(join(ELECTRON, 'path.txt'));
}

async function bring(say: (line: string) => void, env: NodeJS.ProcessEnv): Promise<void> {
  const missing = new StageflowError('setup_needed', {
    what: "Electron's program",
    commands: `(cd ${ROOT} && npm ci --ignore-scripts && node node_modules/electron/install.js)`,
  });
  if (env['STAGEFLOW_NO_INSTALL'] || !existsSync(join(ELECTRON, 'install.js'))) throw missing;
  say('Fetching Electron (about 120 MB) from its release page on github.com …');
  const child = spawn(process.execPath, [join(ELECTRON, 'install.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0 || !isThere(env)) throw missing;
}
