import type { Failure } from '../../event/index.ts';
import { asStageflowError } from '../../kernel/index.ts';
import type { StoredArtifact } from '../../scanner/index.ts';
import type { EnginePorts } from '../ports.ts';

/** Longest time that a job's end waits for its partial report, in milliseconds: a cancel must be over within seconds. */
const PATIENCE = 10_000;

/**
 * Writes the report of what was found until the failure. Null when the store does not take it in time: an end is worth more than its
 * report. Repeated, it writes the same keys again.
 */
export async function writePartialReport(
  job: { readonly id: string; readonly attempt: number },
  failure: Failure,
  ports: EnginePorts,
): Promise<StoredArtifact | null> {
  const { clock, log } = ports;
  const jobId = job.id;
  const over = new AbortController();
  const late = clock.sleep(PATIENCE, over.signal).then(
    () => {
      log.warn('the report of a failed job took too long', { jobId });
      return null;
    },
    () => null,
  );
  const written = ports.report(job, failure).then(
    ({ report }) => report,
    (error: unknown) => {
      log.warn('no report of a failed job', { jobId, code: asStageflowError(error).code });
      return null;
    },
  );
  try {
    return await Promise.race([written, late]);
  } finally {
    over.abort();
  }
}
