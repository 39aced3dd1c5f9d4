import { z } from 'zod';

/** A job as the tray and notifications speak of it: a part of the API's line. */
export const JobLine = z.object({
  id: z.string(),
  state: z.string(),
  source: z.string(),
  label: z.string().nullable(),
  progress: z.object({ cellsDone: z.number(), cellsKnown: z.number(), pagesDone: z.number(), pagesKnown: z.number() }),
  totals: z.object({ critical: z.number(), serious: z.number(), moderate: z.number(), minor: z.number() }),
  verdict: z.enum(['complete', 'incomplete']).nullable(),
  failure: z.object({ code: z.string(), sentence: z.string() }).nullable(),
  paused: z.boolean(),
  waiting: z.boolean(),
});
export type JobLine = z.infer<typeof JobLine>;

export const isOver = ({ state }: Pick<JobLine, 'state'>): boolean => state === 'DONE' || state === 'FAILED';

/** What a person calls the job. */
export const nameOf = ({ label, source }: Pick<JobLine, 'label' | 'source'>): string => label ?? source;

/** Jobs that ended between two looks, the earliest first. What was not there at the first look, or was over by then, is no news. */
export function endedSince(before: readonly JobLine[] | null, after: readonly JobLine[]): readonly JobLine[] {
  if (before === null) return [];
  const over = new Set(before.filter(isOver).map(({ id }) => id));
  const oldest = before.at(-1)?.id ?? '';
  // Ids are in order of time: what is older than all of the last look only came into view because others were removed.
  return after
    .filter((job) => isOver(job) && !over.has(job.id) && (before.length === 0 || job.id >= oldest))
    .toReversed();
}
