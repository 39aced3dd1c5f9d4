import type { JobSource, JobSpec } from '@stageflow/engine/event';
import { StageflowError } from '@stageflow/engine/kernel';
import type { KeyedAnswer } from '@stageflow/engine/ledger';
import { AccessSecrets } from '@stageflow/engine/scanner';
import { buildJobSpec, judgeTargets } from '@stageflow/engine/submit';
import type { Principal } from '../auth/principal.ts';
import type { AppServices } from '../route.ts';
import { type Access, assertModuleKnown, JOB_LIMITS, type ScanOptions, submitOptionsOf } from './options.ts';
import { assertTargetsAllowed } from './target-policy.ts';

/** Builds the specification of a job that a request asks for, and judges it. */
export function specOf(
  services: AppServices,
  principal: Principal,
  source: JobSource,
  options: ScanOptions,
  access: boolean,
): JobSpec {
  const known = [...services.manifests.values()];
  const spec = buildJobSpec({ ...submitOptionsOf(options, services.manifests), source, access }, known);
  if (!spec.ok) throw spec.error;
  judgeSpec(services, principal, spec.value);
  return spec.value;
}

/**
 * What no job made over HTTP may do, wherever its specification comes from (an imported job is told by a stranger): leave its pod, reach private
 * addresses for anybody but an administrator, scan what the administrator does not allow, or take more of the machine than a job may.
 */
export function judgeSpec(
  services: Pick<AppServices, 'config' | 'manifests'>,
  principal: Principal,
  spec: JobSpec,
): void {
  const admin = principal.scopes.includes('admin');
  const { source, egress } = spec;
  if (spec.isolation !== 'pod') {
    throw new StageflowError('bad_option', {
      option: 'isolation',
      value: spec.isolation,
      reason: 'jobs run in pods here',
    });
  }
  for (const [option, { least, most }] of Object.entries(JOB_LIMITS)) {
    const value = spec.limits[option as keyof typeof JOB_LIMITS];
    if (value < least || value > most) {
      throw new StageflowError('bad_option', { option, value, reason: `it may be ${least} to ${most} here` });
    }
  }
  for (const { id, options } of spec.modules) assertModuleKnown(id, options, services.manifests);
  if (egress.allowHosts.length > 0 && !admin) throw new StageflowError('forbidden', { scope: 'admin' });
  assertTargetsAllowed(egress.allowAssets, { allowTargets: [], blockTargets: services.config.blockTargets });
  if (source.kind === 'urls') {
    const judged = judgeTargets(source.urls, { allowHosts: egress.allowHosts, extraPorts: true });
    if (!judged.ok) throw judged.error;
    assertTargetsAllowed(
      judged.value.urls.map((url) => new URL(url).hostname),
      services.config,
    );
  }
}

/** Refuses (`input_expired`) an archive that is not of the caller's own jobs: a foreign specification may name any. */
export function assertOwnArchive({ engine }: Pick<AppServices, 'engine'>, principal: Principal, spec: JobSpec): void {
  if (spec.source.kind !== 'zip' || principal.scopes.includes('admin')) return;
  const [, holder = ''] = spec.source.stagingKey.split('/');
  if (engine.ledger.service.owners.tenantOf(holder) !== principal.tenant) throw new StageflowError('input_expired');
}

/** Login details in the engine's form; null when a request bears none. */
export function secretsOf(access: Access | undefined): AccessSecrets | null {
  return access === undefined ? null : AccessSecrets.parse(access);
}

/** Accepts a job: it is in the ledger, with its owner and the answer to its request, when this returns. */
export function accept(
  { engine, limits }: AppServices,
  principal: Principal,
  job: {
    readonly id: string;
    readonly spec: JobSpec;
    readonly access?: AccessSecrets | null;
    readonly answer: KeyedAnswer | undefined;
  },
): void {
  limits.quota.admitJob(principal.tenant);
  engine.submit({ ...job, owner: principal.tenant });
}
