import { gunzipSync } from 'node:zlib';
import { clip, type GuardedAnswer, type GuardedFailure, type SiteContext } from '@stageflow/engine/sdk';
import type { PageRaw, PageSummary, Probe, SitemapFact, SiteRaw } from '../raw.ts';
import { robotsOf } from '../robots.ts';
import { normalUrl, option } from '../rules/check.ts';
import { readRobots } from './robots-txt.ts';
import { readSitemap } from './sitemap.ts';

const MOST_SITEMAPS = 50;
const MOST_LOCATIONS = 10_000;
const AT_ONCE = 6;
const MEBIBYTE = 2 ** 20;

/** Reads robots.txt and sitemaps, and asks for the own addresses that they, canonicals and language links name. */
export async function collectSite(ctx: SiteContext): Promise<SiteRaw> {
  const { job } = ctx;
  const pages: PageSummary[] = [];
  for (const page of ctx.pages) pages.push(summaryOf(page.id, (await page.raw()) as PageRaw));

  const robotsUrl = `${job.origin}/robots.txt`;
  const robotsAnswer = await ctx.fetch(robotsUrl);
  const robots =
    'failure' in robotsAnswer
      ? null
      : {
          url: robotsUrl,
          status: robotsAnswer.status,
          text: robotsAnswer.status === 200 ? textOf(robotsAnswer).slice(0, 512_000) : '',
        };
  const sitemaps = await readSitemaps(ctx, robots?.status === 200 ? readRobots(robots.text).sitemaps : []);

  const scanned = new Set(pages.flatMap((page) => [page.requestedUrl, page.url]).map((url) => normalUrl(url, job)));
  const own = (url: string) => new URL(normalUrl(url, job)).origin === job.origin;
  const named = [
    ...pages.flatMap((page) => [
      ...(page.canonical ? [page.canonical.url] : []),
      ...page.alternates.map((link) => link.url),
    ]),
    ...sitemaps.flatMap((sitemap) => sitemap.locations),
  ];
  const wanted = [
    ...new Set(named.filter((url) => URL.canParse(url) && own(url)).map((url) => normalUrl(url, job))),
  ].filter((url) => !scanned.has(url));
  const probes = await probeAll(ctx, wanted.slice(0, option(ctx.options, 'sitemapChecks', 200)));
  const favicon =
    pages.length === 0 || pages.some((page) => page.icon) ? null : await probe(ctx, `${job.origin}/favicon.ico`);
  return { origin: job.origin, productionOrigin: job.productionOrigin, pages, robots, sitemaps, probes, favicon };
}

function summaryOf(id: string, raw: PageRaw): PageSummary {
  const canonicals = raw.links.filter(
    (link) => link.inHead && link.rel.includes('canonical') && link.url !== null && /^https?:/.test(link.url),
  );
  const targets = new Set(canonicals.map((link) => link.url));
  const [first] = canonicals;
  const description = raw.metas.find((meta) => meta.key === 'description');
  const place = (link: { selector: string; snippet: string }) => ({
    selector: clip(link.selector, 1024),
    snippet: clip(link.snippet, 500),
  });
  return {
    id,
    requestedUrl: raw.requestedUrl,
    url: raw.url,
    status: raw.status,
    title: raw.titles[0]?.text || null,
    description: description?.content || null,
    titleAt: raw.titles[0] ? place(raw.titles[0]) : null,
    descriptionAt: description ? place(description) : null,
    canonical: first?.url && targets.size === 1 ? { ...place(first), url: first.url } : null,
    noindex: robotsOf(raw).noindex,
    alternates: raw.links.flatMap((link) =>
      link.inHead &&
      link.hreflang !== null &&
      link.rel.includes('alternate') &&
      link.url !== null &&
      /^https?:/.test(link.url)
        ? [{ ...place(link), code: link.hreflang, url: link.url }]
        : [],
    ),
    icon: raw.links.some((link) => link.rel.includes('icon') || link.rel.includes('apple-touch-icon')),
  };
}

function textOf(answer: GuardedAnswer): string {
  const bytes = Buffer.from(answer.body);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: 10 * MEBIBYTE }).toString('utf8');
  } catch {
    return '';
  }
}

async function readSitemaps(ctx: SiteContext, named: readonly string[]): Promise<SitemapFact[]> {
  const { job } = ctx;
  const own = (url: string) => URL.canParse(url) && new URL(normalUrl(url, job)).origin === job.origin;
  const queue = named.filter(own).map((url) => ({ url: normalUrl(url, job), named: true }));
  const usual = `${job.origin}/sitemap.xml`;
  if (queue.length === 0) queue.push({ url: usual, named: false });
  const seen = new Set<string>();
  const facts: SitemapFact[] = [];
  let room = MOST_LOCATIONS;
  for (let next = queue.shift(); next && facts.length < MOST_SITEMAPS; next = queue.shift()) {
    if (seen.has(next.url)) continue;
    seen.add(next.url);
    const answer = await followed(ctx, next.url);
    if ('failure' in answer) continue;
    const packed = answer.body[0] === 0x1f && answer.body[1] === 0x8b;
    // A packed file that is longer than the cap cannot be opened, and says nothing.
    if (answer.status === 200 && !(packed && answer.cut)) {
      const sitemap = readSitemap(textOf(answer), room, answer.cut);
      room -= sitemap.locations.length;
      const { faults, locations, lines } = sitemap;
      facts.push({ ...next, status: 200, faults, locations, lines: packed ? [] : lines });
      queue.push(...sitemap.sitemaps.filter(own).map((url) => ({ url: normalUrl(url, job), named: true })));
    } else if (answer.status !== 200) facts.push({ ...next, status: answer.status, faults: [], locations: [] });
  }
  return facts;
}

/** A sitemap may be redirected; crawlers follow a few hops, and so does this. */
async function followed(ctx: SiteContext, url: string): Promise<GuardedAnswer | GuardedFailure> {
  let at = url;
  for (let hop = 0; ; hop++) {
    const answer = await ctx.fetch(at);
    if ('failure' in answer || answer.status < 300 || answer.status >= 400 || hop >= 5) return answer;
    const location = answer.headers.find(([name]) => name === 'location')?.[1];
    if (location === undefined || !URL.canParse(location, at)) return answer;
    at = new URL(location, at).href;
  }
}

async function probe(ctx: SiteContext, url: string): Promise<Probe> {
  let answer = await ctx.fetch(url, { method: 'HEAD' });
  // Some servers know no HEAD, and some answer it wrongly: only GET proves that something is missing.
  if (!('failure' in answer) && answer.status >= 400) answer = await ctx.fetch(url);
  if ('failure' in answer) return { url, status: null, location: null };
  return {
    url,
    status: answer.status,
    location: answer.headers.find(([name]) => name === 'location')?.[1].slice(0, 4096) ?? null,
  };
}

async function probeAll(ctx: SiteContext, urls: readonly string[]): Promise<Probe[]> {
  const found: Probe[] = Array.from({ length: urls.length });
  let next = 0;
  const work = async () => {
    for (let index = next++; index < urls.length && !ctx.signal.aborted; index = next++)
      found[index] = await probe(ctx, urls[index] as string);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found.filter((one) => one !== undefined);
}
