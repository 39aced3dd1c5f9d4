import { isShown } from '../in-page/look.ts';
import type { TablistSeen, TabSeen, TabsFact, Target } from '../raw.ts';
import type { Journey, Place } from './journey.ts';
import { keyTo } from './keys.ts';

/** Tabs of one list that are tried. */
const MOST = 8;

const targetOfTab = ({ selector, name, snippet }: TabSeen): Target => ({ selector, role: 'tab', name, snippet });

/** Shows every tab of a list by pointer and by keyboard alone. A panel that only the pointer shows cannot be reached without one. */
export async function tryTabs(journey: Journey, place: Place, list: TablistSeen): Promise<Place[]> {
  const { hand, found } = journey;
  const reached: Place[] = [];
  const tried: TabsFact['tabs'][number][] = [];
  const came = async (tab: TabSeen) => {
    const now = (await hand.survey()).tablists.find((one) => one.selector === list.selector);
    const same = now?.tabs.find((one) => one.selector === tab.selector);
    return same !== undefined && (same.selected || same.panelShown);
  };
  for (const tab of list.tabs.slice(0, MOST)) {
    if (tab.selected || (tab.panel !== null && tab.panelShown) || !(await hand.inside(isShown, tab.selector))) continue;
    const target = targetOfTab(tab);
    if (!(await journey.goTo(place))) break;
    const clicked = await journey.act({ kind: 'click', on: target }, 'pointer', 'show the tab');
    const byPointer = clicked.done && clicked.navigated === null && (await came(tab));
    if (byPointer) {
      const state = await journey.arrive('tab', `tab “${tab.name}”`, [{ kind: 'click', on: target }]);
      if (state) reached.push(state);
    }
    if (!byPointer || !(await journey.goTo(place))) continue;
    journey.budget.step();
    journey.stray();
    let byKeyboard = false;
    if (await keyTo(hand, { selector: tab.selector, group: list.selector })) {
      for (const key of ['', 'Enter', ' ']) {
        if (key !== '') await hand.press(key);
        await hand.still();
        byKeyboard ||= await came(tab);
        if (byKeyboard) break;
      }
    }
    tried.push({ tab: target, panel: tab.panel, byPointer, byKeyboard });
  }
  if (tried.length > 0) found.tablists.push({ list: list.selector, tabs: tried });
  return reached;
}
