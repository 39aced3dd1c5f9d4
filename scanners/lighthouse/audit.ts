import {
  type AuditContext,
  type CellFindings,
  clip,
  type Score,
  type ScannerFinding,
  type Severity,
  type Standard,
} from '@stageflow/engine/sdk';
import { itemsOf, occurrencesOf } from './audit-items.ts';
import { judges, PASS } from './failing.ts';
import type { LighthouseAudit, LighthouseRaw } from './raw.ts';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
type CategoryId = (typeof CATEGORIES)[number];

/** Judgements of a server that a served build has not: they would be about our own server. */
const SERVER_AUDITS: ReadonlySet<string> = new Set([
  'is-on-https',
  'redirects-http',
  'has-hsts',
  'modern-http-insight',
  'document-latency-insight',
  'server-response-time',
  'cache-insight',
  'redirects',
  'csp-xss',
  'clickjacking-mitigation',
  'origin-isolation',
  'trusted-types-xss',
]);

/** Judged by how the page is drawn, so a style or font that was not loaded leaves them open. */
const DRAWN: ReadonlySet<string> = new Set(['color-contrast', 'target-size', 'link-in-text-block']);

/** What is missing may be what a script that was not loaded would have written. */
const WRITTEN: ReadonlySet<string> = new Set(['document-title', 'meta-description', 'landmark-one-main', 'bypass']);

/** What of a page's parts a verdict needs to be true. */
function needsOf(id: string): Pick<ScannerFinding, 'dependsOn'> {
  if (DRAWN.has(id)) return { dependsOn: ['style', 'font'] };
  return WRITTEN.has(id) ? { dependsOn: ['script'] } : {};
}

/** Groups of the performance category that are numbers, not faults. */
const NUMBERS: ReadonlySet<string> = new Set(['metrics', 'hidden']);

const BEST_PRACTICE_SEVERITY: Readonly<Record<string, Severity>> = {
  'is-on-https': 'serious',
  'redirects-http': 'moderate',
  'errors-in-console': 'moderate',
  'third-party-cookies': 'moderate',
  'geolocation-on-start': 'moderate',
  'notification-on-start': 'moderate',
  'paste-preventing-inputs': 'moderate',
};

const SEO_SEVERITY: Readonly<Record<string, Severity>> = {
  'is-crawlable': 'serious',
  'http-status-code': 'serious',
  'document-title': 'serious',
  'image-alt': 'serious',
  'meta-description': 'moderate',
  hreflang: 'moderate',
  canonical: 'moderate',
  'robots-txt': 'moderate',
};

const IMPACTS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  serious: 'serious',
  moderate: 'moderate',
  minor: 'minor',
};

/** How much mending would speed the page up decides; an audit that names no saving is for information. */
function performanceSeverity(audit: LighthouseAudit): Severity {
  const { CLS = 0, ...times } = audit.metricSavings ?? {};
  const ms = Math.max(0, ...Object.values(times));
  if (ms >= 1000 || CLS >= 0.25) return 'serious';
  if (ms >= 300 || CLS >= 0.1) return 'moderate';
  return ms > 0 || CLS > 0 ? 'minor' : 'info';
}

function severityOf(category: CategoryId, audit: LighthouseAudit): Severity {
  if (category === 'performance') return performanceSeverity(audit);
  if (category === 'accessibility') {
    const { impact, tags = [] } = audit.details?.debugData ?? {};
    const given = IMPACTS[impact ?? ''] ?? 'moderate';
    const advice = !tags.some((tag) => tag.startsWith('wcag'));
    return advice && (given === 'critical' || given === 'serious') ? 'moderate' : given;
  }
  return (category === 'seo' ? SEO_SEVERITY : BEST_PRACTICE_SEVERITY)[audit.id] ?? 'minor';
}

/** WCAG numbers from axe's tags, as Lighthouse passes them on. */
function standardsOf(audit: LighthouseAudit): Standard[] {
  return (audit.details?.debugData?.tags ?? []).flatMap((tag): Standard[] => {
    const found = /^wcag(\d)(\d)(\d{1,2})$/.exec(tag);
    return found ? [{ name: 'WCAG 2.2', criterion: `${found[1]}.${found[2]}.${found[3]}` }] : [];
  });
}

const LINK = /\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/g;

/** Lighthouse's descriptions are Markdown with links: plain words, and the first link as the place to read on. */
function plain(description: string): { text: string; link: string | undefined } {
  const link = [...description.matchAll(LINK)].at(-1)?.[2];
  const text = description
    .replace(LINK, '$1')
    .replace(/\s*(?:Learn (?:more|how|what)[^.]*|Use the [^.]* guide)\.?\s*$/i, '')
    .replaceAll('`', '')
    .trim();
  return { text: text.length >= 10 ? text : `${text} See the linked page.`, link };
}

