import { ERRORS, isInward, type StageflowError } from '@stageflow/engine/kernel';
import { z } from '@hono/zod-openapi';

/** A failure as RFC 9457 tells it. */
export const Problem = z
  .object({
    /** Where this server explains the code: a reference relative to its own address. */
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    /** What happened and what to do next, for a person. */
    detail: z.string(),
    /** Code of the error table. */
    code: z.string(),
    /** To be named when this is reported. */
    requestId: z.string(),
    /** Fields of the request that cannot be used. */
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof Problem>;

/** The answer that every route may give instead of its own. */
export const PROBLEM_ANSWER = {
  description: 'A coded failure.',
  content: { 'application/problem+json': { schema: Problem } },
} as const;

/** The document of an error. Server-side faults keep their reason for the log: an answer never names a path of the machine. */
export function problemOf(error: StageflowError, requestId: string, errors?: Problem['errors']): Problem {
  const { http } = ERRORS[error.code];
  return {
    type: `/errors#${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: http,
    detail: isInward(error.code)
      ? 'The server could not do this just now. Nothing that was accepted is lost; try again, and name the request id if it stays.'
      : error.message,
    code: error.code,
    requestId,
    ...(errors && errors.length > 0 ? { errors } : {}),
  };
}

/** The problem as an answer, with `Retry-After` where the error says when to come back. */
export function problemResponse(error: StageflowError, requestId: string, errors?: Problem['errors']): Response {
  const problem = problemOf(error, requestId, errors);
  const seconds = error.details.seconds;
  return Response.json(problem, {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(seconds !== undefined && (problem.status === 429 || problem.status === 503)
        ? { 'retry-after': String(seconds) }
        : {}),
      ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
  });
}
