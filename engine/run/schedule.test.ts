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

  it('A5 delays another tenant’s work at most twofold, and by the jobs that hold the slots when it comes, however long a line is', () => {
    /** When the last of `own` jobs that come at 0.5 is through, with `flood` jobs of another tenant in line since 0; every job takes 1. */
    const finished = (slots: number, flood: number, own: number): number => {
      const waiting = new Set(
        Array.from({ length: flood }, (_, n) => job(`f${String(n).padStart(4, '0')}`, 'flood', 0)),
      );
      const served = new Map<string, number>();
      let running: { readonly tenant: string; readonly until: number }[] = [];
      let turns = 0;
      let left = own;
      for (let now = 0; ; now += 0.5) {
        left -= running.filter(({ tenant, until }) => tenant === 'own' && until <= now).length;
        running = running.filter(({ until }) => until > now);
        if (now === 0.5)
          for (let n = 0; n < own; n += 1) waiting.add(job(`o${String(n).padStart(4, '0')}`, 'own', 0.5));
        if (now > 0.5 && left === 0) return now - 0.5;
        while (running.length < slots) {
          const next = nextToStart(waiting, served);
          if (next === null) break;
          waiting.delete(next);
          served.set(next.tenant, (turns += 1));
          running.push({ tenant: next.tenant, until: now + 1 });
        }
      }
    };
    for (const slots of [1, 2, 5]) {
      for (const own of [1, 2, 7, 20]) {
        const alone = finished(slots, 0, own);
        expect([slots, own, finished(slots, 100, own) <= 2 * alone + 1]).toEqual([slots, own, true]);
      }
      // One job: it starts with the first slot that comes free.
      expect(finished(slots, 100, 1)).toBeLessThanOrEqual(2 * finished(slots, 0, 1));
    }
  });

  it('A5 is none of a tenant who has as many running as one may have, and the next one of whoever has not', () => {
    const jobs = [job('a', 'full', 1), job('b', 'full', 2), job('c', 'other', 3)];
    const full = (tenant: string) => tenant === 'full';
    expect(nextToStart(jobs, new Map(), full)?.jobId).toBe('c');
    expect(nextToStart(jobs.slice(0, 2), new Map(), full)).toBeNull();
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
