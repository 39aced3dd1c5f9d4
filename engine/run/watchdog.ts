import type { JobState } from '../event/index.ts';
import { StageflowError } from '../kernel/index.ts';

const MINUTE = 60_000;

/** How long a job in work may show no progress in a state, in milliseconds, and what it fails with then. */
interface Limit {
  readonly after: number;
  readonly error: (seconds: number) => StageflowError;
}

/**
 * The limits. Generous: building the image on a slow line takes its time before the first page, and a scan waits while another one
 * measures on the machine. The pods have shorter limits of their own; these end what even those do not.
 */
const LIMITS: Readonly<Partial<Record<JobState, Limit>>> = {
  PENDING: {
    after: 15 * MINUTE,
    error: () => new StageflowError('nats_failed', { reason: 'the job was not delivered' }),
  },
  EXTRACTING: { after: 45 * MINUTE, error: (seconds) => new StageflowError('pod_silent', { seconds }) },
  READY_TO_SCAN: { after: 45 * MINUTE, error: (seconds) => new StageflowError('pod_not_ready', { seconds }) },
  SCANNING: { after: 60 * MINUTE, error: (seconds) => new StageflowError('pod_silent', { seconds }) },
  COMPLETING: {
    after: 15 * MINUTE,
    error: () => new StageflowError('storage', { reason: 'the report took too long' }),
  },
};

/** What a job without progress fails with, or null while it may go on. Pure. `idle` is in milliseconds. */
export function overdue(state: JobState, idle: number): StageflowError | null {
  const limit = LIMITS[state];
  return limit !== undefined && idle >= limit.after ? limit.error(Math.round(idle / 1000)) : null;
}
