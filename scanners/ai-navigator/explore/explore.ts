import { isShown } from '../in-page/look.ts';
import type { Control, DialogSeen, StateSeen } from '../raw.ts';
import { tryCarousel } from './carousel.ts';
import { whyNotPressed } from './caution.ts';
import { tryDialog } from './dialog.ts';
import { tryForm } from './form.ts';
import { type Journey, type Place, targetOf } from './journey.ts';
import { keyTo } from './keys.ts';
import { tryScroll } from './scroll.ts';
import { tryTabs } from './tabs.ts';
import { walk } from './walk.ts';

/** Repeated controls of a list of which so many stand for all. */
const ALIKE = 2;

/** Leads to another page: that page has a cell of its own. */
const leadsAway = ({ href }: Control) =>
  href !== null && href !== '' && !href.startsWith('#') && !/^javascript:/i.test(href);

/** What is pressed for its own sake; fields, tabs, forms and carousels are tried as what they are. */
function pressable(control: Control, place: Place): boolean {
  const { role, type, selector, form } = control;
  if (
    leadsAway(control) ||
    control.current ||
    (control.fake === false && !/^(?:button|link|menuitem\w*|switch|generic|treeitem)$/.test(role))
  )
    return false;
  if (form !== null && (type === 'submit' || type === 'image' || type === 'reset')) return false;
  if (role === 'link' && (control.href === null || (control.href.startsWith('#') && control.href.length > 1)))
    return false;
  return !place.survey.carousels.some((one) => selector === one.next || selector.startsWith(`${one.selector} `));
}

/**
 * Explores what can be reached from the page without leaving it, breadth first and always in the same order: presses what can be pressed, by
 * pointer and then by keyboard alone, and tries every dialog, menu, tab list, form and carousel as somebody without a pointer would.
 */
export async function explore(journey: Journey): Promise<void> {
  const [start] = journey.places;
  if (start === undefined) return;
  const widgets = new Set<string>();
  const pressed = new Map<string, number>();
  const tried = new Set<string>();
  for (const place of journey.places) {
    // A goal may have left the tab anywhere.
    if (place === start && (await journey.goTo(place))) await walk(journey, place.seen.id, null);
    await tryWidgets(journey, place, widgets);
    for (const control of place.fresh) {
      if (!pressable(control, place) || tried.has(control.selector)) continue;
      const times = pressed.get(control.alike) ?? 0;
      if (times >= ALIKE) continue;
      const reason = whyNotPressed(control);
      if (reason !== null) {
        journey.found.skipped.push({ what: `${control.role} “${control.name}”`, reason });
        continue;
      }
      tried.add(control.selector);
      pressed.set(control.alike, times + 1);
      await tryControl(journey, place, control);
    }
  }
  await tryScroll(journey, start);
}

async function tryWidgets(journey: Journey, place: Place, known: Set<string>): Promise<void> {
  const { tablists, forms, carousels } = place.survey;
  const first = <T extends { readonly selector: string }>(list: readonly T[]) =>
    list.filter(({ selector }) => !known.has(selector) && Boolean(known.add(selector)));
  for (const list of first(tablists)) await tryTabs(journey, place, list);
  for (const form of first(forms)) await tryForm(journey, place, form);
  for (const carousel of first(carousels)) await tryCarousel(journey, place, carousel);
}

/** What has come into view since a place. */
function opened(place: Place, dialogs: readonly DialogSeen[]): DialogSeen | null {
  const before = new Set(place.survey.dialogs.map((dialog) => dialog.selector));
  return dialogs.find((dialog) => !before.has(dialog.selector)) ?? null;
}

async function tryControl(journey: Journey, place: Place, control: Control): Promise<void> {
  const { hand } = journey;
  const target = targetOf(control);
  if (!(await journey.goTo(place)) || !(await hand.inside(isShown, control.selector))) return;
  const action = { kind: 'click', on: target } as const;
  const outcome = await journey.act(action, 'pointer', 'press it');
  if (!outcome.changed) return;
  let dialog: DialogSeen | null = null;
  let kind: StateSeen['kind'] = 'content';
  if (outcome.navigated === null) {
    const now = await hand.survey();
    dialog = opened(place, now.dialogs);
    const grown = now.controls.some((one) => !place.survey.controls.some((old) => old.selector === one.selector));
    const same = now.controls.find((one) => one.selector === control.selector);
    if (dialog !== null) kind = 'dialog';
    else if (grown && (same?.expanded === 'true' || now.controls.some((one) => one.role.startsWith('menuitem'))))
      kind = 'menu';
    await journey.arrive(kind, `${kind} after “${control.name || control.selector}”`, [action]);
  }
  if (!(await journey.goTo(place))) return;
  const works = await tryByKeyboard(journey, place, control);
  if (dialog !== null && !works && (await journey.goTo(place))) {
    await journey.act(action, 'pointer', 'open the dialog again');
    await tryDialog(journey, target, dialog, 'pointer');
  }
  // What opened and cannot be left is seen only by whoever goes on from there.
  if (dialog === null && kind === 'menu' && works && (await journey.goTo(place)) && (await keyTo(hand, control))) {
    await journey.act({ kind: 'press', key: 'Enter', on: target }, 'keyboard', 'open it and go on by Tab');
    const now = await hand.survey();
    const more = now.controls.length - place.survey.controls.length;
    await walk(journey, place.seen.id, target, Math.min(60, Math.max(8, more + 6)));
  }
}

/** Does the same without a pointer; true when something came of it. */
async function tryByKeyboard(journey: Journey, place: Place, control: Control): Promise<boolean> {
  const { hand, found } = journey;
  const target = targetOf(control);
  journey.budget.step();
  journey.stray();
  const reached = await keyTo(hand, control);
  let works = false;
  let navigated = false;
  let after = null;
  let dialog: DialogSeen | null = null;
  if (reached) {
    for (const key of ['Enter', ' ']) {
      const outcome = await journey.act({ kind: 'press', key, on: target }, 'keyboard', 'the same without a pointer');
      works = outcome.changed;
      navigated = outcome.navigated !== null;
      if (!works) continue;
      after = outcome.focus;
      if (!navigated) dialog = opened(place, (await hand.survey()).dialogs);
      break;
    }
  }
  found.keyboard.push({
    control: target,
    dialog: control.dialog,
    state: place.seen.id,
    reached,
    works,
    after,
    stillThere: navigated || (await hand.inside(isShown, control.selector)),
    opened: dialog !== null,
    navigated,
  });
  if (dialog !== null) await tryDialog(journey, target, dialog, 'keyboard');
  return works;
}
