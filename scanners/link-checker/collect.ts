import type { PageContext } from '@stageflow/engine/sdk';
import { readPage } from './in-page.ts';
import type { PageRaw, ResourceFact } from './raw.ts';

const LIMITS = { links: 3000, resources: 2000, anchors: 20_000 };
const MOST = 500;

/** Failures that the browser or the page made itself: they say nothing of the file. */
const OWN_DOING =
  /ERR_ABORTED|ERR_BLOCKED_BY|ERR_CACHE|ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_TUNNEL|ERR_PROXY|ERR_INSUFFICIENT_RESOURCES/;

/** Reads links, anchors and failed requests of one page. */
export async function collect(ctx: PageContext): Promise<PageRaw> {
  const { visit } = ctx;
  const { resources, ...page } = await ctx.page.evaluate(readPage, LIMITS);
  const hops = new Set([visit.requestedUrl, visit.finalUrl, ...visit.redirects.map((hop) => hop.url)].map(bare));
  const asked = new Set(visit.requests.map((request) => bare(request.url)));
  const failed = visit.requests
    .filter(
      (request) =>
        request.blocked === null &&
        request.method === 'GET' &&
        !(request.type === 'document' && hops.has(bare(request.url))),
    )
    .filter(
      (request) =>
        (request.status ?? 0) >= 400 ||
        (request.status === null && request.failure !== null && !OWN_DOING.test(request.failure)),
    )
    .slice(0, MOST)
    .map(({ url, type, status, failure }) => ({ url: bare(url), type, status, failure }));
  const failedUrls = new Set(failed.map((request) => request.url));
  return {
    ...page,
    requestedUrl: visit.requestedUrl,
    url: visit.finalUrl,
    status: visit.status,
    departures: visit.departures.slice(0, 20),
    redirects: visit.redirects.slice(0, 20).map(({ url, status, location }) => ({ url, status, location })),
    failed,
    broken: resources.filter((resource) => failedUrls.has(resource.url)).slice(0, MOST),
    unasked: ownUnasked(resources, asked, ctx),
  };
}

function ownUnasked(resources: readonly ResourceFact[], asked: ReadonlySet<string>, ctx: PageContext): ResourceFact[] {
  const own = [ctx.job.origin, ctx.job.productionOrigin];
  return resources
    .filter((resource) => !asked.has(resource.url) && own.includes(new URL(resource.url).origin))
    .slice(0, MOST);
}

function bare(url: string): string {
  return url.replace(/#.*$/s, '');
}
