import { call } from '../../api/call.ts';
import type { Comparison, JobSummary } from '../../api/schema.ts';
import type { Baseline, TrendPoint } from '../../report/index.ts';
import { trendOf } from '../../state/jobs/trend.ts';
import { moment } from '../../ui/time.ts';

/** Most runs among which the earlier one is looked for. */
const MOST_RUNS = 200;

type Run = Pick<JobSummary, 'id' | 'source' | 'startedAt'>;

/** The latest run of the same site before this one, of a list that is newest first; undefined when there is none. */
export function earlierRun(jobs: readonly Run[], id: string): Run | undefined {
  const source = jobs.find((job) => job.id === id)?.source;
  return jobs.find((job) => job.id < id && job.source === source);
}

/** A comparison as the report's screens tell it. */
export function baselineOf(comparison: Comparison, name: string): Baseline {
  return {
    name,
    new: new Set(comparison.new.map(({ fingerprint }) => fingerprint)),
    fixed: comparison.fixed,
    same: comparison.same.length,
    notComparable: comparison.notComparable.length,
    cautions: comparison.reasons,
  };
}

/** The runs of the same site up to this one, of a list that is newest first. */
export function runsUpTo<R extends Run>(jobs: readonly R[], id: string): readonly R[] {
  const source = jobs.find((job) => job.id === id)?.source;
  return jobs.filter((job) => job.id <= id && job.source === source);
}

/** How this site came out in this run and the earlier ones, oldest first. */
export async function loadTrend(id: string, signal: AbortSignal): Promise<readonly TrendPoint[]> {
  return trendOf(runsUpTo(await doneRuns(signal), id));
}

async function doneRuns(signal: AbortSignal): Promise<readonly JobSummary[]> {
  const { jobs } = await call('GET /api/v1/jobs', { query: { state: 'DONE', limit: MOST_RUNS }, signal });
  return jobs;
}

/** What became of causes since the latest earlier run of the same site; null when there is none. */
export async function loadBaseline(id: string, signal: AbortSignal): Promise<Baseline | null> {
  const earlier = earlierRun(await doneRuns(signal), id);
  if (earlier === undefined) return null;
  const comparison = await call('GET /api/v1/compare', { query: { a: earlier.id, b: id }, signal });
  return baselineOf(comparison, `the run of ${moment(earlier.startedAt)}`);
}
