import type { JobSummary } from '../../api/schema.ts';

/**
 * The two runs to compare, of a list that is newest first. What was not asked for is chosen: after is the newest, before the newest older run of
 * the same site, else just the one before.
 */
export function pairOf(
  jobs: readonly Pick<JobSummary, 'id' | 'source'>[],
  askedA: string | null,
  askedB: string | null,
): { readonly a: string; readonly b: string } {
  const known = (id: string | null) => jobs.find((job) => job.id === id);
  const after = known(askedB) ?? jobs.find(({ id }) => id !== askedA);
  const older = jobs.filter(({ id }) => after !== undefined && id < after.id);
  const before =
    known(askedA) ??
    older.find(({ source }) => source === after?.source) ??
    older[0] ??
    jobs.find(({ id }) => id !== after?.id);
  return { a: before?.id ?? '', b: after?.id ?? '' };
}
