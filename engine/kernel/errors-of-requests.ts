import { type ErrorRow, EXIT, row } from './error-row.ts';

/** Rows of the error table for what the server answers to a request. */
export const REQUEST_ERRORS = {
  bad_request: row('The request cannot be read: {reason}. See /api/v1/openapi.json for its form.', EXIT.usage, 400),
  unauthenticated: row(
    'This needs a valid token. Send it as `Authorization: Bearer <token>`, or sign in again.',
    EXIT.usage,
    401,
  ),
  forbidden: row(
    'This token may not do that; it needs the scope {scope}. Ask an administrator for one.',
    EXIT.usage,
    403,
  ),
  foreign_origin: row(
    'The request comes from another site and was refused. Open the address of this server itself.',
    EXIT.usage,
    403,
  ),
  not_found: row('There is nothing at this address, or it is not yours to see.', EXIT.usage, 404),
  request_timeout: row('The request came too slowly and was ended. Try again on a better line.', EXIT.usage, 408),
  body_broken: row(
    'The body of the request broke off ({reason}). Nothing of it was kept; send it again.',
    EXIT.usage,
    400,
  ),
  request_in_flight: row(
    'A request with this Idempotency-Key is still at work. Wait for its answer, then ask again.',
    EXIT.usage,
    409,
  ),
  job_exists: row('There is a job {jobId} here already. Remove that one first, or leave it as it is.', EXIT.usage, 409),
  no_report: row(
    'The job {jobId} is in state {state} and has no report. Wait until it has ended; a refused job never gets one.',
    EXIT.usage,
    404,
  ),
  bundle_refused: row(
    'The bundle is refused: {reason}. Export the job again and send that file as it is.',
    EXIT.usage,
    422,
  ),
  stream_gone: row(
    'Events after {position} are no longer kept. Take the snapshot in this answer and go on from its position.',
    EXIT.usage,
    410,
  ),
  too_large: row('The request is larger than {limit}. Send less, or split it.', EXIT.usage, 413),
  unsupported_type: row('The body is {given}; this address takes {wanted}.', EXIT.usage, 415),
  misdirected: row(
    'This server does not answer for the host {host}. Set STAGEFLOW_PUBLIC_URL to the address that people use.',
    EXIT.usage,
    421,
  ),
  idempotency_reused: row(
    'This Idempotency-Key was used for another request. Use a new key for a new request.',
    EXIT.usage,
    422,
  ),
  share_revoked: row('This share was taken back and cannot be changed any more. Make a new one.', EXIT.usage, 409),
  no_plain_links: row(
    'This server keeps its files itself, so there is no store that could serve a plain link. Make a share link instead.',
    EXIT.usage,
    409,
  ),
  target_not_allowed: row(
    '{host} may not be scanned by this server ({reason}). Ask its administrator to allow the host.',
    EXIT.usage,
    403,
  ),
  rate_limited: row('Too many requests. Wait {seconds} s, then try again.', EXIT.environment, 429),
  quota_exceeded: row(
    'The quota of this account is used up: {reason}. Wait, or ask an administrator.',
    EXIT.environment,
    429,
  ),
  not_ready: row(
    'The server takes no new work just now ({reason}). Nothing that was accepted is lost; try again in {seconds} s.',
    EXIT.environment,
    503,
    'backoff',
  ),
  unsafe_listen: row(
    'Refused to listen on {address}: {reason}. See docs/how-to/run-on-a-vps.md.',
    EXIT.environment,
    503,
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>;
