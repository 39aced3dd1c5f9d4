import type { Draft } from '../../state/draft/slice.ts';
import { readAddresses } from './addresses.ts';
import type { Plan } from './estimate.ts';
import type { ZipSummary } from './zip-summary.ts';

/** Most pages that a scan takes when nothing is said. */
export const USUAL_PAGES = { crawl: 200, zip: 500 } as const;

/** How many pages the scan will look at, as far as the form can tell. */
export function planOf(draft: Draft, summary: ZipSummary | null): Plan {
  const { urls } = readAddresses(draft.text);
  const typed = /^\d+$/.test(draft.maxPages) ? Math.max(1, Number(draft.maxPages)) : null;
  const pages = (): readonly [number, number] => {
    if (draft.file !== null) {
      const most = typed ?? USUAL_PAGES.zip;
      const known = summary !== null && summary.pages > 0 ? Math.min(summary.pages, most) : null;
      return known === null ? [1, most] : [known, known];
    }
    const given = Math.max(1, urls.length);
    return draft.follow ? [given, Math.max(given, typed ?? USUAL_PAGES.crawl)] : [given, given];
  };
  return { pages: pages(), sample: draft.sample, lighthouseRuns: draft.lighthouseRuns };
}
