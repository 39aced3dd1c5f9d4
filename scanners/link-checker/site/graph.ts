import { DRAWING_LIMITS, type LinkGraph } from '@stageflow/engine/sdk';
import type { TargetFact } from '../raw.ts';
import type { Home, Need, ScannedPage } from './targets.ts';

/** The links between scanned pages and to addresses that are not there, small enough to be drawn. Broken targets that most pages link to come first. */
export function linkGraph(
  pages: readonly ScannedPage[],
  home: Home,
  needs: readonly Need[],
  facts: ReadonlyMap<string, TargetFact>,
): LinkGraph {
  const shown = pages.slice(0, DRAWING_LIMITS.pages);
  const place = new Map(shown.map(({ id }, at) => [id, at]));
  const placeOf = new Map<string, number>();
  for (const [at, { raw }] of shown.entries()) {
    for (const url of [...raw.redirects.map((hop) => hop.url), raw.requestedUrl, raw.url])
      placeOf.set(home.normal(url), at);
  }
  const links = new Map<number, Set<number>>();
  const broken = new Map<string, Set<number>>();
  for (const { url, pageId } of needs) {
    const from = place.get(pageId);
    if (from === undefined) continue;
    const to = placeOf.get(url);
    if (to !== undefined && to !== from) links.set(from, (links.get(from) ?? new Set()).add(to));
    if (facts.get(url)?.verdict === 'broken') broken.set(url, (broken.get(url) ?? new Set()).add(from));
  }
  const pairs = [...links].flatMap(([from, tos]) => [...tos].map((to) => [from, to] as const));
  const targets = [...broken]
    .map(([url, from]) => ({ url, from: [...from], fact: facts.get(url) }))
    .toSorted((a, b) => b.from.length - a.from.length)
    .map(({ url, from, fact }) => ({ url, status: fact?.status ?? null, reason: fact?.reason ?? null, from }));
  return {
    pages: shown.map(({ id }) => id),
    links: pairs.slice(0, DRAWING_LIMITS.links),
    broken: targets.slice(0, DRAWING_LIMITS.broken),
    left: Math.max(0, pairs.length - DRAWING_LIMITS.links) + Math.max(0, targets.length - DRAWING_LIMITS.broken),
  };
}
