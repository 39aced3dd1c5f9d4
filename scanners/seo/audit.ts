import {
  type AuditContext,
  type CellFindings,
  findingOf,
  type ScannerFinding,
  SEVERITY_WEIGHT,
} from '@stageflow/engine/sdk';
import type { PageRaw } from './raw.ts';
import { pageRules, subjectOf } from './rules/index.ts';

/** Judges one page. A page that answers with an error is not meant to be found, so nothing of it is judged. */
export function audit(raw: PageRaw, ctx: AuditContext): CellFindings {
  if (raw.status >= 400)
    return { findings: [], scores: [{ id: 'seo', value: null }], facts: { judged: false }, passes: null };
  const subject = subjectOf(raw, ctx);
  const findings: ScannerFinding[] = [];
  let passes = 0;
  let possible = 0;
  let lost = 0;
  for (const [rule, check] of Object.entries(pageRules)) {
    const hits = check(subject);
    if (hits === null) continue;
    const weight = SEVERITY_WEIGHT[ctx.manifest.rules[rule]?.severity ?? 'info'];
    possible += weight;
    if (hits.length === 0) passes++;
    else if (hits.some((hit) => hit.outcome !== 'needs-review')) lost += weight;
    for (const { occurrences, evidence, outcome } of hits) {
      findings.push(
        findingOf(ctx.manifest, rule, occurrences, {
          ...(evidence === undefined ? {} : { evidence }),
          ...(outcome ? { outcome } : {}),
        }),
      );
    }
  }
  return {
    findings,
    scores: [{ id: 'seo', value: possible === 0 ? null : Math.round(100 * (1 - lost / possible)) }],
    facts: { judged: true, noindex: subject.robots.noindex, structuredDataItems: raw.items.length + raw.jsonLd.length },
    passes,
  };
}
