import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Check, CheckResult } from '@stageflow/engine/preflight';

/** First Podman whose systemd generator reads Quadlets. */
const LEAST = [4, 4] as const;

/** Queue and store of a server are units that Podman itself makes from Quadlet files. */
export const quadlets: Check = {
  id: 'quadlets',
  title: 'Podman for Quadlets',
  async run() {
    try {
      const { stdout } = await promisify(execFile)('podman', ['--version'], { timeout: 10_000 });
      return quadletResult(stdout);
    } catch {
      return { status: 'missing', detail: 'Podman was not found.', fix: 'sudo apt-get install -y podman' };
    }
  },
};

/** Judges what `podman --version` printed. */
export function quadletResult(text: string): CheckResult {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(text) ?? [];
  const [wanted, least] = LEAST;
  const found = `Podman ${major}.${minor}`;
  if (Number(major) > wanted || (Number(major) === wanted && Number(minor) >= least))
    return { status: 'ok', detail: `${found} reads them.`, fix: null };
  return {
    status: 'warning',
    detail: `${found} does not read Quadlets (4.4 and newer do); run queue and store as services of their own.`,
    fix: null,
  };
}
