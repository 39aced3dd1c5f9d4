import type { JobView } from '@stageflow/engine/view';
import { follow, type Link } from '../../api/live.ts';
import type { Slice } from '../store.ts';
import { createFold } from './fold.ts';
import { type LogLine, logLines } from './log.ts';

/** A job that is being watched. */
export interface WatchedJob {
  readonly id: string;
  /** Folded from the job's events and written by nothing else; null until the first of them. */
  readonly view: JobView | null;
  readonly link: Link;
  /** When the newest event came, in milliseconds since the epoch; null until one did. */
  readonly heardAt: number | null;
  /** What the stream last said of its being paused; null until it said something. */
  readonly paused: boolean | null;
  /** True once somebody removed it. */
  readonly removed: boolean;
  /** The newest lines of the job's log, oldest first. */
  readonly log: readonly LogLine[];
}

export interface JobSlice {
  readonly watched: WatchedJob | null;
  /** Watches a job until the returned function is called; one at a time. */
  watch(jobId: string): () => void;
}

const MOST_LINES = 1000;

export const createJob: Slice<JobSlice> = (set, get) => ({
  watched: null,
  watch(jobId) {
    const change = (part: Partial<WatchedJob>) => {
      const { watched } = get();
      if (watched?.id === jobId) set({ watched: { ...watched, ...part } });
    };
    set({
      watched: {
        id: jobId,
        view: null,
        link: { state: 'connecting' },
        heardAt: null,
        paused: null,
        removed: false,
        log: [],
      },
    });
    const fold = createFold((view, events) => {
      const log = [...(get().watched?.log ?? []), ...logLines(events, view)].slice(-MOST_LINES);
      change({ view, log, heardAt: view?.updatedAt ?? null });
    });
    const stop = follow(
      { job: jobId },
      {
        onSnapshot: ({ views }) => fold.start(views.find((view) => view.jobId === jobId) ?? null),
        onEvents: (events) => fold.add(events),
        onStanding: (_, paused) => change({ paused }),
        onRemoved: () => change({ removed: true }),
        onLink: (link) => change({ link }),
      },
    );
    return () => {
      stop();
      fold.stop();
      if (get().watched?.id === jobId) set({ watched: null });
    };
  },
});
