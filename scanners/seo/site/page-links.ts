import { clip, type Occurrence } from '@stageflow/engine/sdk';
import type { PageSummary, Place } from '../raw.ts';
import { keyOf, ownPath, type SiteHit, type SiteView } from './view.ts';

const onPage = (page: PageSummary, message: string, place?: Place, url?: string): Occurrence => ({
  pageId: page.id,
  ...(place ? { selector: clip(place.selector, 1024), snippet: clip(place.snippet, 2048) } : {}),
  ...(url === undefined ? {} : { url: clip(url, 4096) }),
  message: clip(message, 2048),
});

function duplicates(view: SiteView, what: 'title' | 'description'): SiteHit[] {
  const value = (page: PageSummary) => page[what];
  const groups = new Map<string, Map<string, PageSummary>>();
  for (const page of view.indexable) {
    const text = value(page)?.replace(/\s+/g, ' ').trim().toLowerCase();
    if (!text) continue;
    const group = groups.get(text) ?? new Map<string, PageSummary>();
    const key = keyOf(view.normal(page.url));
    if (!group.has(key)) group.set(key, page);
    groups.set(text, group);
  }
  return [...groups].flatMap(([text, group]) => {
    if (group.size < 2) return [];
    const pages = [...group.values()];
    return [
      {
        evidence: clip(text, 1024),
        occurrences: pages.map((page) =>
          onPage(
            page,
            `one of ${pages.length} pages with the ${what} “${clip(value(page) ?? '', 200)}”`,
            page[`${what}At`] ?? undefined,
          ),
        ),
      },
    ];
  });
}

/** Pages that share a title. */
export const duplicateTitles = (view: SiteView) => duplicates(view, 'title');
/** Pages that share a description. */
export const duplicateDescriptions = (view: SiteView) => duplicates(view, 'description');

/** Own canonicals that answer in this way, one cause for each address. */
export function canonicalAnswers(view: SiteView, bad: 'error' | 'redirect'): SiteHit[] {
  const hits = new Map<string, Occurrence[]>();
  for (const page of view.raw.pages) {
    if (page.status >= 400 || page.canonical === null || !view.own(page.canonical.url)) continue;
    const answer = view.answer(page.canonical.url);
    if (!answer || !says(answer.status, bad)) continue;
    const message =
      bad === 'error' ? `answers ${answer.status}` : `redirects to ${answer.location ?? 'another address'}`;
    const url = view.normal(page.canonical.url);
    hits.set(url, [...(hits.get(url) ?? []), onPage(page, message, page.canonical, url)]);
  }
  return [...hits].map(([evidence, occurrences]) => ({ evidence: ownPath(evidence), occurrences }));
}

/** True when the status is of that kind; answers that may only be meant for us (401, 403, 429, 503) prove nothing. */
export function says(status: number | null, kind: 'error' | 'redirect'): boolean {
  if (status === null) return false;
  if (kind === 'redirect') return [301, 302, 303, 307, 308].includes(status);
  return status >= 400 && ![401, 403, 407, 408, 425, 429, 503].includes(status);
}

/** Language links whose page does not answer. */
export function brokenAlternates(view: SiteView): SiteHit[] {
  const hits = new Map<string, Occurrence[]>();
  for (const page of view.raw.pages) {
    for (const link of page.status < 400 ? page.alternates : []) {
      const answer = view.own(link.url) ? view.answer(link.url) : undefined;
      if (!answer || !says(answer.status, 'error')) continue;
      const url = view.normal(link.url);
      hits.set(url, [...(hits.get(url) ?? []), onPage(page, `${link.code} answers ${answer.status}`, link, url)]);
    }
  }
  return [...hits].map(([evidence, occurrences]) => ({ evidence: ownPath(evidence), occurrences }));
}

/** Language links between scanned pages that are not mutual. */
export function oneWayAlternates(view: SiteView): SiteHit[] {
  const hits: SiteHit[] = [];
  for (const page of view.raw.pages) {
    if (page.status >= 400) continue;
    const names = new Set(
      [page.url, page.requestedUrl, ...(page.canonical ? [page.canonical.url] : [])].map((url) =>
        keyOf(view.normal(url)),
      ),
    );
    for (const link of page.alternates) {
      const other = view.page(link.url);
      if (!other || other.id === page.id || other.status >= 400) continue;
      if (other.alternates.some((back) => names.has(keyOf(view.normal(back.url))))) continue;
      const url = view.normal(link.url);
      hits.push({
        evidence: `${ownPath(view.normal(page.url))} -> ${ownPath(url)}`.slice(0, 1024),
        occurrences: [onPage(page, `${url} does not name this page`, link, url)],
      });
    }
  }
  return hits;
}
