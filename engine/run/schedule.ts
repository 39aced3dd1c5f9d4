/** A job that waits for a slot. */
export interface WaitingJob {
  readonly jobId: string;
  readonly tenant: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/**
 * Which waiting job starts next: round robin between tenants (the one served longest ago, or never, comes first), the oldest job within
 * a tenant. `served` says in which turn each tenant was served last, `full` who has as many jobs running as one may have. Pure; null when
 * none may start.
 */
export function nextToStart(
  waiting: Iterable<WaitingJob>,
  served: ReadonlyMap<string, number>,
  full: (tenant: string) => boolean = () => false,
): WaitingJob | null {
  let best: WaitingJob | null = null;
  const turn = (job: WaitingJob) => served.get(job.tenant) ?? 0;
  for (const job of waiting) {
    if (full(job.tenant)) continue;
    if (best === null || turn(job) < turn(best)) best = job;
    else if (turn(job) === turn(best) && older(job, best)) best = job;
  }
  return best;
}

function older(a: WaitingJob, b: WaitingJob): boolean {
  return a.createdAt === b.createdAt ? a.jobId < b.jobId : a.createdAt < b.createdAt;
}
