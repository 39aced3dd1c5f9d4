import { err, ok, type Result } from '../kernel/index.ts';
import { type Failure, type JobState, type StageflowEvent, TERMINAL } from '../event/index.ts';
import type { Command, CommandKind } from './commands.ts';
import { type Condition, type Row, TABLE } from './table.ts';

/** What the table asks of the world beside the event. */
export interface Facts {
  /** Cells of the job whose event is recorded. */
  readonly finishedCells: number;
}

/** Where an event leads. */
export interface Decision {
  readonly state: JobState;
  readonly commands: readonly Command[];
  /** True when the event came too late to matter: it joins the history and the view only. */
  readonly late: boolean;
}

/** Why an event is not possible now. */
export interface Refusal {
  readonly code: 'illegal_transition';
  readonly state: JobState;
  readonly event: StageflowEvent['type'];
}

const ROWS = new Map<string, readonly Row[]>();
for (const row of TABLE) ROWS.set(`${row.state} ${row.on}`, [...(ROWS.get(`${row.state} ${row.on}`) ?? []), row]);

function holds(when: Condition | null, event: StageflowEvent, facts: Facts): boolean {
  switch (when) {
    case null:
      return true;
    case 'zip':
    case 'urls':
      return event.type === 'jobs.events.created' && event.data.spec.source.kind === when;
    case 'finished-cells':
      return facts.finishedCells > 0;
    case 'no-finished-cells':
      return facts.finishedCells === 0;
  }
}

const UNNAMED: Failure = { code: 'internal', sentence: 'Something went wrong inside Stageflow.', about: null };

function command(kind: CommandKind, event: StageflowEvent): Command {
  if (kind !== 'failJob' && kind !== 'writePartialReport') return { kind };
  return { kind, failure: 'failure' in event.data && event.data.failure !== null ? event.data.failure : UNNAMED };
}

/** The one interpreter of the table: pure, total, the same answer for the same question. */
export function decide(state: JobState, event: StageflowEvent, facts: Facts): Result<Decision, Refusal> {
  const row = ROWS.get(`${state} ${event.type}`)?.find((candidate) => holds(candidate.when, event, facts));
  if (row === undefined) return err({ code: 'illegal_transition', state, event: event.type });
  return ok({ state: row.next, commands: row.commands.map((kind) => command(kind, event)), late: row.late });
}

/** The state alone, for those who record and do not act. */
export function nextState(state: JobState, event: StageflowEvent): Result<JobState, Refusal> {
  const decision = decide(state, event, { finishedCells: 0 });
  return decision.ok ? ok(decision.value.state) : decision;
}

/** The edges between different states that the table knows, each once. */
export function legalEdges(): readonly { readonly from: JobState; readonly to: JobState }[] {
  const edges = new Map<string, { from: JobState; to: JobState }>();
  for (const { state, next } of TABLE) if (state !== next) edges.set(`${state} ${next}`, { from: state, to: next });
  return [...edges.values()].filter(({ from }) => !TERMINAL.has(from));
}
