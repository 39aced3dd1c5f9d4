import type { Engine } from '@stageflow/engine';
import { sweepJobs, sweepOrphans, sweepStaging } from '@stageflow/engine';
import type { Clock, Log } from '@stageflow/engine/kernel';
import type { ServerConfig } from '../config.ts';

const HOUR_MS = 3_600_000;
const ROUNDS_A_DAY = 24;

/** Removes what is past its time every hour, and once a day what no job owns. The first round comes soon after the start. Returns how to stop. */
export function startSweeps(options: {
  readonly engine: Pick<Engine, 'ledger' | 'store' | 'reports' | 'sweepSecrets' | 'sweepIntakes'>;
  readonly config: Pick<ServerConfig, 'stagingDays' | 'jobDays'>;
  readonly clock: Clock;
  readonly log: Log;
}): () => void {
  const { engine, config, clock, log } = options;
  const ports = { ledger: engine.ledger, store: engine.store, reports: engine.reports, clock, log };
  let rounds = 0;
  let stopped = false;
  const round = async () => {
    const forgotten = engine.sweepSecrets();
    if (forgotten.length > 0) log.info('login details that no job needs were removed', { ids: forgotten });
    const removed = await sweepJobs(ports, config.jobDays);
    if (removed.length > 0) log.info('audit', { act: 'jobs-expired', ids: removed });
    await engine.sweepIntakes();
    await sweepStaging(ports, config.stagingDays);
    if (rounds % ROUNDS_A_DAY === 0) {
      const orphans = await sweepOrphans(ports);
      if (orphans.length > 0) log.warn('artifacts without a job were removed', { ids: orphans });
    }
    rounds += 1;
  };
  const plan = (ms: number) => {
    clock.after(ms, () => {
      if (stopped) return;
      round()
        .catch((error: unknown) => log.error('a retention sweep broke', { error }))
        .finally(() => plan(HOUR_MS));
    });
  };
  plan(60_000);
  return () => {
    stopped = true;
  };
}
