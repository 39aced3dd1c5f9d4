import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../host/index.ts';

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Absolute path of a program on PATH, in the system's folders (an ordinary user's PATH often lacks sbin) or in `more`; null when there is none. */
export function findProgram(
  name: string,
  more: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): string | null {
  return findPrograms(name, more, env)[0] ?? null;
}

/** All of them, in order of preference. */
export function findPrograms(
  name: string,
  more: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  const onPath = (env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const all = [...onPath, ...SYSTEM_FOLDERS, ...more].map((folder) => path.join(folder, file));
  return [...new Set(all)].filter(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a program prints for its version, or null when it cannot be run. */
export async function versionOf(program: string, args: readonly string[] = ['--version']): Promise<string | null> {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/' };
  const asked = await runCommand({ file: program, args, env, cwd: '/' }, { timeoutMs: 10_000 });
  return asked.code === 0 ? (asked.stdout || asked.stderr).trim().slice(0, 200) : null;
}
