import { contentOf, isShown } from '../in-page/look.ts';
import type { CarouselSeen, Target } from '../raw.ts';
import type { Journey, Place } from './journey.ts';

/** Presses of “next”: more than slides that anybody would look at. */
const PRESSES = 16;
/** WCAG 2.2.2 speaks of what moves for more than five seconds. What moves in the first of them may be the last press coming to its end. */
const WATCH = { looks: 11, everyMs: 500, firstLooks: 2 } as const;

/** Turns a carousel on until it begins again or ends, and then watches whether it goes on by itself. */
export async function tryCarousel(journey: Journey, place: Place, carousel: CarouselSeen): Promise<void> {
  const { hand, found } = journey;
  if (!(await journey.goTo(place))) return;
  const first = await hand.inside(contentOf, carousel.selector);
  if (first === null) return;
  const next: Target = { selector: carousel.next, role: 'button', name: 'next', snippet: carousel.snippet };
  const shown = new Set([first.content]);
  let fresh = 0;
  let presses = 0;
  let elements = first.elements;
  while (presses < PRESSES && (await hand.inside(isShown, carousel.next))) {
    const { done } = await journey.act({ kind: 'click', on: next }, 'pointer', 'turn the carousel on');
    const now = await hand.inside(contentOf, carousel.selector);
    if (!done || now === null) break;
    presses += 1;
    elements = now.elements;
    // Back at what was shown before, or at the end: it has a last slide.
    if (shown.has(now.content)) break;
    shown.add(now.content);
    fresh += 1;
  }
  let movesByItself = false;
  let before = (await hand.inside(contentOf, carousel.selector))?.content;
  for (let look = 0; look < WATCH.looks && !movesByItself; look++) {
    await hand.wait(WATCH.everyMs);
    const now = (await hand.inside(contentOf, carousel.selector))?.content;
    movesByItself = look >= WATCH.firstLooks && now !== before;
    before = now;
  }
  found.carousels.push({
    carousel,
    presses,
    fresh,
    elementsBefore: first.elements,
    elementsAfter: elements,
    movesByItself,
  });
}
