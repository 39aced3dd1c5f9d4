import { createHash, randomBytes } from 'node:crypto';
import type { TokenRow, TokenScope } from '@stageflow/engine/ledger';

/** Who makes a request. */
export interface Principal {
  readonly tokenId: string;
  readonly tenant: string;
  readonly scopes: readonly TokenScope[];
}

/** Who speaks through the socket of the data folder: its file mode is the lock. */
export const OWNER: Principal = { tokenId: 'owner', tenant: 'local', scopes: ['admin'] };

/** A new token's text: shown once, never kept. 256 random bits. */
export function newTokenText(): string {
  return `sf_${randomBytes(32).toString('base64url')}`;
}

/** A new secret of a browser that signs in: it lives in its cookie alone. 256 random bits. */
export function newSessionText(): string {
  return `ss_${randomBytes(32).toString('base64url')}`;
}

/** What is kept of a token or a link: enough to know it again, of no use to a thief. High entropy needs no slow hash. */
export function hashSecret(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether a token may be used at a time. */
export function isLive(token: TokenRow, now: number): boolean {
  return token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
}

/** Whether scopes suffice: `admin` includes the others. */
export function hasScope(scopes: readonly TokenScope[], wanted: TokenScope): boolean {
  return scopes.includes(wanted) || scopes.includes('admin');
}
