/** A job's life; see the table in `engine/fsm/table.ts`. Without a schema, since windows fold views too and have no other use for one. */
export const JOB_STATES = [
  'PENDING',
  'EXTRACTING',
  'READY_TO_SCAN',
  'SCANNING',
  'COMPLETING',
  'DONE',
  'FAILED',
] as const;
export type JobState = (typeof JOB_STATES)[number];

/** The two states that nothing leaves. */
export const TERMINAL: ReadonlySet<JobState> = new Set<JobState>(['DONE', 'FAILED']);
