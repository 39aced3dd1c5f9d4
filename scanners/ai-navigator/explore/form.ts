import { browserRefuses, texts } from '../in-page/look.ts';
import type { Action, FormSeen, Target } from '../raw.ts';
import { whyNotSent } from './caution.ts';
import type { Journey, Place } from './journey.ts';
import { syntheticFor } from './synthetic.ts';

const NOT_TYPED = /^(?:checkbox|radio|select-one|select-multiple|range|date|time|month|week|datetime-local|color)$/;

/** Sends a form empty, to see how it tells of what is missing, and filled with data of nobody. */
export async function tryForm(journey: Journey, place: Place, form: FormSeen): Promise<Place[]> {
  const { hand, found } = journey;
  const { submit } = form;
  if (submit === null || form.fields.length === 0) return [];
  const reason = whyNotSent(form);
  if (reason !== null) {
    found.skipped.push({ what: `form ${form.selector}`, reason });
    return [];
  }
  const reached: Place[] = [];
  const button: Target = { ...submit, role: 'button', snippet: form.snippet };
  const send: Action = { kind: 'click', on: button };
  if (!form.search && (await journey.goTo(place))) {
    const before = new Set((await hand.inside(texts, null)).map((one) => `${one.selector} ${one.text}`));
    const { done, held, navigated, focus } = await journey.act(send, 'pointer', 'send the form empty');
    if (done) {
      const appeared = (await hand.inside(texts, null)).filter((one) => !before.has(`${one.selector} ${one.text}`));
      const browserSays = form.validates && navigated === null && (await hand.inside(browserRefuses, form.selector));
      const sent = navigated !== null || held.length > 0;
      found.forms.push({ form, state: place.seen.id, browserSays, appeared: appeared.slice(0, 20), focus, sent });
      if (!sent) {
        const state = await journey.arrive('form-error', `form “${button.name}” sent empty`, [send]);
        if (state) reached.push(state);
      }
    }
  }
  const fills = form.fields
    .filter((field) => !NOT_TYPED.test(field.type))
    .map(
      (field): Action => ({
        kind: 'fill',
        on: { selector: field.selector, role: 'textbox', name: field.name, snippet: '' },
        value: syntheticFor(field),
      }),
    );
  if (fills.length === 0 || !(await journey.goTo(place))) return reached;
  for (const fill of fills) {
    const filled = await journey.act(fill, 'pointer', 'fill in synthetic data');
    if (!filled.done) return reached;
  }
  const sent = await journey.act(send, 'pointer', 'send the form filled');
  if (sent.done && sent.navigated === null) {
    const state = await journey.arrive('form-filled', `form “${button.name}” sent filled`, [...fills, send]);
    if (state) reached.push(state);
  }
  return reached;
}
