import { heightOf } from '../in-page/look.ts';
import type { Journey, Place } from './journey.ts';

/** Turns of the wheel to the end of the page that are tried. */
const TURNS = 5;

/** Scrolls to the end of the page, again and again, while it grows. */
export async function tryScroll(journey: Journey, start: Place): Promise<void> {
  const { hand, budget, found } = journey;
  if (!(await journey.goTo(start))) return;
  journey.stray();
  let height = await hand.inside(heightOf, null);
  let grew = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    budget.step();
    await hand.wheel(height + 2000);
    await hand.still();
    const now = await hand.inside(heightOf, null);
    if (now <= height + 50) break;
    grew += 1;
    height = now;
  }
  found.scroll = { grew, footer: start.survey.footer };
}
