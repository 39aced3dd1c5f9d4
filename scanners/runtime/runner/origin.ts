import type { ContainerMessage } from '@stageflow/engine/sdk';
import type { CappedFetch } from './guarded-fetch.ts';
import { parseSitemap, SITEMAP_LIMITS, sitemapsOfRobots, sitemapText } from './sitemap.ts';

type OriginMessage = Extract<ContainerMessage, { type: 'runner.origin' }>;

const ROBOTS_BYTES = 500 * 1024;
const SITEMAP_BYTES = 10 * 2 ** 20;
const MOST_SITEMAPS = 50;
const MOST_REDIRECTS = 5;
/** Room for addresses in one message, in bytes; the engine reads at most 2 MiB of it. */
const MESSAGE_BYTES = 1.4 * 2 ** 20;

/** Fetches an address and follows a few redirects by hand; null when nothing answered. */
async function get(fetch: CappedFetch, url: string, cap: number): Promise<{ status: number; body: Uint8Array } | null> {
  let at = url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const answer = await fetch(at, {}, cap);
    if (!('status' in answer)) return null;
    const location = answer.headers.find(([name]) => name === 'location')?.[1];
    if (answer.status < 300 || answer.status > 399 || location === undefined || !URL.canParse(location, at))
      return { status: answer.status, body: answer.body };
    at = new URL(location, at).href;
  }
  return null;
}

/** Reads robots.txt and the sitemaps of one origin: those that robots.txt names, else `/sitemap.xml`, and what an index leads to. */
export async function readOrigin(origin: string, fetch: CappedFetch): Promise<OriginMessage> {
  const answer = await get(fetch, `${origin}/robots.txt`, ROBOTS_BYTES);
  const robots = answer
    ? {
        status: answer.status,
        text: answer.status === 200 ? new TextDecoder().decode(answer.body).slice(0, 512_000) : '',
      }
    : null;
  const named = robots?.status === 200 ? sitemapsOfRobots(robots.text) : [];
  const queue = (named.length > 0 ? named : ['/sitemap.xml']).flatMap((url) =>
    URL.canParse(url, origin) ? [new URL(url, origin).href] : [],
  );
  const seen = new Set(queue);
  const sitemaps: OriginMessage['sitemaps'] = [];
  let total = 0;
  let room = MESSAGE_BYTES - Buffer.byteLength(robots?.text ?? '');
  for (
    let url = queue.shift();
    url !== undefined && sitemaps.length < MOST_SITEMAPS && total < SITEMAP_LIMITS.locations;
    url = queue.shift()
  ) {
    const document = await get(fetch, url, SITEMAP_BYTES);
    if (!document) continue;
    const text = document.status === 200 ? sitemapText(document.body) : null;
    const { locations, children } = text === null ? { locations: [], children: [] } : parseSitemap(text);
    const kept = locations.slice(0, SITEMAP_LIMITS.locations - total).filter((location) => {
      room -= Buffer.byteLength(location) + 4;
      return room >= 0;
    });
    total += kept.length;
    sitemaps.push({ url: url.slice(0, 4096), status: document.status, locations: kept });
    for (const child of children) {
      const href = URL.canParse(child, url) ? new URL(child, url).href : null;
      if (href === null || seen.has(href)) continue;
      seen.add(href);
      queue.push(href);
    }
  }
  return { type: 'runner.origin', origin, robots, sitemaps };
}

/** Origins read at a time: hosts that do not answer keep the others waiting no longer than they must. */
const ORIGINS_AT_A_TIME = 32;

/** Reads every origin and tells of each as soon as it is read; the engine hands out no page before it knows them all. */
export async function readOrigins(
  origins: Iterable<string>,
  fetch: CappedFetch,
  tell: (message: OriginMessage) => Promise<unknown>,
): Promise<void> {
  const queue = [...origins];
  const reader = async () => {
    for (let origin = queue.shift(); origin !== undefined; origin = queue.shift())
      await tell(await readOrigin(origin, fetch));
  };
  await Promise.all(Array.from({ length: ORIGINS_AT_A_TIME }, reader));
}
