import type { StageflowEvent } from '@stageflow/engine/event';
import { type JobView, reduce } from '@stageflow/engine/view';
import type { Progress } from './progress.ts';

/** What was seen of a job so far, whoever told it. */
export interface Seen {
  view: JobView | null;
}

/** Shows a job's events from where it was left off, until it has ended. */
export async function watch(
  follow: (afterSeq: number) => AsyncIterable<StageflowEvent>,
  seen: Seen,
  progress: Progress,
): Promise<void> {
  for await (const event of follow(seen.view?.seq ?? 0)) {
    seen.view = reduce(seen.view, event);
    progress.event(event, () => seen.view);
  }
}
