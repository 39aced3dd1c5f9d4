import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../host/index.ts';
import { findPrograms, versionOf } from './programs.ts';
import { isAtLeast } from './version.ts';

/** The pinned release. Go checks it against its public checksum database. */
export const NATS_VERSION = 'v2.14.5';
const MODULE = `github.com/nats-io/nats-server/v2@${NATS_VERSION}`;

/** A Go that fetches the toolchain a module asks for (1.21 and newer), or null. */
export async function findGo(): Promise<string | null> {
  for (const program of findPrograms('go', ['/usr/local/go/bin', '/usr/lib/go/bin'])) {
    if (isAtLeast((await versionOf(program, ['version'])) ?? '', '1.21')) return program;
  }
  return null;
}

/** The command that a person with Go can run instead. */
export function goInstallCommand(target: string): string {
  return `GOBIN=${path.dirname(target)} go install ${MODULE}`;
}

/** Builds the pinned server and puts it at `target` in one step, so that half a file is never taken for a server. False when the build fails. */
export async function buildWithGo(go: string, target: string, say: (line: string) => void): Promise<boolean> {
  say(`Building nats-server ${NATS_VERSION} with Go (once, about a minute) into ${path.dirname(target)}`);
  mkdirSync(path.dirname(target), { recursive: true });
  const folder = mkdtempSync(path.join(path.dirname(target), 'build-'));
  try {
    const env = { ...(process.env as Record<string, string>), GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '-trimpath' };
    const built = await runCommand({ file: go, args: ['install', MODULE], env, cwd: folder }, { timeoutMs: 900_000 });
    if (built.code !== 0) {
      say(`Go could not build nats-server: ${built.stderr.trim().split('\n').at(-1) ?? 'no reason given'}`);
      return false;
    }
    renameSync(path.join(folder, 'nats-server'), target);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
