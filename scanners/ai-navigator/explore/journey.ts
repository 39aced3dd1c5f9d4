import type { ExploreContext, StateLook } from '@stageflow/engine/sdk';
import type { Action, Control, NavigatorRaw, Outcome, StateSeen, Step, Survey, Target } from '../raw.ts';
import type { Budget } from './budget.ts';
import type { Hand } from './hand.ts';

/** A state that can be gone back to, with what can be acted on in it. */
export interface Place {
  readonly seen: StateSeen;
  readonly survey: Survey;
  /** Controls that the state before it did not show. */
  readonly fresh: readonly Control[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What a run has come to so far. */
export type Findings = Writable<Pick<NavigatorRaw, 'scroll' | 'goal'>> & {
  readonly [K in
    | 'keyboard'
    | 'dialogs'
    | 'walks'
    | 'tablists'
    | 'forms'
    | 'carousels'
    | 'skipped']: NavigatorRaw[K][number][];
};

/** The graph of states as it grows, and where in it the tab stands. */
export interface Journey {
  readonly hand: Hand;
  readonly budget: Budget;
  readonly found: Findings;
  readonly steps: readonly Step[];
  readonly states: readonly StateSeen[];
  readonly places: readonly Place[];
  /** Brings the tab into a state: nothing when it stands there untouched, else from the start along the state's path. False when the path no longer leads there. */
  goTo(place: Place): Promise<boolean>;
  /** Does one real input in the state in which the tab stands, and keeps what came of it. */
  act(action: Action, by: Step['by'], why: string): Promise<Outcome>;
  /** Takes the tab as it stands for a state of the graph; null when it was seen before. `by` are the actions since the last place. */
  arrive(kind: StateSeen['kind'], label: string, by: readonly Action[]): Promise<Place | null>;
  /** The tab no longer stands in a known state. */
  stray(): void;
}

/** An element as findings and the emitted test name it. */
export const targetOf = ({ selector, role, name, snippet }: Target): Target => ({ selector, role, name, snippet });

/** Begins at the page as its first visitor sees it. */
export async function setOut(ctx: ExploreContext, hand: Hand, budget: Budget): Promise<Journey> {
  const steps: Step[] = [];
  const states: StateSeen[] = [];
  const places: Place[] = [];
  const hashes = new Map<string, number>();
  let here: Place | null = null;
  let untouched = false;

  const begin = async () => {
    await ctx.tab.restart();
    await hand.still();
  };
  const perform = async (action: Action): Promise<boolean> => {
    budget.step();
    if (action.kind === 'click') return hand.click(action.on.selector);
    if (action.kind === 'press') {
      await hand.press(action.key);
      return true;
    }
    if (!(await hand.click(action.on.selector))) return false;
    await hand.fill(action.value);
    return true;
  };
  const journey: Journey = {
    hand,
    budget,
    found: {
      keyboard: [],
      dialogs: [],
      walks: [],
      tablists: [],
      forms: [],
      carousels: [],
      skipped: [],
      scroll: null,
      goal: null,
    },
    steps,
    states,
    places,
    stray: () => {
      untouched = false;
    },
    goTo: async (place) => {
      if (here === place && untouched) return true;
      budget.check();
      await begin();
      here = place;
      untouched = true;
      for (const action of place.seen.path) {
        if (!(await perform(action))) return false;
        await hand.still();
      }
      return true;
    },
    act: async (action, by, why) => {
      untouched = false;
      const outcome = await hand.watch(() => perform(action), action.on?.selector ?? null);
      steps.push({ n: steps.length + 1, from: here?.seen.id ?? 0, by, why, action, outcome, to: null });
      return outcome;
    },
    arrive: async (kind, label, by) => {
      const hash = await hand.hash();
      const last = steps.at(-1) as Writable<Step> | undefined;
      const known = hashes.get(hash);
      if (known !== undefined) {
        if (last) last.to = known;
        return null;
      }
      budget.state();
      const id = states.length;
      const survey = await hand.survey();
      const before = new Set(here?.survey.controls.map((control) => control.selector));
      const looks: readonly StateLook[] = await ctx.look();
      const jpeg = await hand.picture();
      const picture = jpeg === null ? null : await ctx.putEvidence(`screenshot-state-${id}.jpg`, jpeg);
      const seen: StateSeen = {
        id,
        hash,
        kind,
        label: label.slice(0, 200),
        path: [...(here?.seen.path ?? []), ...by],
        looks,
        picture,
      };
      const place: Place = { seen, survey, fresh: survey.controls.filter((control) => !before.has(control.selector)) };
      hashes.set(hash, id);
      states.push(seen);
      places.push(place);
      if (last) last.to = id;
      if (here === null) {
        here = place;
        untouched = true;
      }
      return place;
    },
  };
  await begin();
  await journey.arrive('start', 'as it was loaded', []);
  return journey;
}
