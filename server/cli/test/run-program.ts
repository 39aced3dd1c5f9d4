import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The clone whose tests are run. */
export const ROOT = join(import.meta.dirname, '../../..');

/** Runs a program that speaks to the person itself; its exit code, 1 when a signal ended it. Rejects when it cannot be started. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
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
