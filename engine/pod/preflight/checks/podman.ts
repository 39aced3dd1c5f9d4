import { broken, missing, ok } from '../check.ts';
import type { Check, CheckResult } from '../check.ts';
import { findProgram, versionOf } from '../programs.ts';
import { isAtLeast } from '../version.ts';

const INSTALL =
  'sudo apt-get install -y --no-install-recommends podman netavark aardvark-dns slirp4netns fuse-overlayfs';

/** Podman itself. */
export const podman: Check = {
  id: 'podman',
  title: 'Podman',
  async run() {
    const program = findProgram('podman', ['/opt/podman/bin']);
    if (program === null) return missing('Podman was not found; without it only --isolation process works.', INSTALL);
    return podmanResult((await versionOf(program)) ?? '', program);
  },
};

/** Judges `podman --version`. */
export function podmanResult(version: string, program: string): CheckResult {
  const number = /\d+\.\d+\.\d+\S*/.exec(version)?.[0];
  if (number === undefined) return broken(`${program} does not say its version.`, INSTALL);
  if (isAtLeast(number, '4.3.0')) return ok(`${number} at ${program}.`);
  return broken(`${number} is too old; 4.3 or newer is needed (Debian 12, Ubuntu 24.04).`, INSTALL);
}
