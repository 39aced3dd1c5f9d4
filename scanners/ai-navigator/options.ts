import type { NavigatorRaw } from './raw.ts';

/** A whole number among the options, within its bounds. */
function whole(value: unknown, fallback: number, least: number, most: number): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(most, Math.max(least, Math.round(value)))
    : fallback;
}

/** The goal in words, or null. */
export function goalOf({ goal }: Readonly<Record<string, unknown>>): string | null {
  return typeof goal === 'string' && goal.trim() !== '' ? goal.trim().slice(0, 500) : null;
}

/** Steps that a goal may take. */
export const goalStepsOf = (options: Readonly<Record<string, unknown>>): number =>
  whole(options['maxGoalSteps'], 25, 1, 100);

/** Hard caps of one page, as a person set them or the manifest's defaults. */
export function capsOf(options: Readonly<Record<string, unknown>>): NavigatorRaw['caps'] {
  return {
    steps: whole(options['maxSteps'], 250, 1, 2000),
    states: whole(options['maxStates'], 25, 1, 200),
    seconds: whole(options['maxSeconds'], 150, 5, 500),
  };
}
