import type { Ledger } from '@stageflow/engine/ledger';
import { hashSecret, isLive, type Principal } from './principal.ts';

/** Name of the cookie of a signed-in browser; its value is the token. HttpOnly, SameSite=Strict, Secure behind TLS. */
export const SESSION_COOKIE = 'stageflow_session';

/** The principal of a token's text, or null when it is unknown, revoked or expired: callers cannot tell which. */
export function principalOf(ledger: Pick<Ledger, 'service'>, text: string, now: number): Principal | null {
  if (text.length > 200) return null;
  const token = ledger.service.tokens.byHash(hashSecret(text));
  return token !== null && isLive(token, now)
    ? { tokenId: token.id, tenant: token.tenant, scopes: token.scopes }
    : null;
}

/** The token that a request bears: the Authorization header, else the session cookie. `viaCookie` requests need an Origin of ours to change anything. */
export function bearerOf(headers: Headers): { readonly text: string; readonly viaCookie: boolean } | null {
  const header = /^Bearer ([\w-]{1,200})$/i.exec(headers.get('authorization') ?? '');
  if (header?.[1]) return { text: header[1], viaCookie: false };
  const cookie = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([\\w-]{1,200})(?:;|$)`).exec(headers.get('cookie') ?? '');
  return cookie?.[1] ? { text: cookie[1], viaCookie: true } : null;
}
