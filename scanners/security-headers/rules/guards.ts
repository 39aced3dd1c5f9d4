import { effective } from '../csp/parse.ts';
import { wideSource } from '../csp/sources.ts';
import { isPermissionsPolicy } from '../permissions-policy.ts';
import { type Check, headerHit, type Subject } from './check.ts';

const listOf = (values: readonly string[]) =>
  values.flatMap((value) => value.split(',')).map((token) => token.trim().toLowerCase());

/** True when X-Frame-Options holds other sites back, several values included (HTML, X-Frame-Options). */
function framesRefused(subject: Subject): boolean {
  const values = new Set(listOf(subject.header('x-frame-options')));
  if (values.size > 1) return values.has('deny') || values.has('sameorigin') || values.has('allowall');
  return values.has('deny') || values.has('sameorigin');
}

const ancestorsLimited = (subject: Subject) =>
  subject.policies.some((policy) => {
    const list = policy.from === 'header' ? effective(policy, ['frame-ancestors']) : null;
    return list !== null && wideSource(list.tokens, false) === null;
  });

const framing: Check = (subject) => {
  if (ancestorsLimited(subject) || framesRefused(subject)) return [];
  return subject.judgeMissing
    ? [headerHit('frame-ancestors', 'neither frame-ancestors nor a valid X-Frame-Options header')]
    : null;
};

const frameOptionsInvalid: Check = (subject) => {
  const values = subject.header('x-frame-options');
  if (values.length === 0 || ancestorsLimited(subject)) return null;
  return framesRefused(subject) ? [] : [headerHit('x-frame-options', `X-Frame-Options: ${values.join(', ')}`)];
};

const sniffing: Check = (subject) => {
  const [first] = listOf(subject.header('x-content-type-options'));
  if (first === 'nosniff') return [];
  if (first === undefined && !subject.judgeMissing) return null;
  return [
    headerHit(
      'x-content-type-options',
      first === undefined ? 'no X-Content-Type-Options header' : `value is ${first || 'empty'}`,
    ),
  ];
};

const REFERRER = new Set(
  'no-referrer no-referrer-when-downgrade same-origin origin strict-origin origin-when-cross-origin strict-origin-when-cross-origin unsafe-url'.split(
    ' ',
  ),
);
const recognised = (values: readonly string[]) => listOf(values).filter((token) => REFERRER.has(token));

const referrerMissing: Check = (subject) => {
  if (subject.header('referrer-policy').length > 0 || subject.raw.metaReferrer !== null) return [];
  return subject.judgeMissing ? [headerHit('referrer-policy', 'no Referrer-Policy header')] : null;
};

const referrerUnsafe: Check = (subject) => {
  const inForce =
    (subject.raw.metaReferrer === null ? [] : recognised([subject.raw.metaReferrer])).at(-1) ??
    recognised(subject.header('referrer-policy')).at(-1);
  if (inForce === undefined) return null;
  return inForce === 'unsafe-url' || inForce === 'no-referrer-when-downgrade'
    ? [headerHit('referrer-policy', `the policy in force is ${inForce}`)]
    : [];
};

const referrerInvalid: Check = (subject) => {
  const values = subject.header('referrer-policy');
  if (values.length === 0) return null;
  return recognised(values).length > 0 ? [] : [headerHit('referrer-policy', `Referrer-Policy: ${values.join(', ')}`)];
};

const permissionsMissing: Check = (subject) => {
  if (subject.header('permissions-policy').length > 0) return [];
  return subject.judgeMissing ? [headerHit('permissions-policy', 'no Permissions-Policy header')] : null;
};

const permissionsInvalid: Check = (subject) => {
  const values = subject.header('permissions-policy');
  if (values.length === 0) return null;
  return isPermissionsPolicy(values.join(', '))
    ? []
    : [headerHit('permissions-policy', `Permissions-Policy: ${values.join(', ')}`)];
};

const openerMissing: Check = (subject) => {
  if (subject.header('cross-origin-opener-policy').length > 0) return [];
  const applies = subject.zip ? subject.judgeMissing : subject.https;
  return applies ? [headerHit('cross-origin-opener-policy', 'no Cross-Origin-Opener-Policy header')] : null;
};

/** Rules on framing, sniffing, referrer, permissions and isolation. */
export const guardRules: Readonly<Record<string, Check>> = {
  'framing-missing': framing,
  'x-frame-options-invalid': frameOptionsInvalid,
  'content-type-options-missing': sniffing,
  'referrer-policy-missing': referrerMissing,
  'referrer-policy-unsafe': referrerUnsafe,
  'referrer-policy-invalid': referrerInvalid,
  'permissions-policy-missing': permissionsMissing,
  'permissions-policy-invalid': permissionsInvalid,
  'coop-missing': openerMissing,
};
