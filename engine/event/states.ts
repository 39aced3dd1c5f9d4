import { z } from 'zod';
import { JOB_STATES } from './state-names.ts';

export { JOB_STATES, TERMINAL } from './state-names.ts';

/** A job's life; see the table in `engine/fsm/table.ts`. */
export const JobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobState>;
