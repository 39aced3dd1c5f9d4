/** Tests of a part of the suite, by how they ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

export const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** A part that is counted as one test, by its exit code. */
export const asOne = (code: number): Counts => (code === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 });

/** The last line of a run: `N passed, N failed`, and what was skipped when something was. */
export const closingLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/** What a part gives; one that cannot even be carried out is a failed test with its reason told, and the next part goes on. */
export async function part(
  name: string,
  work: () => Promise<Counts>,
  failed: (failure: { readonly title: string; readonly reason: string }) => void,
): Promise<Counts> {
  try {
    return await work();
  } catch (error) {
    failed({ title: `${name} could not be run`, reason: error instanceof Error ? error.message : String(error) });
    return { ...NONE, failed: 1 };
  }
}
