import { StageflowError } from '@stageflow/engine/kernel';
import type { ServerConfig } from '../config.ts';

/** Whether a host is meant by an entry: `example.org` itself, `*.example.org` what lies below it. */
function meant(host: string, entry: string): boolean {
  const name = entry.toLowerCase();
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length > name.length - 1 : host === name;
}

/** Refuses (`target_not_allowed`) hosts that the administrator blocked, or did not allow where only some are. A final dot changes nothing. */
export function assertTargetsAllowed(
  hosts: readonly string[],
  config: Pick<ServerConfig, 'allowTargets' | 'blockTargets'>,
): void {
  for (const written of hosts) {
    const host = written.toLowerCase().replace(/\.$/, '');
    if (config.blockTargets.some((entry) => meant(host, entry))) {
      throw new StageflowError('target_not_allowed', { host, reason: 'it is on the list of blocked hosts' });
    }
    if (config.allowTargets.length > 0 && !config.allowTargets.some((entry) => meant(host, entry))) {
      throw new StageflowError('target_not_allowed', { host, reason: 'it is not on the list of allowed hosts' });
    }
  }
}
