import type { JobFacts } from '@stageflow/engine/sdk';
import type { FailedRequest, PageRaw } from '../raw.ts';
import { evidenceOf, type Hit, place } from './check.ts';

const RULES: Readonly<Record<string, string>> = {
  image: 'broken-image',
  script: 'broken-script',
  stylesheet: 'broken-stylesheet',
};

/** Rule that speaks of a resource of this kind. */
export const resourceRule = (kind: string) => RULES[kind] ?? 'broken-resource';

const HIDDEN = new Set([
  'ping',
  'cspviolationreport',
  'preflight',
  'websocket',
  'eventsource',
  'prefetch',
  'signedexchange',
]);
const CALLS = new Set(['xhr', 'fetch']);

/** True when the failure shows that the file is not there, and not that it was kept from us. */
function isGone(request: FailedRequest, own: boolean): boolean {
  const { status, type } = request;
  if (status === null)
    return /ERR_NAME_NOT_RESOLVED|ERR_FILE_NOT_FOUND|ERR_EMPTY_RESPONSE|ERR_INVALID_RESPONSE/.test(
      request.failure ?? '',
    );
  if (status === 404 || status === 410) return true;
  if (!own || status === 429 || status === 503) return false;
  // Programs ask and are refused as a matter of course; a file that the markup names is meant to be had.
  return CALLS.has(type) ? status >= 500 : ![401, 403, 407].includes(status);
}

/** Files that failed while the page loaded: rule id -> hits. */
export function resourceRules(raw: PageRaw, job: JobFacts): Map<string, Hit[]> {
  const found = new Map<string, Hit[]>([...Object.values(RULES), 'broken-resource'].map((rule) => [rule, []]));
  const seen = new Set<string>();
  for (const request of raw.failed) {
    const own = URL.canParse(request.url) && [job.origin, job.productionOrigin].includes(new URL(request.url).origin);
    if (seen.has(request.url) || HIDDEN.has(request.type) || !isGone(request, own)) continue;
    if (!own && CALLS.has(request.type)) continue;
    const elements = raw.broken.filter((element) => element.url === request.url);
    // Browsers look for icons and the like on their own; only what the markup names is a fault.
    if (elements.length === 0 && (request.type === 'other' || request.type === 'manifest')) continue;
    seen.add(request.url);
    const message = request.status === null ? (request.failure ?? 'no answer') : `answers ${request.status}`;
    const occurrences =
      elements.length === 0
        ? [place({ url: request.url, message: `${message}; asked for by a style sheet, a script or a frame` })]
        : elements.map(({ selector, snippet, url }) => place({ selector, snippet, url, message }));
    found
      .get(resourceRule(request.type))
      ?.push({ evidence: evidenceOf(request.url, [job.origin, job.productionOrigin]), occurrences });
  }
  return found;
}
