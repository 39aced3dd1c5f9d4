import { type AuditContext, type CellFindings, findingOf, type ScannerFinding } from '@stageflow/engine/sdk';
import type { SiteRaw } from '../raw.ts';
import {
  faviconMissing,
  listedAnswers,
  listedNoindex,
  listedNonCanonical,
  pagesNotListed,
  robotsBlocksListed,
  robotsBlocksSite,
  robotsError,
  robotsInvalid,
  sitemapInvalid,
  sitemapMissing,
} from './crawl-files.ts';
import {
  brokenAlternates,
  canonicalAnswers,
  duplicateDescriptions,
  duplicateTitles,
  oneWayAlternates,
} from './page-links.ts';
import { type SiteHit, type SiteView, viewOf } from './view.ts';

const MOST_HITS = 300;

/** Every rule of site scope, by its id. */
export const siteRules: Readonly<Record<string, (view: SiteView) => readonly SiteHit[] | null>> = {
  'duplicate-title': duplicateTitles,
  'duplicate-description': duplicateDescriptions,
  'canonical-broken': (view) => canonicalAnswers(view, 'error'),
  'canonical-redirects': (view) => canonicalAnswers(view, 'redirect'),
  'hreflang-broken': brokenAlternates,
  'hreflang-not-reciprocal': oneWayAlternates,
  'sitemap-missing': sitemapMissing,
  'sitemap-invalid': sitemapInvalid,
  'sitemap-broken-url': (view) => listedAnswers(view, 'error'),
  'sitemap-redirect': (view) => listedAnswers(view, 'redirect'),
  'sitemap-noindex': listedNoindex,
  'sitemap-non-canonical': listedNonCanonical,
  'sitemap-page-missing': pagesNotListed,
  'robots-txt-invalid': robotsInvalid,
  'robots-txt-error': robotsError,
  'robots-txt-blocks-site': robotsBlocksSite,
  'robots-txt-blocks-sitemap-page': robotsBlocksListed,
  'favicon-missing': faviconMissing,
};

/** Judges the site: what its pages say together, its robots.txt and its sitemaps. */
export function auditSite(raw: SiteRaw, ctx: AuditContext): CellFindings {
  const view = viewOf(raw);
  const findings: ScannerFinding[] = [];
  let passes = 0;
  for (const [rule, check] of Object.entries(siteRules)) {
    const hits = check(view);
    if (hits === null) continue;
    if (hits.length === 0) passes++;
    for (const { evidence, occurrences } of hits.slice(0, MOST_HITS))
      findings.push(findingOf(ctx.manifest, rule, occurrences.slice(0, 500), { evidence }));
  }
  return {
    findings,
    scores: [],
    facts: {
      robotsTxt: raw.robots?.status ?? null,
      sitemaps: raw.sitemaps.length,
      sitemapAddresses: view.listed.size,
      probes: raw.probes.length,
    },
    passes,
  };
}
