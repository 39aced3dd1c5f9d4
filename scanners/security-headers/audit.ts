import {
  type AuditContext,
  type CellFindings,
  findingOf,
  type ScannerFinding,
  SEVERITY_WEIGHT,
} from '@stageflow/engine/sdk';
import type { PageRaw, SiteRaw } from './raw.ts';
import { pageRules, subjectOf } from './rules/index.ts';

/** Judges one page. Pages that answer with an error are not judged: their headers are often not the site's own. */
export function audit(raw: PageRaw, ctx: AuditContext): CellFindings {
  if (raw.status >= 400)
    return { findings: [], scores: [{ id: 'security', value: null }], facts: { judged: false }, passes: null };
  const subject = subjectOf(raw, ctx.job);
  const findings: ScannerFinding[] = [];
  let passes = 0;
  let possible = 0;
  let lost = 0;
  for (const [rule, check] of Object.entries(pageRules)) {
    const hits = check(subject);
    if (hits === null) continue;
    const found = hits.map(({ evidence, occurrences, severity, confidence }) =>
      findingOf(ctx.manifest, rule, occurrences, {
        evidence,
        ...(severity ? { severity } : {}),
        ...(confidence ? { confidence } : {}),
      }),
    );
    const weight = SEVERITY_WEIGHT[found[0]?.severity ?? ctx.manifest.rules[rule]?.severity ?? 'info'];
    possible += weight;
    if (found.length === 0) passes++;
    else lost += weight;
    findings.push(...found);
  }
  const value = subject.judgeMissing && possible > 0 ? Math.round(100 * (1 - lost / possible)) : null;
  return {
    findings,
    scores: [{ id: 'security', value }],
    facts: {
      judged: true,
      headersDeclared: subject.judgeMissing,
      tls: raw.tls?.protocol ?? null,
      certificateValidTo: raw.tls ? raw.tls.validTo : null,
      hstsJudged: !subject.zip && subject.https,
    },
    passes,
  };
}

/** Judges the probes of the site. */
export function auditSite(raw: SiteRaw, ctx: AuditContext): CellFindings {
  const findings: ScannerFinding[] = [];
  const { plain, foreign, oldTls } = raw;
  let passes = 0;
  if (plain) {
    const kept = plain.status >= 300 && plain.status < 400 && /^https:/i.test(plain.location ?? '');
    const served = plain.status >= 200 && plain.status < 300;
    const onward = plain.status >= 300 && plain.status < 400 && plain.location !== null && !kept;
    if (served || onward) {
      const message = served ? `answers ${plain.status} without encryption` : `redirects to ${plain.location}`;
      findings.push(
        findingOf(ctx.manifest, 'http-not-redirected', [{ url: plain.url, message }], { evidence: plain.url }),
      );
    } else if (kept) passes++;
  }
  if (foreign) {
    if (foreign.allowOrigin === foreign.origin && foreign.allowCredentials === 'true') {
      const message = `Origin: ${foreign.origin} is answered with the same origin and credentials allowed`;
      findings.push(
        findingOf(ctx.manifest, 'cors-any-origin', [{ url: foreign.url, message }], {
          evidence: 'access-control-allow-origin',
        }),
      );
    } else passes++;
  }
  if (oldTls?.taken) {
    const place = { url: oldTls.url, message: 'TLS 1.1 or less is answered' };
    findings.push(findingOf(ctx.manifest, 'tls-old-protocol', [place], { evidence: 'tls' }));
  } else if (oldTls) passes++;
  return { findings, scores: [], facts: { httpProbe: plain?.status ?? null }, passes };
}
