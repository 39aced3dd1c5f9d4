import type { Action, NavigatorRaw, Step } from '../raw.ts';
import { among, at, called, type Check, type Hit, within } from './check.ts';

const SILENT = /\b(?:copy|kopieren|copier|print|drucken|imprimer|play|mute|share|teilen)\b/i;
/** What Chrome's own guidance calls a poor layout shift. */
const JUMP = 0.25;

const clicks = (raw: NavigatorRaw): readonly Step[] =>
  raw.steps.filter(({ by, why, action }) => by === 'pointer' && action.kind === 'click' && why === 'press it');
const where = (action: Action) => action.on ?? { selector: 'body', snippet: '', role: 'generic', name: '' };

/** One hit for each different thing that was said, at the control that was pressed when it was said first. */
function once<T>(
  raw: NavigatorRaw,
  saidBy: (step: Step) => readonly T[],
  key: (said: T) => string,
  message: (said: T, step: Step) => string,
): Hit[] {
  const seen = new Set<string>();
  return raw.steps.flatMap((step) =>
    saidBy(step).flatMap((said) => {
      if (seen.has(key(said))) return [];
      seen.add(key(said));
      return [{ ...at(where(step.action), message(said, step)), evidence: key(said).slice(0, 500) }];
    }),
  );
}

/** How the page answers what is done to it. */
export const answerRules = {
  'dead-click': (raw) =>
    among(
      clicks(raw).filter(
        ({ action, outcome }) =>
          outcome.done &&
          /^(?:button|link|menuitem)/.test(action.on?.role ?? '') &&
          !SILENT.test(action.on?.name ?? ''),
      ),
      (steps) =>
        steps
          .filter(({ outcome }) => !outcome.changed)
          .map(({ action, from }) => ({
            ...at(
              where(action),
              `a click on ${called(where(action))} changes nothing that can be seen${within(raw, from)}`,
            ),
            outcome: 'needs-review' as const,
          })),
    ),
  'error-after-action': (raw) =>
    among(raw.steps, () =>
      once(
        raw,
        (step) => step.outcome.errors,
        (text) => text,
        (text, step) => `${called(where(step.action))}: ${text}`,
      ),
    ),
  'request-failed-after-action': (raw) =>
    among(raw.steps, () =>
      once(
        raw,
        (step) => step.outcome.failed,
        ({ url }) => url,
        ({ url, why }, step) => `${called(where(step.action))}: ${url}: ${why}`,
      ),
    ),
  'layout-jump': (raw) =>
    among(clicks(raw), (steps) =>
      steps
        .filter(({ outcome }) => outcome.jump >= JUMP)
        .map(({ action, outcome, from }) =>
          at(
            where(action),
            `half a second and more after ${called(where(action))} was pressed the layout jumps by ${outcome.jump}${within(raw, from)}`,
          ),
        ),
    ),
} satisfies Record<string, Check>;
