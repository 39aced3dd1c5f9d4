import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Check, CheckResult } from '@stageflow/engine/preflight';

/** Without lingering, systemd ends a user's services with their last session, and never starts them at boot. */
export const linger: Check = {
  id: 'linger',
  title: 'Service without a session',
  run() {
    if (process.platform !== 'linux' || !existsSync('/run/systemd/system'))
      return { status: 'skipped', detail: 'This machine is not run by systemd.', fix: null };
    if (process.getuid?.() === 0)
      return { status: 'skipped', detail: 'Run this as the account that is to run the server.', fix: null };
    const user = userInfo().username;
    return lingerResult(user, existsSync(`/var/lib/systemd/linger/${user}`));
  },
};

/** Judges whether an account lingers. */
export function lingerResult(user: string, lingers: boolean): CheckResult {
  if (lingers) return { status: 'ok', detail: `Services of ${user} run from boot on.`, fix: null };
  return {
    status: 'missing',
    detail: `Services of ${user} end with its last session.`,
    fix: `sudo loginctl enable-linger ${user}`,
  };
}
