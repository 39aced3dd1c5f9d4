import { isShown } from '../in-page/look.ts';
import type { DialogSeen, Step, Target } from '../raw.ts';
import type { Journey } from './journey.ts';

/** Longest wait for a focus that a script moves in a later turn, in looks of 50 ms. */
const LOOKS = 8;
const CLOSES =
  /^(?:close|cancel|dismiss|done|ok|no,? thanks|schließen|abbrechen|fertig|fermer|cerrar|[×✕✖x])(?:$|\b)|\b(?:close|schließen)\b/i;

/** Tries a dialog that has just opened with the keyboard: does the focus go in, stay in, come back, and is there a way out. */
export async function tryDialog(journey: Journey, opener: Target, dialog: DialogSeen, by: Step['by']): Promise<void> {
  const { hand, budget, found } = journey;
  budget.step();
  journey.stray();
  const shown = () => hand.inside(isShown, dialog.selector);
  const inside = (at: { readonly dialog: string | null; readonly selector: string | null }) =>
    at.dialog === dialog.selector || at.selector === dialog.selector;
  let at = await hand.focus();
  for (let n = 0; n < LOOKS && !inside(at); n++) {
    await hand.wait(50);
    at = await hand.focus();
  }
  const focusedIn = inside(at);
  const within = (await hand.survey()).controls.filter(
    (control) => control.dialog === dialog.selector && control.tabbable,
  );
  const outside: string[] = [];
  for (let n = 0; n < Math.min(within.length + 2, 25); n++) {
    await hand.press('Tab');
    const next = await hand.focus();
    if (next.selector !== null && !inside(next) && !outside.includes(next.selector)) outside.push(next.selector);
  }
  await hand.press('Escape');
  await hand.still();
  let closedBy: 'Escape' | 'control' | null = (await shown()) ? null : 'Escape';
  const closer = within.find((control) => CLOSES.test(control.name));
  if (closedBy === null && closer !== undefined) {
    for (let n = 0; n < 40 && (await hand.focus()).selector !== closer.selector; n++) await hand.press('Tab');
    if ((await hand.focus()).selector === closer.selector) {
      await hand.press('Enter');
      await hand.still();
      if (!(await shown())) closedBy = 'control';
    }
  }
  let after = null;
  if (closedBy !== null) {
    after = await hand.focus();
    for (let n = 0; n < LOOKS && after.selector !== opener.selector; n++) {
      await hand.wait(50);
      after = await hand.focus();
    }
  }
  found.dialogs.push({ opener, dialog, by, focusedIn, outside: outside.slice(0, 10), closedBy, after });
}
