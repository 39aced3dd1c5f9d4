import { among, at, called, type Check, within } from './check.ts';
import type { FormFact, TextSeen } from '../raw.ts';

const COMPLAINS =
  /error|invalid|required|missing|please|must|cannot|enter |fehler|ungültig|pflicht|bitte|erforderlich|erreur|obligatoire|requis|obligatorio|inválid/i;

/** Texts that came up because a form was sent as it was not to be. */
const complaints = ({ form, appeared }: FormFact): TextSeen[] =>
  appeared.filter((one) => one.form === form.selector || COMPLAINS.test(`${one.text} ${one.style}`));

/** Whether somebody who sees nothing is told: by a live region, or by a focus that stands at the fault. */
function told({ focus, form }: FormFact, texts: readonly TextSeen[]): boolean {
  if (texts.some((one) => one.live)) return true;
  const about = focus.describedBy.some((id) =>
    texts.some((one) => one.selector === id || one.selector.startsWith(`${id} `)),
  );
  const summary =
    focus.text !== '' && texts.some((one) => focus.text.includes(one.text)) && focus.selector !== form.submit?.selector;
  return about || summary || (focus.invalid && form.fields.some((field) => field.selector === focus.selector));
}

/** Slides after which a carousel that still grows has no end. */
const ENDLESS = 12;
/** Times that a page grew under the wheel before its end counts as out of reach. */
const GREW = 3;

/** Dialogs, forms and what moves. */
export const widgetRules = {
  'dialog-focus-not-moved': (raw) =>
    among(raw.dialogs, (dialogs) =>
      dialogs
        .filter((fact) => fact.by === 'keyboard' && !fact.focusedIn)
        .map(({ dialog, opener }) => at(dialog, `${called(opener)} opens the dialog, and the focus stays outside it`)),
    ),
  'dialog-focus-escapes': (raw) =>
    among(
      raw.dialogs.filter((fact) => fact.dialog.modal && fact.focusedIn),
      (dialogs) =>
        dialogs
          .filter((fact) => fact.outside.length > 0)
          .map(({ dialog, outside }) =>
            at(dialog, `the dialog says that it is modal, and Tab leads out of it to ${outside[0]}`),
          ),
    ),
  'dialog-cannot-be-closed': (raw) =>
    among(raw.dialogs, (dialogs) =>
      dialogs
        .filter((fact) => fact.closedBy === null)
        .map(({ dialog, opener }) =>
          at(
            dialog,
            `after ${called(opener)} opened it, neither Escape nor a button that Tab reaches closes the dialog`,
          ),
        ),
    ),
  'dialog-focus-not-returned': (raw) =>
    among(
      raw.dialogs.filter((fact) => fact.by === 'keyboard' && fact.closedBy !== null),
      (dialogs) =>
        dialogs
          .filter((fact) => fact.after?.selector !== fact.opener.selector)
          .map(({ dialog, opener, closedBy, after }) => {
            const where = after?.selector ?? null;
            const message = `closed by ${closedBy === 'Escape' ? 'Escape' : 'its own button'}, the dialog leaves the focus ${where === null ? 'nowhere' : `at ${where}`} instead of at ${called(opener)}`;
            return where === null ? at(dialog, message) : { ...at(dialog, message), outcome: 'needs-review' as const };
          }),
    ),
  'form-error-not-announced': (raw) =>
    among(
      raw.forms.filter((fact) => !fact.sent && !fact.browserSays && complaints(fact).length > 0),
      (forms) =>
        forms
          .filter((fact) => !told(fact, complaints(fact)))
          .map((fact) => {
            const said = complaints(fact)[0]?.text ?? '';
            return at(
              fact.form,
              `sent empty, the form shows “${said}”, in no live region and with the focus elsewhere${within(raw, fact.state)}`,
            );
          }),
    ),
  'carousel-endless': (raw) =>
    among(raw.carousels, (carousels) =>
      carousels
        .filter((one) => one.fresh >= ENDLESS && one.elementsAfter > one.elementsBefore)
        .map(({ carousel, presses, elementsBefore, elementsAfter }) =>
          at(
            carousel,
            `after ${presses} slides it still adds new ones: ${elementsBefore} elements became ${elementsAfter}`,
          ),
        ),
    ),
  'carousel-moves': (raw) =>
    among(raw.carousels, (carousels) =>
      carousels
        .filter((one) => one.movesByItself && !one.carousel.pause)
        .map(({ carousel }) => at(carousel, 'it goes on by itself for more than five seconds, and nothing pauses it')),
    ),
  'infinite-scroll-footer': (raw) => {
    const { scroll } = raw;
    if (scroll === null || scroll.footer === null) return null;
    return scroll.grew < GREW
      ? []
      : [at(scroll.footer, `the page grew ${scroll.grew} times when its end was reached: the footer moves away`)];
  },
} satisfies Record<string, Check>;
