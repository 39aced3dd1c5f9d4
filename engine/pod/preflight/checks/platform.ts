import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { runCommand } from '../../host/index.ts';
import { broken, missing, ok, warning } from '../check.ts';
import type { Check, CheckResult } from '../check.ts';
import { findProgram } from '../programs.ts';
import { isAtLeast } from '../version.ts';

/** The operating system; on macOS and Windows pods run in a podman machine, which must be there and running. */
export const platform: Check = {
  id: 'platform',
  title: 'Operating system',
  run() {
    if (process.platform !== 'linux') return podmanMachine();
    const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
    return linuxResult(release, process.arch, os.release());
  },
};

/** Judges a Linux by its os-release text and its kernel's version. */
export function linuxResult(release: string, arch: string, kernel = '6.1.0'): CheckResult {
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(release)?.[1] ?? '';
  const name = field('PRETTY_NAME') || 'Linux';
  if (arch !== 'x64' && arch !== 'arm64')
    return broken(`${name} on ${arch} is not supported; x64 and arm64 are.`, null);
  if (!isAtLeast(kernel, '5.9'))
    return broken(
      `${name} with kernel ${kernel}: before 5.9 a kernel cannot show that pages are locked in, so nothing is scanned in pods.`,
      null,
    );
  const debian = /\b(debian|ubuntu)\b/.test(`${field('ID')} ${field('ID_LIKE')}`);
  if (!debian) return warning(`${name} on ${arch}; what is missing must be installed by hand here.`);
  return ok(`${name} on ${arch}.`);
}

async function podmanMachine(): Promise<CheckResult> {
  const podman = findProgram('podman', ['/opt/podman/bin', '/opt/homebrew/bin']);
  const name = `${os.type()} on ${process.arch}`;
  if (podman === null)
    return missing(
      `${name}: pods need Podman.`,
      process.platform === 'darwin' ? 'brew install podman' : 'winget install RedHat.Podman',
    );
  const env = process.env as Record<string, string>;
  const asked = await runCommand(
    { file: podman, args: ['machine', 'list', '--format', 'json'], env, cwd: os.homedir() },
    { timeoutMs: 20_000 },
  );
  return machineResult(name, asked.stdout);
}

/** Judges `podman machine list --format json`. */
export function machineResult(name: string, listed: string): CheckResult {
  let machines: { Running?: unknown }[] = [];
  try {
    const parsed: unknown = JSON.parse(listed);
    if (Array.isArray(parsed)) machines = parsed as { Running?: unknown }[];
  } catch {
    return broken(`${name}: podman machine does not answer.`, 'podman machine start');
  }
  if (machines.length === 0) return missing(`${name}: there is no podman machine yet.`, 'podman machine init --now');
  if (!machines.some((machine) => machine.Running === true))
    return missing(`${name}: the podman machine is not running.`, 'podman machine start');
  return ok(`${name}, with a running podman machine.`);
}
