import { among, at, called, type Check, within } from './check.ts';

const named = (count: number) => (count === 1 ? 'one place' : `${count} places`);

/** What can only be done, or not left again, with a pointer. */
export const keyboardRules = {
  'keyboard-trap': (raw) =>
    among(raw.walks, (walks) =>
      walks
        .filter((walk) => walk.trapped)
        .map(({ opener, places, state }) => {
          const round = `Tab goes round among ${named(places.length)}, and neither Escape nor Shift+Tab leads out`;
          return opener === null
            ? at({ selector: places.at(-1) ?? 'body', snippet: '' }, round + within(raw, state))
            : at(opener, `after ${called(opener)} was opened with the keyboard, ${round}${within(raw, state)}`);
        }),
    ),
  'control-not-reachable': (raw) =>
    among(raw.keyboard, (facts) =>
      facts
        .filter((fact) => !fact.reached)
        .map(({ control, state }) =>
          at(control, `a click on ${called(control)} does something, but no key leads to it${within(raw, state)}`),
        ),
    ),
  'control-not-operable': (raw) =>
    among(raw.keyboard, (facts) =>
      facts
        .filter((fact) => fact.reached && !fact.works)
        .map(({ control, state }) =>
          at(control, `a click on ${called(control)} does something; Enter and Space do nothing${within(raw, state)}`),
        ),
    ),
  'tab-panel-unreachable': (raw) =>
    among(
      raw.tablists.flatMap((list) => list.tabs),
      (tabs) =>
        tabs
          .filter((tab) => tab.byPointer && !tab.byKeyboard)
          .map(({ tab }) =>
            at(tab, `a click shows the panel of tab “${tab.name}”; neither Tab, arrow keys, Enter nor Space do`),
          ),
    ),
  'focus-lost': (raw) =>
    among(
      // What closes its dialog is judged with the dialog.
      raw.keyboard.filter(
        (fact) => fact.works && !fact.opened && !fact.navigated && (fact.dialog === null || fact.stillThere),
      ),
      (facts) =>
        facts
          .filter((fact) => fact.after?.selector === null)
          .map(({ control, state, stillThere }) =>
            at(
              control,
              `after ${called(control)} was pressed with the keyboard nothing has the focus${stillThere ? '' : ', since the control is gone'}${within(raw, state)}`,
            ),
          ),
    ),
} satisfies Record<string, Check>;
