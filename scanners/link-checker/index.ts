/**
 * Link checker: every link, anchor and file of the scanned pages, each target asked once.
 * Enters: rendered pages and their failed requests. Leaves: broken, looping, chained and soft-missing targets with every place that uses them.
 * Called by the runner (collect) and by the runner or a replay (audit). It must never ask a host except through the context's guarded fetch.
 */
import { definePageScanner } from '@stageflow/engine/sdk';
import { audit, auditSite } from './audit.ts';
import { collect } from './collect.ts';
import type { PageRaw, SiteRaw } from './raw.ts';
import { collectSite } from './site/collect-site.ts';

export default definePageScanner<PageRaw, SiteRaw>({
  collect,
  audit,
  collectSite: (ctx) => collectSite(ctx),
  auditSite,
});
