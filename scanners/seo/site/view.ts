import { clip, type Occurrence } from '@stageflow/engine/sdk';
import type { PageSummary, Probe, SiteRaw } from '../raw.ts';
import { normalUrl } from '../rules/check.ts';
import { type RobotsTxt, readRobots } from './robots-txt.ts';

/** One cause that a rule of the site found. */
export interface SiteHit {
  readonly evidence: string;
  readonly occurrences: readonly Occurrence[];
}

/** Where a sitemap lists an address. */
export interface Listing {
  readonly sitemap: string;
  /** From 1; undefined where it is not known. */
  readonly line: number | undefined;
}

/** What the rules of the site share. */
export interface SiteView {
  readonly raw: SiteRaw;
  readonly robots: RobotsTxt | null;
  /** Pages that answered well and may be indexed under their own address. */
  readonly indexable: readonly PageSummary[];
  /** Every address that sitemaps list, as this scan sees it, own site only, with the sitemap that lists it first. */
  readonly listed: ReadonlyMap<string, Listing>;
  normal(url: string): string;
  own(url: string): boolean;
  /** The scanned page at an address, whether asked for or arrived at. */
  page(url: string): PageSummary | undefined;
  /** What an address answers: the page's status, a redirect, or the probe's. */
  answer(url: string): Probe | undefined;
}

/** True for a text that is an HTML page, as hosts without a real file send. */
export const isHtml = (text: string) => /^\s*(?:<!doctype html|<html|<head|<body)/i.test(text);

/** Derives what the rules share. */
export function viewOf(raw: SiteRaw): SiteView {
  const normal = (url: string) => normalUrl(url, raw);
  const own = (url: string) => URL.canParse(url) && new URL(normal(url)).origin === raw.origin;
  const pages = new Map<string, PageSummary>();
  for (const page of raw.pages) pages.set(normal(page.requestedUrl), page);
  for (const page of raw.pages) pages.set(normal(page.url), page);
  const probes = new Map(raw.probes.map((probe) => [normal(probe.url), probe]));
  const listed = new Map<string, Listing>();
  for (const sitemap of raw.sitemaps) {
    for (const [at, location] of sitemap.locations.entries())
      if (own(location) && !listed.has(normal(location)))
        listed.set(normal(location), { sitemap: sitemap.url, line: sitemap.lines?.[at] });
  }
  const answer = (url: string): Probe | undefined => {
    const page = pages.get(normal(url));
    if (!page) return probes.get(normal(url));
    const arrived = normal(page.url) === normal(url);
    return arrived ? { url, status: page.status, location: null } : { url, status: 301, location: page.url };
  };
  return {
    raw,
    robots: raw.robots?.status === 200 && !isHtml(raw.robots.text) ? readRobots(raw.robots.text) : null,
    indexable: raw.pages.filter(
      (page) =>
        page.status < 400 &&
        !page.noindex &&
        (page.canonical === null ||
          !own(page.canonical.url) ||
          keyOf(normal(page.canonical.url)) === keyOf(normal(page.url))),
    ),
    listed,
    normal,
    own,
    page: (url) => pages.get(normal(url)),
    answer,
  };
}

/** Addresses that hosts commonly give one and the same document: with and without index file, ending or last slash. */
export function keyOf(url: string): string {
  const parsed = new URL(url);
  const path = parsed.pathname
    .replace(/\/index\.html?$/i, '/')
    .replace(/\.html?$/i, '')
    .replace(/(?<=.)\/$/, '');
  return `${parsed.origin}${path}${parsed.search}`;
}

/** An own address as evidence: without its origin, so that a cause keeps its name wherever the build is served. */
export function ownPath(url: string): string {
  return clip(url.replace(/^https?:\/\/[^/]+(?=\/)/, ''), 1024);
}
