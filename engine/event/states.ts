import { z } from 'zod';

/** A job's life; see the table in `engine/fsm/table.ts`. */
export const JOB_STATES = [
  'PENDING',
  'EXTRACTING',
  'READY_TO_SCAN',
  'SCANNING',
  'COMPLETING',
  'DONE',
  'FAILED',
] as const;
export const JobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobState>;

/** The two states that nothing leaves. */
export const TERMINAL: ReadonlySet<JobState> = new Set<JobState>(['DONE', 'FAILED']);
