import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../host/index.ts';

/** A program of a Go module. */
interface GoProgram {
  readonly go: string;
  /** Path of the package, without version. */
  readonly module: string;
  readonly version: string;
  /** Where the program is to lie; its name is the package's last part. */
  readonly target: string;
  readonly say: (line: string) => void;
}

/**
 * Builds a pinned program and puts it at `target` in one step, so that half a file is never taken for a program. Works on two files at
 * a time with low priority: the machine stays usable. False, with Go's last line said, when it fails.
 */
export async function installGoProgram({ go, module, version, target, say }: GoProgram): Promise<boolean> {
  const name = path.basename(target);
  say(`Building ${name} ${version} with Go (once, several minutes) into ${path.dirname(target)}`);
  mkdirSync(path.dirname(target), { recursive: true });
  const folder = mkdtempSync(path.join(path.dirname(target), 'build-'));
  try {
    const env = {
      ...(process.env as Record<string, string>),
      GOBIN: folder,
      CGO_ENABLED: '0',
      GOFLAGS: '-trimpath -p=2',
    };
    const install = ['install', '-ldflags=-s -w', `${module}@${version}`];
    const command =
      process.platform === 'win32'
        ? { file: go, args: install, env, cwd: folder }
        : { file: 'nice', args: [go, ...install], env, cwd: folder };
    const built = await runCommand(command, { timeoutMs: 1_800_000 });
    if (built.code !== 0) {
      say(`Go could not build ${name}: ${built.stderr.trim().split('\n').at(-1) ?? 'no reason given'}`);
      return false;
    }
    renameSync(path.join(folder, name), target);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
