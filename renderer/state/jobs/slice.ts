import { call } from '../../api/call.ts';
import { follow, type Link } from '../../api/live.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import type { JobSummary } from '../../api/schema.ts';
import type { Slice } from '../store.ts';

export interface JobsSlice {
  /** Newest first; null until they came. */
  readonly jobs: readonly JobSummary[] | null;
  /** Where older ones are; null when all are here. */
  readonly olderJobs: string | null;
  readonly jobsProblem: Problem | null;
  readonly jobsLink: Link;
  /** Keeps the list fresh until the returned function is called. */
  watchJobs(): () => void;
  loadOlderJobs(): Promise<void>;
  /** Takes a removed job out of the list. */
  forgetJob(jobId: string): void;
}

const PAGE = 50;
/** Events of running jobs come many a second; the list is asked for at most this often. */
const CALM_MS = 1500;

export const createJobs: Slice<JobsSlice> = (set, get) => ({
  jobs: null,
  olderJobs: null,
  jobsProblem: null,
  jobsLink: { state: 'connecting' },
  watchJobs() {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const refresh = async () => {
      try {
        const { jobs, next } = await call('GET /api/v1/jobs', { query: { limit: PAGE } });
        if (stopped) return;
        const oldest = jobs.at(-1)?.id;
        // Ids are in order of time: what is older than this page was loaded before and stays.
        const older = oldest === undefined ? [] : (get().jobs ?? []).filter((job) => job.id < oldest);
        set({ jobs: [...jobs, ...older], jobsProblem: null, ...(older.length === 0 ? { olderJobs: next } : {}) });
      } catch (error) {
        if (!stopped) set({ jobsProblem: asProblem(error) });
      }
    };
    const soon = (ms: number) => {
      timer ??= setTimeout(() => {
        timer = null;
        void refresh();
      }, ms);
    };
    void refresh();
    const stop = follow(
      { all: true },
      {
        onSnapshot: () => soon(0),
        onEvents: () => soon(CALM_MS),
        onStanding: (jobId, paused) =>
          set({ jobs: get().jobs?.map((job) => (job.id === jobId ? { ...job, paused } : job)) ?? null }),
        onRemoved: (jobId) => get().forgetJob(jobId),
        onLink: (jobsLink) => set({ jobsLink }),
      },
    );
    return () => {
      stopped = true;
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  },
  forgetJob(jobId) {
    set({ jobs: get().jobs?.filter(({ id }) => id !== jobId) ?? null });
  },
  async loadOlderJobs() {
    const { olderJobs } = get();
    if (olderJobs === null) return;
    try {
      const { jobs, next } = await call('GET /api/v1/jobs', { query: { limit: PAGE, cursor: olderJobs } });
      set({ jobs: [...(get().jobs ?? []), ...jobs], olderJobs: next });
    } catch (error) {
      get().notify('failed', asProblem(error).sentence);
    }
  },
});
