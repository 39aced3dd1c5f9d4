import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';
import type { SiteServer } from '../../site-server.ts';
import type { Submission } from './patient-client.ts';

const PAGE_MODULES = ['axe', 'seo', 'security-headers', 'link-checker'];

const page = (title: string, link: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><main><h1>${title}</h1><p><img src="missing.png"><a href="${link}">On from ${title}</a></p></main></body></html>`;

/** Pages of the site that URL jobs look at, and of every archive. */
export const FILES: ReadonlyMap<string, Buffer> = new Map([
  ['index.html', Buffer.from(page('A first page', 'second.html'))],
  ['second.html', Buffer.from(page('A second page', './'))],
]);

async function archive(pages: number): Promise<Uint8Array<ArrayBuffer>> {
  const zip = new yazl.ZipFile();
  for (const [name, bytes] of [...FILES].slice(0, pages)) zip.addBuffer(bytes, name);
  zip.end();
  return new Uint8Array(await buffer(zip.outputStream));
}

/** A job to be submitted, and how many cells of pages it has when all of them are done. */
export interface PlannedJob extends Submission {
  readonly cells: number;
}

/** Small jobs, archives and addresses in turn, with one page or two; the first `lighthouse` of them measure too. */
export async function planJobs(count: number, lighthouse: number, site: SiteServer): Promise<readonly PlannedJob[]> {
  const archives = [await archive(1), await archive(2)];
  return Array.from({ length: count }, (_, n): PlannedJob => {
    const pages = 1 + (Math.floor(n / 2) % 2);
    const measures = n < lighthouse;
    const modules = measures ? [...PAGE_MODULES, 'lighthouse'] : PAGE_MODULES;
    const options = { modules, maxPages: pages, lighthouseRuns: 1, label: `job ${n}`, robots: false, sitemap: false };
    // Both pages are of one template, of which one page is measured.
    const common = { key: `chaos-${n}`, cells: pages * PAGE_MODULES.length + Number(measures) };
    if (n % 2 === 0)
      return {
        ...common,
        path: `/api/v1/jobs/zip?filename=site-${n}.zip`,
        type: 'application/zip',
        headers: { 'x-stageflow-options': JSON.stringify(options) },
        body: archives[pages - 1] ?? new Uint8Array(),
      };
    const urls = ['', 'second.html'].slice(0, pages).map((path) => `${site.origin}/${path}`);
    return {
      ...common,
      path: '/api/v1/jobs/url',
      type: 'application/json',
      body: JSON.stringify({ ...options, urls, mode: 'list', allowHosts: [site.host] }),
    };
  });
}
