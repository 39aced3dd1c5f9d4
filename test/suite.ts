/**
 * `STAGEFLOW_SUITE=short` is set where another account has run everything just before (`./stageflow test --ci`): what is left to show is
 * that the same works for this one too. Long suites then run a few of their rows.
 */
export const SHORT = process.env.STAGEFLOW_SUITE === 'short';

/** Parts the rows of a long suite into those to run now and those to skip; a skipped one bears `LEFT_OUT` in its title. */
export function rowsOfSuite<T>(
  rows: readonly T[],
  inShort: (row: T) => boolean,
): { readonly run: readonly T[]; readonly leftOut: readonly T[] } {
  if (!SHORT) return { run: rows, leftOut: [] };
  return { run: rows.filter(inShort), leftOut: rows.filter((row) => !inShort(row)) };
}

export const LEFT_OUT = '[skipped: STAGEFLOW_SUITE=short]';
