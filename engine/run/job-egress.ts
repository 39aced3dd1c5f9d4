import { createEgress } from '../egress/index.ts';
import type { JobSpec } from '../event/index.ts';
import type { SiteSummary } from '../scanner/index.ts';
import type { JobEgress } from './ports.ts';

/** A job's way to the web: any public host for URL jobs, the named asset hosts alone for ZIP jobs. `services` are our own addresses. */
export function jobEgress(
  job: { readonly id: string; readonly spec: JobSpec; readonly site: SiteSummary | null },
  services: readonly string[],
): JobEgress {
  const { spec } = job;
  const egress = createEgress({
    kind: spec.source.kind === 'zip' ? 'assets' : 'web',
    allowHosts: spec.egress.allowHosts,
    allowAssets: spec.egress.allowAssets,
    services,
    extraPorts: true,
  });
  return {
    dial: (authority) => egress.dial(authority),
    records: () => egress.records().connections.map((record) => ({ ...record })),
    close: () => egress.close(),
  };
}
