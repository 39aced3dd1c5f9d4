import type { GoalFact } from './raw.ts';

/** What a report tells of a goal: whether it was reached, in how many steps, by pointer and by keyboard alone, and what the model cost of what it might. */
export function goalOutcome(goal: GoalFact | null): Record<string, string | number | boolean | null> {
  if (goal === null) return {};
  const { use } = goal;
  return {
    goal: goal.goal,
    goalReached: goal.reached,
    goalSteps: goal.actions.length,
    goalReachedByKeyboard: goal.byKeyboard?.reached ?? null,
    goalStoppedBy: goal.stopped,
    ...(use === null
      ? {}
      : {
          model: use.model,
          modelRequests: `${use.requests} of at most ${use.most.requests}`,
          modelTokens: `${use.tokens} of at most ${use.most.tokens}`,
          modelCost: `${use.usd === null ? 'not known' : `${use.usd} US dollars`} of at most ${use.most.usd}`,
        }),
  };
}
