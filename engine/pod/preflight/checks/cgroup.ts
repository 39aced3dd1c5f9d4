import { podmanHost } from '../../host/index.ts';
import { ok, skipped, warning } from '../check.ts';
import type { Check, CheckResult } from '../check.ts';
import { findProgram } from '../programs.ts';

/** Memory and process limits of a pod need cgroup v2 with those controllers handed down to the account. */
export const cgroup: Check = {
  id: 'cgroup',
  title: 'Resource limits',
  async run() {
    if (findProgram('podman') === null) return skipped('Not known without Podman.');
    try {
      const host = await podmanHost();
      return cgroupResult(host.cgroup, host.user);
    } catch {
      return skipped('Not known while containers do not run.');
    }
  },
};

/** Judges what Podman says about cgroups. */
export function cgroupResult(
  cgroup: { version: 1 | 2; controllers: readonly string[]; limits: boolean },
  user: string,
): CheckResult {
  if (cgroup.limits) return ok(`cgroup v2 with ${cgroup.controllers.join(', ')} handed down to ${user}.`);
  if (cgroup.version === 1) {
    const detail =
      'This machine has cgroup v1, where rootless pods cannot be limited; Stageflow watches memory itself and reports say so.';
    return warning(detail);
  }
  return warning(
    `The controllers memory and pids are not handed down to ${user}, so pods cannot be limited; reports say so.`,
    `sudo loginctl enable-linger ${user}`,
  );
}
