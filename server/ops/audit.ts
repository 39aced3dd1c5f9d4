import type { ErrorCode } from '@stageflow/engine/kernel';
import type { Answered } from './access-log.ts';

/** Acts that an administrator must be able to look up later, by method and route. */
const ACTS: Readonly<Record<string, string>> = {
  'POST /api/v1/session': 'signed-in',
  'DELETE /api/v1/session': 'signed-out',
  'POST /api/v1/tokens': 'token-made',
  'DELETE /api/v1/tokens/:id': 'token-revoked',
  'POST /api/v1/jobs/:id/shares': 'share-made',
  'PATCH /api/v1/shares/:id': 'share-changed',
  'DELETE /api/v1/shares/:id': 'share-revoked',
  'DELETE /api/v1/jobs/:id': 'job-deleted',
  'POST /api/v1/webhooks': 'webhook-made',
  'POST /api/v1/webhooks/:id/secret': 'webhook-secret-changed',
  'DELETE /api/v1/webhooks/:id': 'webhook-deleted',
};

/** The word for an act that was carried out, or null when the request was no such act or failed. */
export function auditedAct({ method, pattern, status }: Answered): string | null {
  return status < 400 ? (ACTS[`${method} ${pattern}`] ?? null) : null;
}

const AUTH_FAILURES: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'forbidden',
  'foreign_origin',
  'misdirected',
]);

/** True for refusals of a person or a site, as opposed to faults of a request. */
export function isAuthFailure(code: ErrorCode): boolean {
  return AUTH_FAILURES.has(code);
}
