import { type AuditContext, type CellFindings, clip, findingOf, type ScannerFinding } from '@stageflow/engine/sdk';
import type { NavigatorRaw } from './raw.ts';
import { goalOutcome } from './goal-facts.ts';
import { answerRules } from './rules/answers.ts';
import type { Check } from './rules/check.ts';
import { goalRules } from './rules/goal.ts';
import { keyboardRules } from './rules/keyboard.ts';
import { widgetRules } from './rules/widgets.ts';

/** Every rule of the manifest. */
export const rules: Readonly<Record<string, Check>> = {
  ...keyboardRules,
  ...widgetRules,
  ...answerRules,
  ...goalRules,
};

/** What the page modules said of the states, without what they say of the page as it loads: that is theirs to report. */
function ofStates(raw: NavigatorRaw): ScannerFinding[] {
  const placeOf = (scanner: string, finding: ScannerFinding, selector: string | undefined) =>
    `${scanner}/${finding.rule} ${selector ?? ''}`;
  const seen = new Set<string>();
  return raw.states.flatMap((state) =>
    state.looks.flatMap(({ scanner, findings }) =>
      findings.flatMap((finding): ScannerFinding[] => {
        const fresh = finding.occurrences.filter(({ selector }) => {
          const place = placeOf(scanner, finding, selector);
          return !seen.has(place) && Boolean(seen.add(place));
        });
        if (state.id === 0 || fresh.length === 0) return [];
        return [
          {
            ...finding,
            rule: `${scanner}/${finding.rule}`.slice(0, 120),
            issue: finding.issue ?? `${scanner}/${finding.rule}`,
            occurrences: fresh.map((occurrence) => ({
              ...occurrence,
              message: clip(`${occurrence.message ?? finding.title} (seen in: ${state.label})`, 2048),
              ...(state.picture === null ? {} : { screenshot: state.picture }),
            })),
          },
        ];
      }),
    ),
  );
}

/** Judges one run from what it stored; needs neither a browser nor a model. */
export function audit(raw: NavigatorRaw, ctx: AuditContext): CellFindings {
  const findings: ScannerFinding[] = [];
  let passes = 0;
  for (const [rule, check] of Object.entries(rules)) {
    const hits = check(raw);
    if (hits === null) continue;
    if (hits.length === 0) passes += 1;
    for (const { occurrence, outcome, evidence } of hits)
      findings.push(
        findingOf(ctx.manifest, rule, [occurrence], {
          ...(outcome ? { outcome } : {}),
          ...(evidence === undefined ? {} : { evidence }),
        }),
      );
  }
  const held = raw.steps.reduce((sum, step) => sum + step.outcome.held.length, 0);
  return {
    findings: [...findings, ...ofStates(raw)],
    scores: [],
    facts: {
      statesReached: raw.states.length,
      steps: raw.steps.length,
      mostStates: raw.caps.states,
      mostSteps: raw.caps.steps,
      mostSeconds: raw.caps.seconds,
      stoppedBy: raw.stopped,
      requestsHeldBack: held,
      leftAlone: clip(raw.skipped.map(({ what, reason }) => `${what}: ${reason}`).join('; '), 2000),
      ...goalOutcome(raw.goal),
      transcript: raw.evidence.transcript,
      playwrightTest: raw.evidence.test,
    },
    passes,
  };
}
