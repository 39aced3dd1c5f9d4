import { z } from 'zod';
import { Ticked } from './model.ts';

/** One job's upload. */
export const Upload = z.object({
  jobId: z.string(),
  include: Ticked,
  /** `waiting`: its turn comes, or comes again at `notBefore`. `failed`: trying again changes nothing. */
  state: z.enum(['waiting', 'sending', 'done', 'failed']),
  files: z.number().int(),
  filesDone: z.number().int(),
  bytes: z.number().int(),
  bytesDone: z.number().int(),
  /** Tries that were broken off. */
  tries: z.number().int(),
  /** Milliseconds since the epoch. */
  notBefore: z.number().int(),
  /** Why the last try was broken off, in a sentence; null when none was. */
  reason: z.string().nullable(),
});
export type Upload = z.infer<typeof Upload>;

/** How many are remembered; those that are done are forgotten from the oldest on. */
const MOST = 300;
const MOST_REASON = 300;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;

const changed = (queue: readonly Upload[], jobId: string, patch: Partial<Upload>): readonly Upload[] =>
  queue.map((one) => (one.jobId === jobId ? { ...one, ...patch } : one));

/** Lines a job up; one that is lined up, or that is done, begins anew with what is ticked now. Pure. */
export function lineUp(queue: readonly Upload[], jobId: string, include: Ticked): readonly Upload[] {
  const others = queue.filter((one) => one.jobId !== jobId);
  const spare = others.length + 1 - MOST;
  const forgotten = new Set(others.filter(({ state }) => state === 'done').slice(0, Math.max(0, spare)));
  const counts = { files: 0, filesDone: 0, bytes: 0, bytesDone: 0, tries: 0, notBefore: 0 };
  return [
    ...others.filter((one) => !forgotten.has(one)),
    { jobId, include, state: 'waiting', ...counts, reason: null },
  ];
}

/** The queue as a start finds it: what was being sent when the app ended waits for its turn. Pure. */
export function takenUp(queue: readonly Upload[]): readonly Upload[] {
  return queue.map((one) => (one.state === 'sending' ? { ...one, state: 'waiting', notBefore: 0 } : one));
}

/** Whose turn it is, or null. Pure. */
export function nextUpload(queue: readonly Upload[], now: number): Upload | null {
  return queue.find(({ state, notBefore }) => state === 'waiting' && notBefore <= now) ?? null;
}

/** When somebody's turn comes next; null when nobody waits. Pure. */
export function nextTurn(queue: readonly Upload[]): number | null {
  const times = queue.filter(({ state }) => state === 'waiting').map(({ notBefore }) => notBefore);
  return times.length === 0 ? null : Math.min(...times);
}

/** What was learned of an upload. */
export type UploadNews =
  | { readonly is: 'sending'; readonly files: number; readonly bytes: number }
  | { readonly is: 'further'; readonly files: number; readonly bytes: number }
  | { readonly is: 'done' }
  | { readonly is: 'broken off'; readonly reason: string; readonly at: number; readonly forGood: boolean };

/** The queue after it. A try that was broken off waits longer each time; one that was lined up anew meanwhile has its turn all the same. Pure. */
export function afterNews(queue: readonly Upload[], jobId: string, news: UploadNews): readonly Upload[] {
  const { tries = 0, state = 'failed' } = queue.find((one) => one.jobId === jobId) ?? {};
  if (state !== 'sending' && (news.is === 'further' || news.is === 'done')) return queue;
  switch (news.is) {
    case 'sending':
      return changed(queue, jobId, {
        state: 'sending',
        files: news.files,
        bytes: news.bytes,
        filesDone: 0,
        bytesDone: 0,
      });
    case 'further':
      return changed(queue, jobId, { filesDone: news.files, bytesDone: news.bytes });
    case 'done':
      return changed(queue, jobId, { state: 'done', reason: null });
    case 'broken off':
      return changed(queue, jobId, {
        state: news.forGood ? 'failed' : 'waiting',
        reason: news.reason.slice(0, MOST_REASON),
        tries: tries + 1,
        notBefore: news.at + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries),
      });
  }
}
