import { clip, type ExploreContext, type ModelUse } from '@stageflow/engine/sdk';
import { texts } from '../in-page/look.ts';
import type { Action, Control, GoalFact, Survey } from '../raw.ts';
import { whyNotPressed, whyNotSent } from './caution.ts';
import type { Journey } from './journey.ts';
import { targetOf } from './journey.ts';
import { keyTo } from './keys.ts';

/** Elements and characters that a planner is shown of one state. */
const SHOWN = { elements: 120, text: 3000 } as const;

const stateOf = ({ expanded, selected, disabled }: Control) =>
  [
    disabled ? 'disabled' : '',
    expanded === null ? '' : `expanded ${expanded}`,
    selected === null ? '' : `selected ${selected}`,
  ]
    .filter((word) => word !== '')
    .join(', ')
    .slice(0, 60);

/** Why an action that was planned is not done, or null: the same caution as for what is pressed unasked. */
function whyNot(control: Control, survey: Survey): string | null {
  const form = survey.forms.find((one) => one.selector === control.form);
  const sends = control.type === 'submit' || control.type === 'image';
  return whyNotPressed(control) ?? (sends && form !== undefined ? whyNotSent(form) : null);
}

/** How one action of the way came out. */
interface Way {
  /** The group of controls that share a tab stop, or null. */
  readonly group: string | null;
  readonly changed: boolean;
}

/** Works towards a goal in words, one planned action at a time, from the page as it loads; what was reached is then tried by keyboard alone. */
export async function pursue(
  ctx: ExploreContext,
  journey: Journey,
  goal: string,
  mostSteps: number,
): Promise<GoalFact> {
  const { hand } = journey;
  const actions: Action[] = [];
  const ways: Way[] = [];
  const history: string[] = [];
  let use: ModelUse | null = null;
  const fact = (more: Pick<GoalFact, 'reached' | 'because' | 'stopped'>): GoalFact => ({
    goal,
    actions,
    byKeyboard: null,
    use,
    ...more,
  });
  /** What is known so far stands when a cap ends the run here. */
  const sofar = (more: Pick<GoalFact, 'reached' | 'because'>) => {
    journey.found.goal = fact({ ...more, stopped: 'a cap of the run was reached' });
  };
  journey.stray();
  await ctx.tab.restart();
  await hand.still();
  sofar({ reached: null, because: '' });
  for (let step = 1; step <= mostSteps; step++) {
    const survey = await hand.survey();
    const controls = survey.controls.filter((control) => !control.disabled).slice(0, SHOWN.elements);
    const seen = (await hand.inside(texts, null)).map((one) => one.text).join('\n');
    const answer = await ctx.plan({
      step,
      url: survey.url.slice(0, 2048),
      title: survey.title,
      elements: controls.map((control, ref) => ({
        ref,
        role: control.role.slice(0, 40),
        name: control.name,
        state: stateOf(control),
      })),
      text: clip(seen, SHOWN.text),
      history: history.slice(-40),
    });
    if (answer === null)
      return fact({
        reached: null,
        because: '',
        stopped: 'no model is configured (STAGEFLOW_MODEL_URL and STAGEFLOW_MODEL)',
      });
    use = answer.use;
    sofar({ reached: null, because: '' });
    if (!answer.ok) return fact({ reached: null, because: '', stopped: answer.reason });
    const { do: verb, ref, value, because } = answer.action;
    if (verb === 'give-up') return fact({ reached: false, because, stopped: null });
    if (verb === 'done') {
      sofar({ reached: true, because });
      const arrived = { url: survey.url, hash: await hand.hash() };
      return {
        ...fact({ reached: true, because, stopped: null }),
        byKeyboard: await byKeyboard(ctx, journey, actions, ways, arrived),
      };
    }
    const control = ref === null ? undefined : controls[ref];
    if (control === undefined) {
      history.push(`step ${step}: there is no element ${String(ref)}`);
      continue;
    }
    const refused = whyNot(control, survey);
    const name = `${control.role} "${control.name}"`;
    if (refused !== null) {
      journey.found.skipped.push({ what: `${control.role} “${control.name}”`, reason: refused });
      history.push(`step ${step}: ${name} is left alone, since ${refused}`.slice(0, 300));
      continue;
    }
    const on = targetOf(control);
    const action: Action = verb === 'fill' ? { kind: 'fill', on, value: value ?? '' } : { kind: 'click', on };
    const outcome = await journey.act(action, 'pointer', because === '' ? 'planned' : clip(`planned: ${because}`, 200));
    const came = !outcome.done
      ? 'could not be reached'
      : outcome.navigated !== null
        ? `led to ${outcome.navigated}`
        : outcome.changed
          ? 'changed the page'
          : 'changed nothing';
    history.push(`step ${step}: ${verb} ${name}${value === null ? '' : ` with "${value}"`}: ${came}`.slice(0, 300));
    if (!outcome.done) continue;
    actions.push(action);
    ways.push({ group: control.group, changed: outcome.changed });
  }
  return fact({ reached: false, because: `not within ${mostSteps} steps`, stopped: null });
}

/** The same way without a pointer: Tab and arrows to each element, Enter or Space to press it, and the end must be the same. */
async function byKeyboard(
  ctx: ExploreContext,
  { hand, budget }: Journey,
  actions: readonly Action[],
  ways: readonly Way[],
  arrived: { readonly url: string; readonly hash: string },
): Promise<GoalFact['byKeyboard']> {
  await ctx.tab.restart();
  await hand.still();
  for (const [n, action] of actions.entries()) {
    if (action.on === null) continue;
    budget.step();
    if (!(await keyTo(hand, { selector: action.on.selector, group: ways[n]?.group ?? null })))
      return { reached: false, stuckAt: action.on };
    if (action.kind === 'fill') await hand.fill(action.value);
    else {
      const { selector } = action.on;
      const press = (key: string) => hand.watch(() => hand.press(key).then(() => true), selector);
      const works = (await press('Enter')).changed || (await press(' ')).changed;
      // What did something by pointer has to do something without.
      if (ways[n]?.changed === true && !works) return { reached: false, stuckAt: action.on };
    }
    await hand.still();
  }
  const now = await hand.survey();
  const same = now.url === arrived.url || (await hand.hash()) === arrived.hash;
  return { reached: same, stuckAt: same ? null : (actions.at(-1)?.on ?? null) };
}
