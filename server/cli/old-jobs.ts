import { sweepJobs } from '@stageflow/engine';
import type { SweepPorts } from '@stageflow/engine';
import { ServerConfig } from '../config.ts';

/** Where a server notes how long the jobs of its data folder are kept, for commands that work there while it is stopped. */
export const KEPT_DAYS = 'jobDays';

/**
 * Removes jobs that are past their time from a data folder that no server sweeps; shared ones stay. As many days as STAGEFLOW_JOB_DAYS says,
 * else the server that had this folder last, else 30; none at all with STAGEFLOW_KEEP_JOBS=true. Says what it removed.
 */
export async function removeOldJobs(
  ports: SweepPorts,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  if (env['STAGEFLOW_KEEP_JOBS'] === 'true' || env['STAGEFLOW_KEEP_JOBS'] === '1') return;
  const noted = env['STAGEFLOW_JOB_DAYS'] || ports.ledger.setting(KEPT_DAYS) || undefined;
  const { data } = ServerConfig.shape.jobDays.safeParse(noted === undefined ? undefined : Number(noted));
  if (data === undefined) return;
  const removed = await sweepJobs(ports, data);
  if (removed.length === 0) return;
  const what = removed.length === 1 ? 'One job that ended' : `${removed.length} jobs that ended`;
  say(`${what} more than ${data} days ago went, with report and evidence. STAGEFLOW_KEEP_JOBS=true keeps them.`);
}
