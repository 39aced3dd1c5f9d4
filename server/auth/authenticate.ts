import type { Ledger } from '@stageflow/engine/ledger';
import { hashSecret, isLive, type Principal } from './principal.ts';

/** Name of the cookie of a signed-in browser; its value is a secret of that browser's own. HttpOnly, SameSite=Strict, Secure behind TLS. */
export const SESSION_COOKIE = 'stageflow_session';

/** What a request shows of its sender: a token in the Authorization header, else a browser's session. */
export interface Bearer {
  readonly text: string;
  /** Requests by cookie need an Origin of ours to change anything. */
  readonly viaCookie: boolean;
}

/** The principal behind a token or a session, or null when it is unknown, revoked or expired: callers cannot tell which. */
export function principalOf(
  ledger: Pick<Ledger, 'service'>,
  { text, viaCookie }: Bearer,
  now: number,
): Principal | null {
  if (text.length > 200) return null;
  const { tokens, sessions } = ledger.service;
  const token = viaCookie ? sessions.tokenOf(hashSecret(text)) : tokens.byHash(hashSecret(text));
  return token !== null && isLive(token, now)
    ? { tokenId: token.id, tenant: token.tenant, scopes: token.scopes }
    : null;
}

/** What a request bears, or null. */
export function bearerOf(headers: Headers): Bearer | null {
  const header = /^Bearer ([\w-]{1,200})$/i.exec(headers.get('authorization') ?? '');
  if (header?.[1]) return { text: header[1], viaCookie: false };
  const cookie = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([\\w-]{1,200})(?:;|$)`).exec(headers.get('cookie') ?? '');
  return cookie?.[1] ? { text: cookie[1], viaCookie: true } : null;
}
