import { ignoredInMeta, type Policy } from '../csp/parse.ts';
import { DROPPED, policyFaults } from '../csp/faults.ts';
import {
  allowsAllInline,
  allowsEval,
  allowsNothing,
  limitsScripts,
  OBJECTS,
  SCRIPT_ATTRIBUTES,
  SCRIPT_ELEMENTS,
  SCRIPT_EVAL,
  trustsByNonce,
  weakInAll,
  wideSource,
} from '../csp/sources.ts';
import { type Check, type Hit, headerHit, type Subject } from './check.ts';

const CSP = 'content-security-policy';
const reportOnly = (subject: Subject) => subject.header('content-security-policy-report-only').length > 0;
const scriptsLimited = (subject: Subject) => subject.policies.some(limitsScripts);
const anyHas = (policies: readonly Policy[], names: readonly string[]) =>
  policies.some((policy) => names.some((name) => policy.directives.has(name)));

const missing: Check = (subject) => {
  if (subject.policies.length > 0 || reportOnly(subject)) return [];
  return subject.judgeMissing ? [headerHit(CSP, 'no Content-Security-Policy header or meta element')] : null;
};

const onlyReports: Check = (subject) => {
  if (!reportOnly(subject)) return null;
  return subject.policies.length > 0 ? [] : [headerHit(CSP, 'only Content-Security-Policy-Report-Only is sent')];
};

const missingScriptSrc: Check = (subject) => {
  if (subject.policies.length === 0) return null;
  return scriptsLimited(subject) ? [] : [headerHit(CSP, 'neither script-src nor default-src is set')];
};

const unsafeInline: Check = (subject) => {
  if (!scriptsLimited(subject)) return null;
  const weak = (tokens: readonly string[]) => (allowsAllInline(tokens) ? true : null);
  const hit =
    weakInAll(subject.policies, SCRIPT_ELEMENTS, weak) ?? weakInAll(subject.policies, SCRIPT_ATTRIBUTES, weak);
  return hit ? [headerHit(CSP, `${hit.name} has 'unsafe-inline' and neither nonce nor hash`)] : [];
};

const unsafeEval: Check = (subject) => {
  if (!scriptsLimited(subject)) return null;
  const hit = weakInAll(subject.policies, SCRIPT_EVAL, (tokens) => (allowsEval(tokens) ? true : null));
  return hit ? [headerHit(CSP, `${hit.name} has 'unsafe-eval'`)] : [];
};

const wildcard: Check = (subject) => {
  if (subject.policies.length === 0) return null;
  const hits = new Map<string, Hit>();
  const look = (names: readonly string[], countData: boolean) => {
    const hit = weakInAll(subject.policies, names, (tokens) => wideSource(tokens, countData));
    if (hit && !hits.has(hit.name))
      hits.set(hit.name, headerHit(`${CSP}: ${hit.name}`, `${hit.name} allows ${hit.value}`));
  };
  look(SCRIPT_ELEMENTS, true);
  look(OBJECTS, true);
  look(['base-uri'], false);
  return [...hits.values()];
};

const missingObjectSrc: Check = (subject) => {
  if (!scriptsLimited(subject)) return null;
  return anyHas(subject.policies, OBJECTS) ? [] : [headerHit(CSP, 'neither object-src nor default-src is set')];
};

const missingBaseUri: Check = (subject) => {
  if (!scriptsLimited(subject)) return null;
  if (anyHas(subject.policies, ['base-uri'])) return [];
  if (weakInAll(subject.policies, SCRIPT_ELEMENTS, (tokens) => (allowsNothing(tokens) ? null : true)) === null)
    return [];
  const byNonce =
    weakInAll(subject.policies, SCRIPT_ELEMENTS, (tokens) => (trustsByNonce(tokens) ? true : null)) !== null;
  // Without nonces the host list still holds scripts back, so little hangs on it.
  return [headerHit(CSP, 'base-uri is not set', { severity: byNonce ? 'minor' : 'info' })];
};

const invalid: Check = (subject) => {
  if (subject.policies.length === 0) return null;
  const faults = [...new Set(subject.policies.flatMap(policyFaults))].slice(0, 50);
  return faults.length === 0
    ? []
    : [{ evidence: CSP, occurrences: faults.map((message) => ({ message: message.slice(0, 2000) })) }];
};

const metaIgnored: Check = (subject) => {
  const metas = subject.policies.filter((policy) => policy.from === 'meta');
  if (metas.length === 0) return null;
  const names = [...new Set(metas.flatMap(ignoredInMeta))];
  return names.map((name) => headerHit(`meta: ${name}`, `${name} is ignored in a meta element`));
};

const deprecated: Check = (subject) => {
  if (subject.policies.length === 0) return null;
  const names = new Set(
    subject.policies.flatMap((policy) => [...policy.directives.keys()].filter((name) => DROPPED.has(name))),
  );
  return [...names].map((name) => headerHit(`${CSP}: ${name}`, `${name} has no effect any more`));
};

/** Rules on the Content Security Policy. */
export const cspRules: Readonly<Record<string, Check>> = {
  'csp-missing': missing,
  'csp-report-only': onlyReports,
  'csp-missing-script-src': missingScriptSrc,
  'csp-unsafe-inline': unsafeInline,
  'csp-unsafe-eval': unsafeEval,
  'csp-wildcard-source': wildcard,
  'csp-missing-object-src': missingObjectSrc,
  'csp-missing-base-uri': missingBaseUri,
  'csp-invalid': invalid,
  'csp-meta-ignored': metaIgnored,
  'csp-deprecated-directive': deprecated,
};
