import type { SyncState } from './keep.ts';

/** One line about uploads for the tray; null when there is nothing to say. `nameOf` gives what a person calls a job. Pure. */
export function uploadWord({ uploads }: SyncState, nameOf: (jobId: string) => string): string | null {
  const sending = uploads.find(({ state }) => state === 'sending');
  const waiting = uploads.filter(({ state }) => state === 'waiting');
  if (sending !== undefined) {
    const { jobId, filesDone, files } = sending;
    const more = waiting.length === 0 ? '' : `, ${waiting.length} more wait`;
    return `Uploading ${nameOf(jobId)}, ${filesDone}/${files} files${more}`;
  }
  const held = waiting.find(({ reason }) => reason !== null);
  if (held !== undefined) return `The upload of ${nameOf(held.jobId)} is tried again soon`;
  return waiting.length === 0
    ? null
    : `${waiting.length === 1 ? 'One upload waits' : `${waiting.length} uploads wait`}`;
}
