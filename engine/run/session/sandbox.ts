import type { JobSpec } from '../../event/index.ts';
import type { SandboxProof } from '../../scanner/index.ts';

/**
 * True when what a runner read in `/proc` shows that pages are locked in: a renderer under a filter and in namespaces of its own, no flag
 * against it and, in a pod, a runner without any capability or a way to gain one. What a kernel does not tell (before 5.9 it counts no
 * filters, and every process of a pod has the pod's) is not shown. Without a pod there is no `/proc` to read but on Linux: elsewhere the
 * browser is started with its sandbox, and the report says that it ran without a pod.
 */
export function isLockedIn(
  proof: SandboxProof,
  isolation: JobSpec['isolation'],
  platform: string = process.platform,
): boolean {
  if (isolation === 'process' && platform !== 'linux') return true;
  const filtered = proof.rendererSeccomp === 2 && proof.ownFilters !== null && proof.ownFilters > 0;
  const browser = filtered && proof.ownNamespaces && proof.flagsClean;
  const pod = isolation !== 'pod' || (/^0+$/.test(proof.capEff) && proof.noNewPrivs);
  return browser && pod;
}
