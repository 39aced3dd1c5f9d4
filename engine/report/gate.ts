import { EXIT } from '../kernel/error-row.ts';
import { SEVERITIES, type Severity } from '../scanner/finding.ts';
import type { Report } from './schema.ts';

/** What a person wants to be red. */
export interface GatePolicy {
  /** Fail on any failing cause of this severity or worse; null sets no such rule. */
  readonly failOn: Severity | null;
  /** Module id, score id or `<module>-<score>` -> lowest number that passes, 0-100. */
  readonly minScore: Readonly<Record<string, number>>;
  /** True lets an incomplete report pass; only ever set by the person. */
  readonly allowIncomplete?: boolean;
}

/** What the policy says of a report. */
export interface GateResult {
  /** Exit code of the command line by the precedence 4, 1, 3, 0. */
  readonly exitCode: number;
  /** Every reason that holds, the deciding one first; empty when it passes. */
  readonly reasons: readonly string[];
}

/** Judges a report. Needs-review never counts; a number that is missing fails the rule that asks for it. */
export function gate(report: Report, policy: GatePolicy): GateResult {
  const broken = [...severityReasons(report, policy.failOn), ...scoreReasons(report, policy.minScore)];
  const incomplete = report.verdict.status === 'incomplete' && policy.allowIncomplete !== true;
  const incompleteReasons = incomplete ? report.verdict.reasons.map((r) => r.sentence) : [];
  if (report.verdict.status === 'nothing')
    return { exitCode: EXIT.nothingScanned, reasons: [report.verdict.sentence, ...broken] };
  if (broken.length > 0) return { exitCode: EXIT.policyFailed, reasons: [...broken, ...incompleteReasons] };
  if (incomplete) return { exitCode: EXIT.incomplete, reasons: incompleteReasons };
  return { exitCode: EXIT.pass, reasons: [] };
}

function severityReasons(report: Report, failOn: Severity | null): string[] {
  if (failOn === null) return [];
  const counted = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1).filter((s) => report.summary.causes[s] > 0);
  if (counted.length === 0) return [];
  return [
    `Found ${counted.map((s) => `${report.summary.causes[s]} ${s}`).join(', ')}; the limit is none of severity ${failOn} or worse.`,
  ];
}

function scoreReasons(report: Report, minScore: Readonly<Record<string, number>>): string[] {
  return Object.entries(minScore).flatMap(([name, least]) => {
    const { value, reason } = scoreNamed(report, name);
    if (value === null)
      return [`${name} has no score (${reason}), and a missing score never passes; ${least} was asked for.`];
    return value < least ? [`${name} is ${value}; ${least} was asked for.`] : [];
  });
}

/** The number that a person means by a name. */
function scoreNamed(report: Report, name: string): { readonly value: number | null; readonly reason: string } {
  const module = report.summary.byModule.find((m) => m.scanner === name);
  if (module) return { value: module.score, reason: module.reason ?? 'not measured' };
  const scores = report.scanners.flatMap((s) =>
    s.scores.map((score) => ({ names: [score.id, `${s.id}-${score.id}`], score })),
  );
  const score = scores.find((s) => s.names.includes(name))?.score;
  return score
    ? { value: score.value, reason: score.reason ?? 'not measured' }
    : { value: null, reason: 'no module of this report gives it' };
}
