import type { JobState, StageflowEvent } from '../../event/index.ts';
import { type Command, decide } from '../../fsm/index.ts';
import type { JobRow, Ledger } from '../../ledger/port.ts';

/** What is still to be done for a job, and the event that asked for it. */
export interface Pending {
  readonly seq: number;
  readonly commands: readonly Command[];
}

/**
 * The commands of a job's newest transition, if they were not carried out yet. Pure: the history is played through the table, without
 * the events in `unreceived`, whose transition is still to come. A newer event's commands replace an older one's.
 */
export function pendingOf(
  history: readonly StageflowEvent[],
  unreceived: ReadonlySet<string>,
  handledSeq: number,
  finishedCells: number,
): Pending | null {
  let state: JobState = 'PENDING';
  let pending: Pending | null = null;
  for (const event of history) {
    if (unreceived.has(event.id)) continue;
    const decision = decide(state, event, { finishedCells });
    if (!decision.ok) continue;
    const { commands, state: next } = decision.value;
    if (next !== state && commands.length > 0) pending = { seq: event.seq, commands };
    // The last word leaves nothing to do, whatever was not noted before it.
    if (event.type === 'jobs.events.completed' || event.type === 'jobs.events.failed') return null;
    state = next;
  }
  return pending === null || pending.seq <= handledSeq ? null : pending;
}

/** What is to be done for a job as the ledger has it now. */
export function pendingCommands(job: JobRow, ledger: Ledger): Pending | null {
  const unreceived = new Set(ledger.unreceived(job.id).map(({ event }) => event.id));
  return pendingOf(ledger.events(job.id), unreceived, job.handledSeq, ledger.cells(job.id).length);
}
