import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JobState, movesOnReceive, type StageflowEvent } from '../../engine/event/index.ts';
import type { EventDraft, Ledger } from '../../engine/ledger/index.ts';

/** A job as it once happened; see record.ts. */
export interface History {
  readonly story: string;
  readonly state: JobState;
  readonly failureCode: string | null;
  readonly events: readonly StageflowEvent[];
}

const FOLDER = join(import.meta.dirname, 'histories');

/** Every recorded history. */
export const HISTORIES = readdirSync(FOLDER).map(
  (file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as History,
);

/** Lets a history happen again in a ledger, event by event, received as the orchestrator receives them; `see` is called after each step. */
export function replayInto(ledger: Ledger, { events }: History, see: (jobId: string) => void): string {
  const [first, ...rest] = events;
  if (first?.type !== 'jobs.events.created') throw new Error('a history begins with its job');
  const { jobId } = first;
  ledger.createJob({ id: jobId, spec: first.data.spec, parent: null });
  see(jobId);
  ledger.receive(first);
  see(jobId);
  for (const event of rest) {
    while ((ledger.job(jobId)?.attempt ?? 0) < event.attempt) ledger.raiseAttempt(jobId);
    const key = event.id.slice(`${event.jobId}:${event.type}:`.length);
    ledger.append(jobId, event.attempt, [
      { type: event.type, key, data: event.data, cause: event.cause } as EventDraft,
    ]);
    see(jobId);
    if (!movesOnReceive(event.type)) continue;
    ledger.receive(event);
    see(jobId);
  }
  return jobId;
}
