import type { Control, Target } from '../raw.ts';
import type { Journey } from './journey.ts';
import { canLeave, tabAlong } from './keys.ts';

/** Most presses of Tab in one walk. */
const MOST = 150;

/** Radio buttons and composite widgets share one tab stop: what Tab passes over there is not missed. */
const oneStop = (control: Control) => control.group !== null || control.type === 'radio' || control.tag === 'option';

/**
 * Walks on by Tab from where the focus is and tells whether it is a trap: a round of few places that Escape and Shift+Tab do not lead out of, while
 * the page has more. Leaves the focus anywhere. `opener` is the control behind which the walk began.
 */
export async function walk(journey: Journey, state: number, opener: Target | null, most = MOST): Promise<void> {
  const { hand, budget, found } = journey;
  budget.step();
  const { places, round } = await tabAlong(hand, most);
  const reached = new Set([...places, ...(opener === null ? [] : [opener.selector])]);
  const { controls, dialogs } = await hand.survey();
  const modal = dialogs.find((dialog) => dialog.modal)?.selector ?? null;
  const missed = controls
    .filter(
      (control) =>
        control.tabbable && !control.disabled && !oneStop(control) && (modal === null || control.dialog === modal),
    )
    .map((control) => control.selector)
    .filter((selector) => !reached.has(selector));
  journey.stray();
  const trapped = round && missed.length > 0 && !(await canLeave(hand, reached));
  found.walks.push({ state, opener, places, missed: missed.slice(0, 20), trapped });
}
