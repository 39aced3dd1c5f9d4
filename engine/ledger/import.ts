import type { JobState, StageflowEvent } from '../event/index.ts';
import { TERMINAL } from '../event/index.ts';
import { StageflowError } from '../kernel/index.ts';
import { foldEvent } from './fold.ts';
import type { NextState } from './sqlite-ledger.ts';
import type { Statements } from './statements.ts';

const refused = (reason: string) => new StageflowError('bundle_refused', { reason });

/** Records a foreign job's whole history inside the open transaction, without an outbox row, and gives its last state; see `Ledger.importJob`. */
export function importEvents(
  { sql, nextState }: { readonly sql: Statements; readonly nextState: NextState },
  job: { readonly id: string; readonly parent: string | null; readonly events: readonly StageflowEvent[] },
  now: number,
): JobState {
  const { id, parent, events } = job;
  const [first] = events;
  if (first?.type !== 'jobs.events.created') throw refused('its history does not begin with the creation of the job');
  let state: JobState = 'PENDING';
  let attempt = 1;
  let failureCode: string | null = null;
  for (const [index, event] of events.entries()) {
    if (event.jobId !== id || event.seq !== index + 1)
      throw refused('its history is not that of one job, whole and in order');
    // An id that begins with another job's would take the place of an event which that job has yet to record.
    if (!event.id.startsWith(`${id}:`)) throw refused(`the event ${event.id} bears the name of another job`);
    if (index > 0 && event.type === 'jobs.events.created') throw refused('its job was created twice');
    const next = nextState(state, event);
    if (!next.ok) throw refused(`${event.type} cannot happen in state ${state}`);
    if (next.value === 'FAILED' && state !== 'FAILED' && 'failure' in event.data)
      failureCode = event.data.failure?.code ?? 'internal';
    state = next.value;
    attempt = Math.max(attempt, event.attempt);
  }
  if (!TERMINAL.has(state)) throw refused(`its job has not ended (${state})`);
  const { spec } = first.data;
  sql.unnoteRemoval.run(id);
  sql.importJob.run({
    id,
    state,
    attempt,
    spec: JSON.stringify(spec),
    parent,
    createdAt: first.time,
    now,
    seq: events.length,
    failureCode,
  });
  for (const event of events) {
    if (sql.hasEvent.get(event.id) !== undefined) throw refused(`it holds the event ${event.id} twice`);
    const position = sql.insertEvent.run(event.id, id, event.seq, event.type, JSON.stringify(event)).lastInsertRowid;
    foldEvent(sql, event, position);
    // Received long ago, elsewhere: no reader here will be given it.
    sql.markReceived.run(now, position);
  }
  return state;
}
