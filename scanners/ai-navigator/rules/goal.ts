import { at, called, type Check } from './check.ts';

/** What came of a person's goal. */
export const goalRules = {
  'goal-not-reached': ({ goal }) => {
    if (goal === null || goal.reached === null) return null;
    if (goal.reached) return [];
    const { length } = goal.actions;
    const message = `“${goal.goal}” was not reached in ${length} ${length === 1 ? 'step' : 'steps'}: ${goal.because}`;
    return [{ occurrence: { message }, evidence: goal.goal, outcome: 'needs-review' as const }];
  },
  'goal-needs-pointer': ({ goal }) => {
    if (goal === null || goal.byKeyboard === null) return null;
    const { reached, stuckAt } = goal.byKeyboard;
    if (reached) return [];
    const place = stuckAt ?? { selector: 'body', snippet: '', role: 'generic', name: '' };
    return [
      {
        ...at(place, `“${goal.goal}” is reached by pointer; by keyboard alone the way ends at ${called(place)}`),
        evidence: goal.goal,
      },
    ];
  },
} satisfies Record<string, Check>;