/** Rows that this scan itself caused: what the guard refused fails in the console too, and headless browsers ask for an icon nobody linked. */
function ownDoing(audit: LighthouseAudit, item: ReturnType<typeof itemsOf>[number]): boolean {
  if (audit.id === 'bf-cache') return item.failureType !== undefined && item.failureType !== 'Actionable';
  if (audit.id !== 'errors-in-console') return false;
  const description = typeof item.description === 'string' ? item.description : '';
  if (/ERR_TUNNEL_CONNECTION_FAILED|ERR_BLOCKED_BY_CLIENT|ERR_PROXY/.test(description)) return true;
  return (item.sourceLocation?.url ?? item.url ?? '').endsWith('/favicon.ico');
}

/** Hosts whose assets were missing from the measurement. */
function missingHosts(raw: LighthouseRaw, ownOrigin: string): string[] {
  const hosts = raw.unanswered.flatMap((url) =>
    URL.canParse(url) && new URL(url).origin !== ownOrigin && !url.endsWith('/favicon.ico') ? [new URL(url).host] : [],
  );
  return [...new Set(hosts)];
}

function findingOf(
  category: CategoryId,
  audit: LighthouseAudit,
  raw: LighthouseRaw,
  review: boolean,
): ScannerFinding | null {
  const all = itemsOf(audit);
  const items = all.filter((item) => !ownDoing(audit, item));
  if (all.length > 0 && items.length === 0) return null;
  const { text, link } = plain(audit.description);
  const standards = standardsOf(audit);
  const advice = category === 'accessibility' && standards.length === 0;
  return {
    rule: audit.id,
    // The performance module alone speaks of speed; all other names are shared with the scanners that look at the same thing.
    ...(category === 'performance' ? {} : { issue: audit.id }),
    title: clip(audit.title.replaceAll('`', ''), 300),
    severity: severityOf(category, audit),
    outcome: review ? 'needs-review' : 'fail',
    confidence: category === 'performance' ? 'likely' : 'certain',
    category: advice ? 'best-practices' : category,
    standards,
    howToFix: clip(text, 4000),
    ...(link === undefined || link.length > 500 ? {} : { helpUrl: link }),
    ...needsOf(audit.id),
    occurrences: occurrencesOf(audit, items, raw),
  };
}

function scoreOf(id: CategoryId, raw: LighthouseRaw): Score {
  const values = raw.runs.map((run) => run.scores[id] ?? null).filter((value) => value !== null);
  const value = raw.runs[raw.kept]?.scores[id] ?? null;
  if (value === null || values.length === 0) return { id, value: null };
  return { id, value, spread: [Math.min(...values), Math.max(...values)], runs: raw.runs.length };
}

const METRICS = [
  'first-contentful-paint',
  'largest-contentful-paint',
  'total-blocking-time',
  'cumulative-layout-shift',
  'speed-index',
  'interactive',
] as const;

/** Findings, scores and facts of one measured page. */
export function audit(raw: LighthouseRaw, ctx: AuditContext): CellFindings {
  const { report } = raw;
  const hosts = missingHosts(raw, ctx.job.origin);
  const findings: ScannerFinding[] = [];
  const seen = new Set<string>();
  const notHere: string[] = [];
  let passes = 0;
  for (const category of CATEGORIES) {
    for (const ref of report.categories[category]?.auditRefs ?? []) {
      const one = report.audits[ref.id];
      if (!one || seen.has(ref.id) || (category === 'performance' && NUMBERS.has(ref.group ?? ''))) continue;
      if (!judges(one)) continue;
      seen.add(ref.id);
      if (ctx.job.source === 'zip' && SERVER_AUDITS.has(ref.id)) {
        notHere.push(ref.id);
        continue;
      }
      if (one.score >= PASS) {
        passes += 1;
        continue;
      }
      const needsAll = category === 'performance' || DRAWN.has(one.id);
      const finding = findingOf(category, one, raw, needsAll && hosts.length > 0);
      if (finding) findings.push(finding);
    }
  }
  const metrics = METRICS.flatMap((id) => {
    const value = report.audits[id]?.numericValue;
    return typeof value === 'number' ? [[id, Math.round(value * 1000) / 1000] as const] : [];
  });
  return {
    findings,
    scores: CATEGORIES.map((id) => scoreOf(id, raw)),
    facts: {
      lighthouse: report.lighthouseVersion,
      benchmarkIndex: report.environment.benchmarkIndex,
      formFactor: report.configSettings.formFactor,
      throttling: report.configSettings.throttlingMethod,
      runs: raw.runs.length,
      ...Object.fromEntries(metrics),
      ...(notHere.length === 0 ? {} : { 'not measurable here': notHere.join(', ') }),
      ...(hosts.length === 0
        ? {}
        : { 'performance needs review': `asset_blocked: nothing was loaded from ${hosts.slice(0, 10).join(', ')}` }),
    },
    passes,
  };
}
