import { setTimeout as delay } from 'node:timers/promises';
import { LINK_GRAPH, type SiteContext } from '@stageflow/engine/sdk';
import type { PageRaw, SiteRaw, TargetFact, Use } from '../raw.ts';
import { missingAnchors } from './anchors.ts';
import { type AskerClock, createAsker, LIMITS } from './asker.ts';
import { createAnswers, follow, type Knowledge } from './follow.ts';
import { linkGraph } from './graph.ts';
import { homeOf, knownAnswers, needsOf, type ScannedPage } from './targets.ts';

/** An address that no site has; always the same, so that two scans of one site see the same. */
const NOWHERE = '/stageflow-probe-9f3c61d07be24a58';
/** A page with less text than this, in characters, may be the empty shell of an app that draws the real page by script. */
const LEAST_TEXT = 40;
const MOST_USES = 200;
const MOST_ANCHORS = 2000;
const MOST_DENIED = 500;

const systemClock: AskerClock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => {}),
};

function optionsOf(options: SiteContext['options']) {
  const number = (value: unknown, fallback: number) => (typeof value === 'number' && value > 0 ? value : fallback);
  return {
    external: options['external'] !== false,
    budget: number(options['budgetSeconds'], LIMITS.budget / 1000) * 1000,
    maxTargets: number(options['maxTargets'], 5000),
  };
}

/** Asks every target once and keeps those that have something to say. */
export async function collectSite(ctx: SiteContext, clock: AskerClock = systemClock): Promise<SiteRaw> {
  const options = optionsOf(ctx.options);
  const home = homeOf(ctx.job.origin, ctx.job.productionOrigin);
  const pages: ScannedPage[] = [];
  for (const page of ctx.pages) pages.push({ id: page.id, raw: (await page.raw()) as PageRaw });

  const known = knownAnswers(pages, home);
  const knowledge: Knowledge = {
    internal: home.internal,
    closed: (url) => !home.internal(url) && (ctx.job.source === 'zip' || !options.external),
    known: (url) => known.get(url),
  };
  const ask = createAsker(ctx.fetch, ctx.job.origin, clock, ctx.signal, { ...LIMITS, budget: options.budget });
  const answers = createAnswers(ask, knowledge);
  const probe = pages.length > 0 ? await answers(home.origin + NOWHERE) : null;
  const mask =
    probe?.status === 200 && probe.bodyHash !== null && probe.textLength >= LEAST_TEXT
      ? await maskOf(home.origin, probe.bodyHash, ask, knowledge)
      : null;

  const needs = needsOf(pages, home);
  const unique = [...new Set(needs.map((need) => need.url))];
  const asked = unique.slice(0, options.maxTargets);
  const facts = new Map<string, TargetFact>();
  await Promise.all(asked.map(async (url) => facts.set(url, await follow(url, answers, knowledge, mask))));

  const targets = asked
    .flatMap((url) => facts.get(url) ?? [])
    .filter((fact) => fact.verdict === 'broken' || fact.hops.length > 0 || fact.soft !== null);
  const index = new Map(targets.map((fact, at) => [fact.url, at]));
  const perTarget = new Map<number, number>();
  const uses: Use[] = [];
  for (const { url, kind, pageId, selector, snippet, box } of needs) {
    const target = index.get(url);
    if (target === undefined) continue;
    const count = perTarget.get(target) ?? 0;
    perTarget.set(target, count + 1);
    if (count < MOST_USES) uses.push({ target, kind, pageId, selector, snippet, box });
  }
  await ctx.putEvidence(LINK_GRAPH, Buffer.from(JSON.stringify(linkGraph(pages, home, needs, facts))));
  const anchors = missingAnchors(pages, home, MOST_ANCHORS);
  const count = (verdict: TargetFact['verdict']) =>
    [...facts.values()].filter((fact) => fact.verdict === verdict).length;
  return {
    origin: home.origin,
    targets,
    uses,
    missingAnchors: anchors.missing,
    denied: ctx.denied.slice(0, MOST_DENIED).map(({ id, url, to, reason }) => ({ pageId: id, url, to, reason })),
    probe: probe?.status == null ? null : { url: home.origin + NOWHERE, status: probe.status },
    counts: {
      targets: unique.length,
      ok: count('ok'),
      broken: count('broken'),
      unverified: count('unverified') + unique.length - asked.length,
      externalUnasked: asked.filter(knowledge.closed).length,
      anchors: anchors.checked,
    },
  };
}

/** The body that unknown addresses get, unless the entry page has it too: an app's shell says nothing about what it will show. */
async function maskOf(
  origin: string,
  hash: string,
  ask: ReturnType<typeof createAsker>,
  knowledge: Knowledge,
): Promise<string | null> {
  const entry = await createAnswers(ask, { ...knowledge, known: () => undefined })(`${origin}/`);
  return entry.status === 200 && entry.bodyHash !== null && entry.bodyHash !== hash ? hash : null;
}
