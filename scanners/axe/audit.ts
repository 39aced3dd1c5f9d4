import {
  type AuditContext,
  type CellFindings,
  clip,
  type Occurrence,
  type ScannerFinding,
  type Severity,
  type Standard,
} from '@stageflow/engine/sdk';
import { howToFix } from './advice.ts';
import type { AxeCheck, AxeNode, AxeRaw, AxeRule } from './result.ts';
import { criterionOf } from './wcag.ts';

const SEVERITY: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  serious: 'serious',
  moderate: 'moderate',
  minor: 'minor',
};

/** Best practices are advice and never weigh more than this. */
const ADVICE_AT_MOST: Severity = 'moderate';

/** Rules whose verdict needs the page's styles or fonts to be there, or the scripts that may write what is missing. */
const NEEDS: Readonly<Record<string, ScannerFinding['dependsOn']>> = {
  'color-contrast': ['style', 'font'],
  'link-in-text-block': ['style'],
  'target-size': ['style', 'font'],
  'scrollable-region-focusable': ['style'],
  'css-orientation-lock': ['style'],
  'document-title': ['script'],
  'landmark-one-main': ['script'],
  'page-has-heading-one': ['script'],
  bypass: ['script'],
};

/** Rules about the layout of the document: one landmark around the content ends all their places, whatever element each of them is. */
const OF_THE_LAYOUT: ReadonlySet<string> = new Set(['region']);

/** The selector of a node: steps into frames and shadow roots joined by ` >>> `. */
export function selectorOf(target: AxeNode['target']): string {
  return target.flat().join(' >>> ');
}

/** `wcag143` is 1.4.3; the last part may have two digits (`wcag2411` is 2.4.11). */
function standardsOf(tags: readonly string[]): Standard[] {
  return tags.flatMap((tag): Standard[] => {
    const found = /^wcag(\d)(\d)(\d{1,2})$/.exec(tag);
    return found ? [criterionOf(`${found[1]}.${found[2]}.${found[3]}`)] : [];
  });
}

/** What axe measured, in one line. */
function contrast(checks: readonly AxeCheck[]): string | null {
  for (const check of checks) {
    const data = check.data as {
      fgColor?: unknown;
      bgColor?: unknown;
      contrastRatio?: unknown;
      expectedContrastRatio?: unknown;
    } | null;
    if (
      typeof data?.contrastRatio !== 'number' ||
      data.contrastRatio === 0 ||
      typeof data.expectedContrastRatio !== 'string'
    )
      continue;
    return `contrast ${data.contrastRatio}:1, needed ${data.expectedContrastRatio} (text ${data.fgColor} on ${data.bgColor})`;
  }
  return null;
}

/** Why a node is listed: measured values where there are any, else axe's own reasons. */
export function messageOf(node: AxeNode): string {
  const measured = contrast(node.any);
  if (measured) return measured;
  const reasons = [...node.all, ...node.none].map((c) => c.message);
  const any = node.any.map((c) => c.message);
  const alternatives = any.length > 1 ? `one of: ${any.join('; ')}` : any.join('');
  return clip([...reasons, alternatives].filter((text) => text !== '').join('; ') || (node.failureSummary ?? ''), 1000);
}

function findingsOf(rule: AxeRule, outcome: 'fail' | 'needs-review'): ScannerFinding[] {
  const advice = !rule.tags.some((tag) => tag.startsWith('wcag'));
  const bySeverity = new Map<Severity, Occurrence[]>();
  for (const node of rule.nodes) {
    const given = SEVERITY[node.impact ?? rule.impact ?? ''] ?? 'moderate';
    const severity = advice && (given === 'critical' || given === 'serious') ? ADVICE_AT_MOST : given;
    const occurrence: Occurrence = { selector: selectorOf(node.target), snippet: node.html, message: messageOf(node) };
    const same = bySeverity.get(severity);
    if (same) same.push(occurrence);
    else bySeverity.set(severity, [occurrence]);
  }
  const dependsOn = NEEDS[rule.id];
  return [...bySeverity].map(([severity, occurrences]) => ({
    rule: rule.id,
    issue: rule.id,
    title: `${rule.help}${rule.nodeCount > rule.nodes.length ? ` (${rule.nodeCount} places, ${rule.nodes.length} shown)` : ''}`,
    severity,
    outcome,
    confidence: outcome === 'fail' ? 'certain' : 'possible',
    category: advice ? 'best-practices' : 'accessibility',
    standards: standardsOf(rule.tags),
    howToFix: howToFix(rule),
    helpUrl: rule.helpUrl,
    ...(dependsOn ? { dependsOn } : {}),
    ...(OF_THE_LAYOUT.has(rule.id) ? { evidence: 'layout' } : {}),
    occurrences,
  }));
}

/** Findings of one page from axe's stored result. Violations fail; what axe could not decide is for a person to review. */
export function audit(raw: AxeRaw, _ctx: AuditContext): CellFindings {
  const broken = new Set(raw.violations.map((rule) => rule.id));
  const passes = raw.passes.filter((id) => !broken.has(id)).length;
  const failed = raw.violations.filter((rule) => rule.tags.some((tag) => tag.startsWith('wcag'))).length;
  const judged = passes + failed;
  return {
    findings: [
      ...raw.violations.flatMap((rule) => findingsOf(rule, 'fail')),
      ...raw.incomplete.flatMap((rule) => findingsOf(rule, 'needs-review')),
    ],
    scores: [{ id: 'axe', value: judged === 0 ? null : Math.round((100 * passes) / judged) }],
    facts: { 'axe-core': raw.version, rulesInapplicable: raw.inapplicable.length, framesMissed: raw.framesMissed },
    passes,
  };
}
