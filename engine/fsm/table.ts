import { type EventType, JOB_STATES, type JobState, SUBJECTS } from '../event/index.ts';
import type { CommandKind } from './commands.ts';

/** What must hold beside state and type for a row to apply; null rows always apply. */
export type Condition = 'zip' | 'urls' | 'finished-cells' | 'no-finished-cells';

/** One row: in `state`, the event `on` (when `when` holds) leads to `next` and asks for `commands`, in order. */
export interface Row {
  readonly state: JobState;
  readonly on: EventType;
  readonly when: Condition | null;
  readonly next: JobState;
  readonly commands: readonly CommandKind[];
  /** True when the event only joins the history and the view. */
  readonly late: boolean;
}

const row = (
  state: JobState,
  on: EventType,
  next: JobState,
  commands: readonly CommandKind[] = [],
  when: Condition | null = null,
): Row => ({ state, on, when, next, commands, late: false });

const stay = (state: JobState, on: EventType): Row => row(state, on, state);
const late = (state: JobState, on: EventType): Row => ({ ...row(state, on, state), late: true });

/** States in which something can still fail. */
const OPEN: readonly JobState[] = JOB_STATES.filter((state) => state !== 'DONE' && state !== 'FAILED');

/** What may still be told of a scan whose last cell is recorded: nothing but its own failure, which comes too late. */
const AFTER_SCAN: readonly Row[] = [late('COMPLETING', 'scan.events.failed')];

/** The job's life. Pairs without a row are refused. */
export const TABLE: readonly Row[] = [
  row('PENDING', 'jobs.events.created', 'EXTRACTING', ['runPods'], 'zip'),
  row('PENDING', 'jobs.events.created', 'READY_TO_SCAN', ['runPods'], 'urls'),

  row('EXTRACTING', 'extraction.events.ready', 'READY_TO_SCAN'),
  row('EXTRACTING', 'extraction.events.failed', 'FAILED', ['failJob']),

  row('READY_TO_SCAN', 'scan.events.page.discovered', 'SCANNING'),
  row('READY_TO_SCAN', 'scan.events.failed', 'FAILED', ['failJob']),

  stay('SCANNING', 'scan.events.page.discovered'),
  stay('SCANNING', 'scan.events.page.visited'),
  stay('SCANNING', 'scan.events.cell.completed'),
  stay('SCANNING', 'scan.events.page.completed'),
  row('SCANNING', 'scan.events.completed', 'COMPLETING', ['aggregate']),
  row('SCANNING', 'scan.events.failed', 'FAILED', ['writePartialReport', 'failJob'], 'finished-cells'),
  row('SCANNING', 'scan.events.failed', 'FAILED', ['failJob'], 'no-finished-cells'),

  row('COMPLETING', 'jobs.events.completed', 'DONE'),
  ...AFTER_SCAN,

  ...OPEN.map((state) => row(state, 'jobs.events.failed', 'FAILED')),

  ...SUBJECTS.map((type) => late('DONE', type)),
  ...SUBJECTS.map((type) => late('FAILED', type)),
];
