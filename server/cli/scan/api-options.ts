import type { ScanOptions as ApiScanOptions } from '../../intake/options.ts';
import type { ScanPlan } from './plan.ts';

/** The options of a scan as the API takes them. What nobody chose is left out: the server's defaults are its own. */
export function apiOptions({ options, submit }: Pick<ScanPlan, 'options' | 'submit'>): ApiScanOptions {
  const { modules, moduleOptions = {}, allowAssets = [], allowHosts = [], siteUrl, label } = submit;
  const { maxPages, depth, lighthouseRuns, timeout, pageTimeout, memory } = options;
  const given: { readonly [K in keyof ApiScanOptions]: ApiScanOptions[K] | undefined } = {
    modules: modules ? [...modules] : undefined,
    moduleOptions: Object.keys(moduleOptions).length > 0 ? moduleOptions : undefined,
    maxPages,
    depth,
    robots: options.robots ? undefined : false,
    sitemap: options.sitemap ? undefined : false,
    sample: options.pages === 'all' ? 'all' : undefined,
    device: options.device === 'mobile' ? 'mobile' : undefined,
    lighthouseRuns,
    allowAssets: allowAssets.length > 0 ? [...allowAssets] : undefined,
    allowHosts: allowHosts.length > 0 ? [...allowHosts] : undefined,
    siteUrl: siteUrl ?? undefined,
    jobSeconds: timeout,
    pageSeconds: pageTimeout,
    memoryMiB: memory,
    label: label ?? undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as ApiScanOptions;
}

/** The login details of a scan as the API takes them; nothing when there are none. */
export function apiAccess({ access }: Pick<ScanPlan, 'access'>): { readonly access?: Record<string, unknown> } {
  if (access === null) return {};
  const { headers, cookies, basicAuth, storageState } = access;
  return {
    access: {
      headers,
      cookies,
      ...(basicAuth === null ? {} : { basicAuth }),
      ...(storageState === null || storageState === undefined ? {} : { storageState }),
    },
  };
}
