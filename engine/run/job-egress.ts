import { createEgress, type EgressPorts } from '../egress/index.ts';
import type { JobSpec } from '../event/index.ts';
import type { SiteSummary } from '../scanner/index.ts';
import type { JobEgress } from './ports.ts';

/** Where this installation itself is: refused to jobs and webhooks, whatever their owners named. */
export interface OwnPlaces {
  /** `host:port` of the queue, the store, the server; asked for each job, since a port may be known late. */
  services(): readonly string[];
  /** Addresses of this host that its interfaces do not show (a public address behind NAT). */
  readonly addresses: readonly string[];
  /** Certificate authorities, as PEM, that the project's own tests trust beside the usual ones. */
  readonly trust?: readonly string[];
}

/** `host:port` of an http, https or nats address, the usual port filled in. */
export function servicePlace(address: string): string {
  const { hostname, port, protocol } = new URL(address);
  return `${hostname}:${port || { 'http:': '80', 'https:': '443', 'nats:': '4222', 'tls:': '4222' }[protocol] || '443'}`;
}

/** A job's way to the web: any public host for URL jobs, the named asset hosts alone for ZIP jobs; never to `own` places. */
export function jobEgress(
  job: { readonly id: string; readonly spec: JobSpec; readonly site: SiteSummary | null },
  own: OwnPlaces,
  ports?: EgressPorts,
): JobEgress {
  const { spec } = job;
  const egress = createEgress(
    {
      kind: spec.source.kind === 'zip' ? 'assets' : 'web',
      allowHosts: spec.egress.allowHosts,
      allowAssets: spec.egress.allowAssets,
      services: own.services(),
      ownAddresses: own.addresses,
      trust: own.trust ?? [],
      extraPorts: true,
    },
    ports,
  );
  return {
    dial: (authority, tls) => egress.dial(authority, tls),
    records: () => egress.records().connections.map((record) => ({ ...record })),
    close: () => egress.close(),
  };
}
