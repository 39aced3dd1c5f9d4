import { type AuditContext, type CellFindings, findingOf, type ScannerFinding } from '@stageflow/engine/sdk';
import type { PageRaw, SiteRaw } from './raw.ts';
import { byEvidence, type Hit } from './rules/check.ts';
import { resourceRules } from './rules/resources.ts';
import { targetRules } from './rules/targets.ts';
import { writtenRules } from './rules/written.ts';

const MOST_FINDINGS = 2000;
const MOST_OCCURRENCES = 500;

function findings(rules: ReadonlyMap<string, readonly Hit[]>, ctx: AuditContext): ScannerFinding[] {
  const found = [...rules].flatMap(([rule, hits]) =>
    byEvidence(hits).map(({ evidence, occurrences, outcome }) =>
      findingOf(ctx.manifest, rule, occurrences.slice(0, MOST_OCCURRENCES), {
        evidence,
        ...(outcome ? { outcome } : {}),
      }),
    ),
  );
  return found.slice(0, MOST_FINDINGS);
}

/** Judges one page: links as they are written, and files that failed while it loaded. */
export function audit(raw: PageRaw, ctx: AuditContext): CellFindings {
  const rules = new Map([...writtenRules(raw, ctx.job), ...resourceRules(raw, ctx.job)]);
  return {
    findings: findings(rules, ctx),
    scores: [],
    facts: { links: raw.links.length, failedRequests: raw.failed.length, complete: raw.complete },
    passes: [...rules.values()].filter((hits) => hits.length === 0).length,
  };
}

/** Judges the targets of all pages. */
export function auditSite(raw: SiteRaw, ctx: AuditContext): CellFindings {
  const { targets, ok, broken, unverified, externalUnasked, anchors } = raw.counts;
  return {
    findings: findings(targetRules(raw), ctx),
    scores: [],
    facts: { targets, ok, broken, unverified, externalUnasked, anchors },
    passes: ok,
  };
}
