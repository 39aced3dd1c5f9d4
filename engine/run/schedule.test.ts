import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextToStart, type WaitingJob } from './schedule.ts';

/** Starts all jobs one after another and says in which order. */
function order(jobs: readonly WaitingJob[]): string[] {
  const waiting = new Set(jobs);
  const served = new Map<string, number>();
  const started: string[] = [];
  for (let job = nextToStart(waiting, served); job !== null; job = nextToStart(waiting, served)) {
    waiting.delete(job);
    served.set(job.tenant, started.push(job.jobId));
  }
  return started;
}
const job = (jobId: string, tenant: string, createdAt: number): WaitingJob => ({ jobId, tenant, createdAt });

describe('which job starts next', () => {
  it('is the oldest one of a tenant', () => {
    expect(order([job('b', 't', 2), job('c', 't', 3), job('a', 't', 1)])).toEqual(['a', 'b', 'c']);
  });

  it('goes round between tenants, so that a long line of one keeps nobody waiting', () => {
    const many = Array.from({ length: 50 }, (_, n) => job(`m${n}`, 'many', n));
    expect(order([...many, job('x', 'few', 1000), job('y', 'few', 1001)]).slice(0, 4)).toEqual(['m0', 'x', 'm1', 'y']);
  });

  it('is the one with the smaller id when two are of one age, whatever their place in the line', () => {
    expect(order([job('b', 't', 1), job('a', 't', 1)])).toEqual(order([job('a', 't', 1), job('b', 't', 1)]));
  });

  it('serves no tenant twice while another one waits that was served less', () => {
    const anyJobs = fc.uniqueArray(
      fc.record({ jobId: fc.uuid(), tenant: fc.constantFrom('a', 'b', 'c'), createdAt: fc.nat(20) }),
      { selector: (one) => one.jobId, maxLength: 30 },
    );
    fc.assert(
      fc.property(anyJobs, (jobs) => {
        const tenantOf = new Map(jobs.map((one) => [one.jobId, one.tenant]));
        const started = order(jobs).map((id) => tenantOf.get(id) ?? '');
        expect(started).toHaveLength(jobs.length);
        for (const tenant of new Set(started)) {
          const places = started.flatMap((one, at) => (one === tenant ? [at] : []));
          for (let n = 1; n < places.length; n += 1) {
            const between = started.slice(places[n - 1] ?? 0, places[n]).slice(1);
            expect(new Set(between).size).toBe(between.length);
          }
        }
      }),
    );
  });
});
