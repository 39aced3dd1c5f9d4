import type { SetCookie } from './raw.ts';

/** Reads one Set-Cookie line as a browser does (RFC 6265, 5.2); null for a line without a name. `now` in seconds since the epoch. */
export function parseSetCookie(line: string, now: number): SetCookie | null {
  const [pair = '', ...rest] = line.split(';');
  const equals = pair.indexOf('=');
  const name = (equals < 0 ? '' : pair.slice(0, equals)).trim();
  if (name === '') return null;
  const attributes = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    const key = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
    attributes.set(key, at < 0 ? '' : part.slice(at + 1).trim());
  }
  const sameSite = attributes.get('samesite')?.toLowerCase();
  const path = attributes.get('path') ?? null;
  return {
    name: name.slice(0, 200),
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSite : null,
    path: path?.startsWith('/') ? path.slice(0, 200) : null,
    domain: attributes.get('domain')?.slice(0, 200) || null,
    removes: removes(attributes, now),
  };
}

function removes(attributes: ReadonlyMap<string, string>, now: number): boolean {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0;
  const expires = Date.parse(attributes.get('expires') ?? '');
  return Number.isFinite(expires) && expires / 1000 <= now;
}

const SESSION =
  /^(?:__(?:host|secure)-)?(?:[a-z0-9]+[._-])*(?:sid|sess|session|sessionid|phpsessid|jsessionid|asp\.net_sessionid|aspsessionid[a-z]*|cfid|cftoken|auth|auth[._-]?token|access[._-]?token|refresh[._-]?token|jwt|remember[._-]?me|remember[._-]token)$/i;

/** True for a name that usually carries a login or a server session. */
export function looksLikeSession(name: string): boolean {
  return SESSION.test(name) && !/[cx]srf/i.test(name);
}
