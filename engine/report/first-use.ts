import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { StageflowError } from '../kernel/index.ts';

const RENDERER = fileURLToPath(new URL('../../renderer/', import.meta.url));
const BUILD_SECONDS = 120;

/** Where what is built on first use is kept: `STAGEFLOW_CACHE`, else `.cache` of the repository. */
export function buildCache(): string {
  return process.env['STAGEFLOW_CACHE'] ?? fileURLToPath(new URL('../../.cache/', import.meta.url));
}

/** What a package brings built already, beside the program; a clone has no such folder. */
export function builtBeside(name: string): string {
  return fileURLToPath(new URL(`../../built/${name}`, import.meta.url));
}

/** A hash that changes with any of these files, and files in these folders, as the renderer sees them, and with the versions they are built with. */
export async function sourceHash(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const files = (await Promise.all(folders.map((folder) => filesOf(join(RENDERER, folder))))).flat();
  for (const file of [...files, join(RENDERER, 'package.json')].sort()) {
    hash
      .update(file.slice(RENDERER.length))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(folder: string): Promise<string[]> {
  if (folder.endsWith('.ts')) return [folder];
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((e) => e.isFile() && !e.name.includes('.test.')).map((e) => join(e.parentPath, e.name));
}

/** Runs a build script of the renderer in a process of its own and gives what it prints. Fails with `internal`, in words about `what`. */
export async function runBuild(script: string, args: readonly string[], what: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(RENDERER, script), ...args], {
      cwd: dirname(RENDERER),
      maxBuffer: 32 * 2 ** 20,
      timeout: BUILD_SECONDS * 1000,
      // Whoever asks first, a test runner too, gets the page that people get.
      env: { ...process.env, NODE_ENV: 'production' },
    });
    return stdout;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const reason = (stderr?.trim().split('\n').at(-1) || message).slice(0, 300);
    throw new StageflowError('internal', { reason: `${what} could not be built: ${reason}` }, { cause: error });
  }
}
