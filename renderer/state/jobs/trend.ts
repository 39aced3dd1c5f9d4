import type { JobSummary } from '../../api/schema.ts';
import type { TrendPoint } from '../../report/index.ts';
import { moment } from '../../ui/time.ts';

/** Most points: more than this many runs are a cloud, not a line. */
const MOST = 30;

type Run = Pick<JobSummary, 'source' | 'state' | 'totals' | 'startedAt' | 'verdict'>;

/** Faults over the runs of one site, oldest first, of a list that is newest first. Only runs that are done count; one that is incomplete is a gap. */
export function trendOf(runs: readonly Run[]): readonly TrendPoint[] {
  return runs
    .filter(({ state }) => state === 'DONE')
    .slice(0, MOST)
    .toReversed()
    .map(({ totals, startedAt, verdict }) => ({
      name: moment(startedAt),
      value: verdict === 'incomplete' ? null : totals.critical + totals.serious + totals.moderate + totals.minor,
    }));
}

/** The one site of all these runs, or null when they are of several. */
export function onlySite(runs: readonly Pick<JobSummary, 'source'>[]): string | null {
  const [first] = runs;
  return first !== undefined && runs.every(({ source }) => source === first.source) ? first.source : null;
}
