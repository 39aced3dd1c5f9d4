import { classifyAddress, StageflowError } from '@stageflow/engine/kernel';
import type { ServerConfig } from '../config.ts';

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || classifyAddress(host.replace(/^\[(.*)\]$/, '$1'))?.kind === 'loopback';
}

/** Refuses (`unsafe_listen`) an address that others can reach while tokens would travel in clear. */
export function assertSafeBinding(config: Pick<ServerConfig, 'host' | 'publicUrl' | 'trustProxy'>): void {
  if (isLoopback(config.host)) return;
  const missing = [
    ...(config.publicUrl?.startsWith('https://') === true
      ? []
      : ['STAGEFLOW_PUBLIC_URL with the https:// address that people use']),
    ...(config.trustProxy ? [] : ['STAGEFLOW_TRUST_PROXY=true with a TLS proxy in front']),
  ];
  if (missing.length === 0) return;
  throw new StageflowError('unsafe_listen', {
    address: config.host,
    reason: `others could reach it without TLS; set ${missing.join(' and ')}`,
  });
}
