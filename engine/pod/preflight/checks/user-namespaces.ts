import { existsSync, readFileSync } from 'node:fs';
import { broken, ok, skipped } from '../check.ts';
import type { Check, CheckResult } from '../check.ts';

/** Rootless pods and Chromium's own sandbox both need user namespaces, which some systems keep from ordinary users. */
export const userNamespaces: Check = {
  id: 'user-namespaces',
  title: 'User namespaces',
  run() {
    if (process.platform !== 'linux') return skipped('The podman machine has its own.');
    return namespacesResult((name) => {
      const file = `/proc/sys/${name}`;
      return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
    });
  },
};

/** Judges the kernel's settings, read by name; a setting that does not exist is null. */
export function namespacesResult(setting: (name: string) => string | null): CheckResult {
  if (setting('kernel/unprivileged_userns_clone') === '0') {
    return broken(
      'The kernel keeps user namespaces from ordinary users.',
      'sudo sysctl -w kernel.unprivileged_userns_clone=1',
    );
  }
  if (setting('user/max_user_namespaces') === '0') {
    return broken('The kernel allows no user namespaces.', 'sudo sysctl -w user.max_user_namespaces=15000');
  }
  if (setting('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    const detail =
      "AppArmor (Ubuntu 24.04 and later) strips user namespaces of their rights, so Chromium's sandbox cannot start in a pod.";
    return broken(detail, 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0');
  }
  return ok('Ordinary users may make them.');
}
