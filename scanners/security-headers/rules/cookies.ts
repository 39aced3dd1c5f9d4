import { looksLikeSession } from '../cookie.ts';
import type { SetCookie } from '../raw.ts';
import { type Check, type Hit, headerHit, type Subject } from './check.ts';

const asked = (subject: Subject) => subject.raw.setCookies.filter((cookie) => !cookie.removes);

/** One hit for each cookie name that breaks the rule; null when the page sets no cookie of that kind. */
function judge(cookies: readonly SetCookie[], broken: (cookie: SetCookie) => string | null): readonly Hit[] | null {
  if (cookies.length === 0) return null;
  const hits = new Map<string, Hit>();
  for (const cookie of cookies) {
    const message = broken(cookie);
    if (message !== null && !hits.has(cookie.name))
      hits.set(cookie.name, headerHit(`cookie ${cookie.name}`, `${cookie.name}: ${message}`));
  }
  return [...hits.values()];
}

const notSecure: Check = (subject) => {
  if (!subject.https) return null;
  const names = new Set([
    ...asked(subject)
      .filter((cookie) => !cookie.secure && cookie.sameSite !== 'none')
      .map((cookie) => cookie.name),
    ...subject.raw.cookies.filter((cookie) => !cookie.secure).map((cookie) => cookie.name),
  ]);
  if (names.size === 0 && asked(subject).length + subject.raw.cookies.length === 0) return null;
  return [...names].sort().map((name) => headerHit(`cookie ${name}`, `${name} has no Secure attribute`));
};

const sessions = (subject: Subject) => asked(subject).filter((cookie) => looksLikeSession(cookie.name));

const notHttpOnly: Check = (subject) =>
  judge(sessions(subject), (cookie) => (cookie.httpOnly ? null : 'no HttpOnly attribute'));

const sameSiteMissing: Check = (subject) =>
  judge(sessions(subject), (cookie) => (cookie.sameSite ? null : 'no SameSite attribute'));

const sameSiteNone: Check = (subject) =>
  judge(asked(subject), (cookie) =>
    cookie.sameSite === 'none' && !cookie.secure ? 'SameSite=None without Secure' : null,
  );

function prefixFault(cookie: SetCookie): string | null {
  const name = cookie.name.toLowerCase();
  if (!name.startsWith('__host-') && !name.startsWith('__secure-')) return null;
  if (!cookie.secure) return 'the prefix needs Secure';
  if (name.startsWith('__secure-')) return null;
  if (cookie.domain) return '__Host- forbids Domain';
  return cookie.path === '/' ? null : '__Host- needs Path=/';
}

/** Rules on cookies. */
export const cookieRules: Readonly<Record<string, Check>> = {
  'cookie-not-secure': notSecure,
  'cookie-not-httponly': notHttpOnly,
  'cookie-samesite-none': sameSiteNone,
  'cookie-samesite-missing': sameSiteMissing,
  'cookie-prefix-invalid': (subject) => judge(asked(subject), prefixFault),
};
