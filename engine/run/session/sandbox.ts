import type { JobSpec } from '../../event/index.ts';
import type { SandboxProof } from '../../scanner/index.ts';

/**
 * True when what a runner read in `/proc` shows that pages are locked in: a renderer under a filter and in namespaces of its own, no flag
 * against it and, in a pod, a runner without any capability or a way to gain one. A kernel before 5.9 does not count filters; there the
 * namespaces are the evidence that the browser's own sandbox is on.
 */
export function isLockedIn(proof: SandboxProof, isolation: JobSpec['isolation']): boolean {
  const browser = proof.rendererSeccomp === 2 && proof.ownFilters !== 0 && proof.ownNamespaces && proof.flagsClean;
  const pod = isolation !== 'pod' || (/^0+$/.test(proof.capEff) && proof.noNewPrivs);
  return browser && pod;
}
