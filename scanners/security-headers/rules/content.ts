import { isLocalHost, sameSite } from '../address.ts';
import type { ElementFact } from '../raw.ts';
import { type Check, type Hit, placeOf, type Subject } from './check.ts';

const MOST_CAUSES = 100;

/** True where a plain address hurts: an https page, or a build whose production site is not known to be plain. */
function encrypted(subject: Subject): boolean {
  if (!subject.zip) return subject.https;
  return !subject.job.productionOrigin?.startsWith('http:');
}

const upgraded = (subject: Subject) =>
  subject.policies.some((policy) => policy.directives.has('upgrade-insecure-requests'));

/** True for a plain address on another machine than the page's own (a build is served on a plain local origin). */
function insecure(subject: Subject, address: string): boolean {
  if (!address.startsWith('http://')) return false;
  const { hostname, host } = new URL(address);
  return !isLocalHost(hostname) && (!subject.zip || host !== subject.url.host);
}

/** One hit for each address, with every element that uses it. */
function byAddress(elements: readonly ElementFact[], message: string, more: Pick<Hit, 'confidence'>): Map<string, Hit> {
  const hits = new Map<string, Hit>();
  for (const element of elements) {
    const before = hits.get(element.url)?.occurrences ?? [];
    if (hits.size >= MOST_CAUSES && before.length === 0) continue;
    hits.set(element.url, {
      evidence: element.url.slice(0, 1024),
      occurrences: [...before, placeOf(element, message)],
      ...more,
    });
  }
  return hits;
}

function mixed(subject: Subject, elements: readonly ElementFact[], types: ReadonlySet<string>): readonly Hit[] | null {
  if (!encrypted(subject)) return null;
  if (upgraded(subject)) return [];
  const more = subject.zip && !subject.job.productionOrigin ? ({ confidence: 'likely' } as const) : {};
  const hits = byAddress(
    elements.filter((element) => insecure(subject, element.url)),
    'loaded over http://',
    more,
  );
  for (const request of subject.raw.plainRequests) {
    if (
      types.has(request.type) &&
      insecure(subject, request.url) &&
      !hits.has(request.url) &&
      hits.size < MOST_CAUSES
    ) {
      hits.set(request.url, {
        evidence: request.url.slice(0, 1024),
        occurrences: [{ url: request.url, message: `${request.type} requested over http://` }],
        ...more,
      });
    }
  }
  return [...hits.values()];
}

const ACTIVE = new Set(['script', 'stylesheet', 'font', 'xhr', 'fetch']);
const PASSIVE = new Set(['image', 'media']);

const active: Check = (subject) =>
  mixed(subject, [...subject.raw.scripts, ...subject.raw.styles, ...subject.raw.frames], ACTIVE);
const passive: Check = (subject) => mixed(subject, subject.raw.media, PASSIVE);

const forms: Check = (subject) => {
  if (!encrypted(subject) || subject.raw.forms.length === 0) return null;
  if (upgraded(subject)) return [];
  return [
    ...byAddress(
      subject.raw.forms.filter((form) => insecure(subject, form.url)),
      'sends to http://',
      {},
    ).values(),
  ];
};

function unpinned(subject: Subject, elements: readonly ElementFact[], ending: RegExp): readonly Hit[] | null {
  const foreign = elements.filter((element) => {
    const url = new URL(element.url);
    const web = url.protocol === 'https:' || url.protocol === 'http:';
    return (
      web &&
      url.hostname !== subject.url.hostname &&
      !sameSite(url.hostname, subject.ownHost) &&
      ending.test(url.pathname)
    );
  });
  if (foreign.length === 0) return null;
  const more = subject.zip && !subject.job.productionOrigin ? ({ confidence: 'likely' } as const) : {};
  return [
    ...byAddress(
      foreign.filter((element) => element.integrity.trim() === ''),
      'no integrity attribute',
      more,
    ).values(),
  ];
}

/** Rules on what the document loads and where it sends. */
export const contentRules: Readonly<Record<string, Check>> = {
  'mixed-content-active': active,
  'mixed-content-passive': passive,
  'form-insecure-action': forms,
  'sri-missing-script': (subject) => unpinned(subject, subject.raw.scripts, /\.m?js$/i),
  'sri-missing-style': (subject) => unpinned(subject, subject.raw.styles, /\.css$/i),
};
