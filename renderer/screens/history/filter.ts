import type { JobSummary } from '../../api/schema.ts';
import { lookOf } from '../../ui/job-state.tsx';

/** The jobs that have every word in their site, name, modules, state or id. */
export function filterJobs(jobs: readonly JobSummary[], text: string): readonly JobSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return jobs;
  return jobs.filter((job) => {
    const { id, source, label, modules } = job;
    const all = [id, source, label ?? '', lookOf(job).word, ...modules].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
