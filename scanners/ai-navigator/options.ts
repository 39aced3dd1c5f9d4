import type { NavigatorRaw } from './raw.ts';

/** A whole number among the options, within its bounds. */
function whole(value: unknown, fallback: number, least: number, most: number): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(most, Math.max(least, Math.round(value)))
    : fallback;
}

/** Hard caps of one page, as a person set them or the manifest's defaults. */
export function capsOf(options: Readonly<Record<string, unknown>>): NavigatorRaw['caps'] {
  return {
    steps: whole(options['maxSteps'], 250, 1, 2000),
    states: whole(options['maxStates'], 25, 1, 200),
    seconds: whole(options['maxSeconds'], 150, 5, 500),
  };
}
