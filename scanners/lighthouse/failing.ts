import type { LighthouseAudit } from './raw.ts';

/** Lighthouse calls this and more a pass. */
export const PASS = 0.9;

/** Descriptions of how the page loads; what they see is also said by the audits that name a fault. */
const DESCRIPTIONS: ReadonlySet<string> = new Set([
  'network-dependency-tree-insight',
  'lcp-breakdown-insight',
  'inp-breakdown-insight',
  'third-parties-insight',
  'cls-culprits-insight',
  'viewport-insight',
]);

/** True for an audit that gives a verdict. Null scores are not applicable, informative, manual or failed to run: none of them is one. */
export function judges(
  audit: LighthouseAudit,
): audit is LighthouseAudit & { readonly score: NonNullable<LighthouseAudit['score']> } {
  return audit.score !== null && audit.scoreDisplayMode !== 'informative' && !DESCRIPTIONS.has(audit.id);
}
