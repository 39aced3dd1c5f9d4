import type { FocusSeen } from '../raw.ts';
import type { Hand } from './hand.ts';

/** Most presses of Tab on the way to one element, and of an arrow within a composite widget. */
const MOST_TABS = 120;
const MOST_ARROWS = 12;

type Keys = Pick<Hand, 'press' | 'focus'>;

/** Moves within a composite widget by arrow keys until the element has the focus. */
async function arrowTo(keys: Keys, selector: string, group: string): Promise<boolean> {
  for (const key of ['ArrowRight', 'ArrowDown']) {
    for (let n = 0; n < MOST_ARROWS; n++) {
      await keys.press(key);
      const at = await keys.focus();
      if (at.selector === selector) return true;
      if (at.group !== group) break;
    }
  }
  return false;
}

/** Goes to an element as somebody without a pointer does: Tab by Tab, and by arrow keys inside a composite widget. */
export async function keyTo(
  keys: Keys,
  { selector, group }: { readonly selector: string; readonly group: string | null },
): Promise<boolean> {
  let blanks = 0;
  let tried = false;
  const seen = new Set<string>();
  for (let n = 0; n < MOST_TABS; n++) {
    const at = await keys.focus();
    if (at.selector === selector) return true;
    if (group !== null && at.group === group && !tried) {
      tried = true;
      if (await arrowTo(keys, selector, group)) return true;
    }
    await keys.press('Tab');
    const next = await keys.focus();
    if (next.selector === null) {
      blanks += 1;
      // Twice through the end of the document: everything was passed.
      if (blanks > 1) return false;
      continue;
    }
    if (seen.has(next.selector) && blanks > 0) return next.selector === selector;
    // The same few places again without an end of the document between them.
    if (seen.has(next.selector) && n > seen.size + 3) return next.selector === selector;
    seen.add(next.selector);
  }
  return false;
}

/** Where Tab leads, at most `most` times; ends when it comes to the end of the document, or round again. */
export async function tabAlong(
  keys: Keys,
  most: number,
): Promise<{ readonly places: string[]; readonly round: boolean }> {
  const places: string[] = [];
  for (let n = 0; n < most; n++) {
    await keys.press('Tab');
    const at: FocusSeen = await keys.focus();
    if (at.selector === null) return { places, round: false };
    if (places.includes(at.selector)) return { places, round: true };
    places.push(at.selector);
  }
  return { places, round: false };
}

/** Whether Escape and then Tab, or Shift+Tab, lead out of the given places. */
export async function canLeave(keys: Keys, among: ReadonlySet<string>): Promise<boolean> {
  const outside = async () => {
    const at = await keys.focus();
    return at.selector === null || !among.has(at.selector);
  };
  await keys.press('Escape');
  for (const key of ['Tab', 'Shift+Tab'])
    for (let n = 0; n <= among.size; n++) {
      await keys.press(key);
      if (await outside()) return true;
    }
  return false;
}
