import { randomBytes } from 'node:crypto';
import type { ServiceTables, ShareRow } from '@stageflow/engine/ledger';
import { hashSecret } from '../auth/principal.ts';
import { settingsOf, type ShareSettings } from './settings.ts';

/** A share's token: 256 random bits, shown once, never kept. */
export function newShareToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What a share is at a time. Only a live one opens. */
export function shareState(share: ShareRow, now: number): 'live' | 'paused' | 'expired' | 'revoked' {
  if (share.revokedAt !== null) return 'revoked';
  if (share.expiresAt <= now) return 'expired';
  return settingsOf(share).visibility === 'paused' ? 'paused' : 'live';
}

/** A share that a token opens. */
export interface OpenShare {
  readonly id: string;
  readonly jobId: string;
  readonly settings: ShareSettings;
}

/**
 * The share of a token, or null when it is malformed, unknown, revoked, expired or paused: callers cannot tell which. Every token, of
 * whatever form, is hashed and looked up once, so that the time says nothing either.
 */
export function openShare(
  shares: Pick<ServiceTables['shares'], 'byHash'>,
  token: string,
  now: number,
): OpenShare | null {
  const share = shares.byHash(hashSecret(token.slice(0, 200)));
  if (share === null || shareState(share, now) !== 'live') return null;
  return { id: share.id, jobId: share.jobId, settings: settingsOf(share) };
}

/** Until when a job must be kept for the sake of its shares (milliseconds since the epoch), or null when none can open it any more. */
export function sharedUntil(shares: Pick<ServiceTables['shares'], 'ofJob'>, jobId: string, now: number): number | null {
  const ends = shares
    .ofJob(jobId)
    .flatMap((share) => (share.revokedAt === null && share.expiresAt > now ? share.expiresAt : []));
  return ends.length === 0 ? null : Math.max(...ends);
}
