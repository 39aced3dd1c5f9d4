import { isAddress, isLocalHost } from '../address.ts';
import { type Check, headerHit, type Subject } from './check.ts';

const HSTS = 'strict-transport-security';
const HALF_YEAR = 180 * 86_400;
const DAY = 86_400;

/** Seconds that a Strict-Transport-Security value pins, or why browsers ignore it (RFC 6797, 6.1). */
export function hstsOf(value: string): { readonly maxAge: number } | { readonly fault: string } {
  const seen = new Map<string, string>();
  for (const part of value.split(';')) {
    const [name = '', ...rest] = part.split('=');
    const key = name.trim().toLowerCase();
    if (key === '') continue;
    if (seen.has(key)) return { fault: `${key} stands twice` };
    seen.set(
      key,
      rest
        .join('=')
        .trim()
        .replace(/^"(.*)"$/, '$1'),
    );
  }
  const maxAge = seen.get('max-age');
  if (maxAge === undefined) return { fault: 'max-age is missing' };
  return /^\d+$/.test(maxAge) ? { maxAge: Number(maxAge) } : { fault: `max-age=${maxAge} is not a number of seconds` };
}

const judged = (subject: Subject) => !subject.zip && subject.https && !isAddress(subject.url.hostname);
const parsed = (subject: Subject) => {
  const [first] = subject.header(HSTS);
  return first === undefined ? null : hstsOf(first);
};

const hstsMissing: Check = (subject) => {
  if (!judged(subject)) return null;
  const hsts = parsed(subject);
  if (hsts === null) return [headerHit(HSTS, 'no Strict-Transport-Security header')];
  return 'maxAge' in hsts && hsts.maxAge === 0 ? [headerHit(HSTS, 'max-age=0 turns it off')] : [];
};

const hstsShort: Check = (subject) => {
  const hsts = judged(subject) ? parsed(subject) : null;
  if (hsts === null || !('maxAge' in hsts) || hsts.maxAge === 0) return null;
  return hsts.maxAge < HALF_YEAR
    ? [headerHit(HSTS, `max-age=${hsts.maxAge} is ${Math.floor(hsts.maxAge / DAY)} days`)]
    : [];
};

const hstsInvalid: Check = (subject) => {
  const hsts = judged(subject) ? parsed(subject) : null;
  if (hsts === null) return null;
  return 'fault' in hsts ? [headerHit(HSTS, hsts.fault)] : [];
};

const notHttps: Check = (subject) => {
  if (subject.zip || isLocalHost(subject.url.hostname)) return null;
  return subject.https ? [] : [headerHit(subject.url.origin, 'the address begins with http://')];
};

const day = (seconds: number) => new Date(Math.min(Math.max(seconds, 0), 8.64e12) * 1000).toISOString().slice(0, 10);

const expired: Check = ({ raw }) => {
  const { tls, observedAt } = raw;
  if (!tls) return null;
  if (observedAt > tls.validTo) return [headerHit('certificate', `expired on ${day(tls.validTo)}`)];
  return observedAt < tls.validFrom ? [headerHit('certificate', `valid only from ${day(tls.validFrom)}`)] : [];
};

const expiring: Check = ({ raw }) => {
  const { tls, observedAt } = raw;
  // Certificates of a few days are renewed every other day: a short rest is their normal state.
  if (!tls || tls.validTo - tls.validFrom <= 30 * DAY || observedAt > tls.validTo) return null;
  return tls.validTo - observedAt < 14 * DAY ? [headerHit('certificate', `expires on ${day(tls.validTo)}`)] : [];
};

/** Rules on HTTPS, HSTS, TLS and the certificate. */
export const transportRules: Readonly<Record<string, Check>> = {
  'hsts-missing': hstsMissing,
  'hsts-short-max-age': hstsShort,
  'hsts-invalid': hstsInvalid,
  'not-https': notHttps,
  'tls-certificate-expired': expired,
  'tls-certificate-expiring': expiring,
};
