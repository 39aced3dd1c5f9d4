/**
 * SEO: reads pages and the site as search engines do.
 * Enters: one navigation's record and the rendered document; for the site robots.txt and sitemaps. Leaves: findings by element, value or address.
 * Called by the runner (collect) and by the runner or a replay (audit). It must never fetch what a page's structured data names.
 */
import { definePageScanner } from '@stageflow/engine/sdk';
import { audit } from './audit.ts';
import { collect } from './collect.ts';
import type { PageRaw, SiteRaw } from './raw.ts';
import { auditSite } from './site/audit-site.ts';
import { collectSite } from './site/collect-site.ts';

export default definePageScanner<PageRaw, SiteRaw>({ collect, audit, collectSite, auditSite });
