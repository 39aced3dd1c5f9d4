/** A job that waits for a slot. */
export interface WaitingJob {
  readonly jobId: string;
  readonly tenant: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/**
 * Which waiting job starts next: round robin between tenants (the one served longest ago, or never, comes first), the oldest job within
 * a tenant. `served` says in which turn each tenant was served last. Pure; null when none waits.
 */
export function nextToStart(waiting: Iterable<WaitingJob>, served: ReadonlyMap<string, number>): WaitingJob | null {
  let best: WaitingJob | null = null;
  const turn = (job: WaitingJob) => served.get(job.tenant) ?? 0;
  for (const job of waiting) {
    if (best === null || turn(job) < turn(best)) best = job;
    else if (turn(job) === turn(best) && older(job, best)) best = job;
  }
  return best;
}

function older(a: WaitingJob, b: WaitingJob): boolean {
  return a.createdAt === b.createdAt ? a.jobId < b.jobId : a.createdAt < b.createdAt;
}
