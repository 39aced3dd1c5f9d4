import type { ExploreContext } from '@stageflow/engine/sdk';
import { createBudget, Spent } from './explore/budget.ts';
import { pursue } from './explore/goal.ts';
import { explore } from './explore/explore.ts';
import { takeHold } from './explore/hand.ts';
import { type Journey, setOut } from './explore/journey.ts';
import { capsOf, goalOf, goalStepsOf } from './options.ts';
import { goalPath, playwrightTest } from './playwright-test.ts';
import type { NavigatorRaw } from './raw.ts';

/** Explores one page and keeps all that was done and seen. */
export async function collect(ctx: ExploreContext): Promise<NavigatorRaw> {
  const budget = createBudget(capsOf(ctx.options), ctx.signal, Date.now);
  const goal = ctx.entry ? goalOf(ctx.options) : null;
  const hand = await takeHold(ctx);
  let stopped: NavigatorRaw['stopped'] = null;
  let journey: Journey | null = null;
  try {
    journey = await setOut(ctx, hand, budget);
    // First: what the person asked for must not go short for what nobody asked for.
    if (goal !== null) journey.found.goal = await pursue(ctx, journey, goal, goalStepsOf(ctx.options));
    await explore(journey);
  } catch (thrown) {
    // A cap ends the run and not what it saw; without a first state there is nothing to tell.
    if (!(thrown instanceof Spent) || journey === null) throw thrown;
    stopped = thrown.cap;
  } finally {
    await hand.close();
  }
  const { states, steps, found, places } = journey;
  const raw = {
    url: ctx.url,
    title: places[0]?.survey.title ?? '',
    states,
    steps,
    ...found,
    caps: budget.caps,
    stopped,
  };
  const [transcript, test] = await Promise.all([
    ctx.putEvidence('transcript.json', Buffer.from(`${JSON.stringify(raw, null, 1)}\n`)),
    ctx.putEvidence(
      'path.spec.ts',
      Buffer.from(playwrightTest(ctx.url, [...states, ...goalPath(found.goal, states.length)])),
    ),
  ]);
  return { ...raw, evidence: { transcript, test } };
}
