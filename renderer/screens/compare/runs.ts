import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { JobSummary } from '../../api/schema.ts';

/** What is said of a run that can be compared. */
export type Run = Pick<JobSummary, 'id' | 'label' | 'source' | 'startedAt' | 'progress' | 'totals'>;

/** Most runs that can be picked from. */
const MOST_RUNS = 200;

/** The newest runs that are done; `more` when there are older ones. */
export async function loadNewest(
  signal: AbortSignal,
): Promise<{ readonly runs: readonly Run[]; readonly more: boolean }> {
  const { jobs, next } = await call('GET /api/v1/jobs', { query: { state: 'DONE', limit: MOST_RUNS }, signal });
  return { runs: jobs, more: next !== null };
}

/** Runs that an address names and that are older than the newest: each by itself; null for one that is not there, or not done. */
export async function loadNamed(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Run | null>> {
  const found = await Promise.all(
    ids.map(async (id): Promise<readonly [string, Run | null]> => {
      try {
        const job = await call('GET /api/v1/jobs/{id}', { path: { id }, signal });
        const { label, source } = job.spec;
        return [id, job.state === 'DONE' ? { ...job, id, label, source } : null];
      } catch (error) {
        if (['not_found', 'bad_request'].includes(asProblem(error).code)) return [id, null];
        throw error;
      }
    }),
  );
  return new Map(found);
}
