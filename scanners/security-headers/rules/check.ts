import { type AuditContext, clip, type Occurrence, type ScannerFinding } from '@stageflow/engine/sdk';
import { type Policy, parsePolicies } from '../csp/parse.ts';
import type { ElementFact, PageRaw } from '../raw.ts';

/** One cause that a rule found. */
export interface Hit {
  /** Sets this cause apart from others of its rule: a header's, cookie's or resource's name. */
  readonly evidence: string;
  readonly occurrences: readonly Occurrence[];
  readonly severity?: ScannerFinding['severity'];
  readonly confidence?: ScannerFinding['confidence'];
}

/** What every rule reads: the raw result, and what follows from it at once. */
export interface Subject {
  readonly raw: PageRaw;
  readonly url: URL;
  readonly https: boolean;
  readonly zip: boolean;
  /** True when missing headers may be judged: a live site, or a build that declares security headers. */
  readonly judgeMissing: boolean;
  /** Host of the production site where known, else of the page. */
  readonly ownHost: string;
  /** Policies in force, from headers and from meta elements. */
  readonly policies: readonly Policy[];
  readonly job: AuditContext['job'];
  /** Values of a header, in order. */
  header(name: string): string[];
}

/** A rule: hits, an empty list when it is kept, null when it does not apply here. */
export type Check = (subject: Subject) => readonly Hit[] | null;

/** Headers whose presence shows that a build declares its security headers. */
export const DECLARABLE: ReadonlySet<string> = new Set([
  'content-security-policy',
  'content-security-policy-report-only',
  'strict-transport-security',
  'x-frame-options',
  'x-content-type-options',
  'referrer-policy',
  'permissions-policy',
  'feature-policy',
  'cross-origin-opener-policy',
  'cross-origin-embedder-policy',
  'cross-origin-resource-policy',
  'x-xss-protection',
]);

/** Derives what the rules share. */
export function subjectOf(raw: PageRaw, job: AuditContext['job']): Subject {
  const url = new URL(raw.url);
  const zip = job.source === 'zip';
  const header = (name: string) => raw.headers.filter(([key]) => key === name).map(([, value]) => value);
  return {
    raw,
    url,
    https: url.protocol === 'https:',
    zip,
    judgeMissing: !zip || raw.headers.some(([name]) => DECLARABLE.has(name)),
    ownHost: zip && job.productionOrigin ? new URL(job.productionOrigin).hostname : url.hostname,
    policies: [
      ...header('content-security-policy').flatMap((value) => parsePolicies(value, 'header')),
      ...raw.metaPolicies.flatMap((value) => parsePolicies(value, 'meta')),
    ],
    job,
    header,
  };
}

/** A cause that is about the answer as a whole, named by its header. */
export function headerHit(evidence: string, message: string, more: Pick<Hit, 'severity' | 'confidence'> = {}): Hit {
  return { evidence, occurrences: [{ message: clip(message, 2048) }], ...more };
}

/** The place of an element, cut to the caps of the contract. */
export function placeOf(element: ElementFact, message: string): Occurrence {
  return {
    selector: clip(element.selector, 1024),
    snippet: clip(element.snippet, 2048),
    url: clip(element.url, 4096),
    message: clip(message, 2048),
  };
}
