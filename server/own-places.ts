import { type OwnPlaces, servicePlace } from '@stageflow/engine';
import type { S3Settings } from '@stageflow/engine/artifact';
import type { ServerConfig } from './config.ts';

type Settings = Pick<ServerConfig, 'host' | 'publicUrl' | 'metricsPort' | 'ownAddresses'>;

/**
 * Where this server and its store are. `listening` gives the port that the server has got, null before; jobs and webhooks are kept
 * from all of it (SAFETY E5): a page must not reach the store or the API by way of its scanner.
 */
export function ownPlaces(
  config: Settings,
  s3: Pick<S3Settings, 'endpoint' | 'publicUrl'> | null,
  listening: () => number | null,
): OwnPlaces {
  const fixed = [...(s3 === null ? [] : [s3.endpoint, s3.publicUrl]), ...(config.publicUrl ? [config.publicUrl] : [])];
  const hosts = new Set([config.host.includes(':') ? `[${config.host}]` : config.host, '127.0.0.1', '[::1]']);
  return {
    addresses: config.ownAddresses,
    services: () => {
      const ports = [listening(), config.metricsPort].filter((port) => port !== null && port !== 0);
      return [...fixed.map(servicePlace), ...ports.flatMap((port) => [...hosts].map((host) => `${host}:${port}`))];
    },
  };
}
