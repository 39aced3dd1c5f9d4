/**
 * Security headers: judges what a page's answer promises to the browser.
 * Enters: the record of one navigation and the rendered document. Leaves: findings by header, cookie or resource.
 * Called by the runner (collect) and by the runner or a replay (audit). It must never keep the value of a cookie.
 */
import { definePageScanner } from '@stageflow/engine/sdk';
import { audit, auditSite } from './audit.ts';
import { collect, collectSite } from './collect.ts';
import type { PageRaw, SiteRaw } from './raw.ts';

export default definePageScanner<PageRaw, SiteRaw>({ collect, audit, collectSite, auditSite });
