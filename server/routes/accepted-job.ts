import type { Context, TypedResponse } from 'hono';
import type { z } from 'zod';
import { keyedAnswer } from '../idempotency.ts';
import type { ServerEnv } from '../route.ts';
import type { Accepted } from './job-shapes.ts';

/** Where a job is. */
export const addressOfJob = (id: string) => `/api/v1/jobs/${id}`;

/**
 * A job about to be made, and its answer: what `job` says of it is stored in the job's own transaction (nothing when the request bears no
 * Idempotency-Key), `say` gives it.
 */
export function acceptedJob(
  c: Context<ServerEnv>,
  id: string,
  { sha256 = null, notes = [] }: { readonly sha256?: string | null; readonly notes?: readonly string[] },
) {
  const body = { id, state: 'PENDING' as const, sha256, notes: [...notes] } satisfies z.infer<typeof Accepted>;
  const location = addressOfJob(id);
  return {
    job: { id, answer: keyedAnswer(c, { status: 202, location, body }) },
    say: (): Response & TypedResponse<typeof body, 202, 'json'> => {
      c.header('location', location);
      return c.json(body, 202);
    },
  };
}
