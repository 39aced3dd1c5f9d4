import type { SiteRaw, TargetFact } from '../raw.ts';
import { evidenceOf, type Hit, place } from './check.ts';
import { resourceRule } from './resources.ts';

const path = (fact: TargetFact) =>
  [...fact.hops.map((hop) => `${hop.status} ${hop.url}`), fact.hops.at(-1)?.location ?? fact.url].join(' → ');

/** The rule that speaks of a link to this target, with what it says; null when the target is fine. */
function linkFault(fact: TargetFact): { readonly rule: string; readonly message: string } | null {
  const first = fact.hops[0];
  if (fact.denied !== null) return { rule: 'redirect-inward', message: `${path(fact)}: ${fact.denied}` };
  if (fact.loop) return { rule: 'redirect-loop', message: `${fact.reason}: ${path(fact)}` };
  if (fact.verdict === 'broken') {
    const by = fact.hops.length > 0 ? ` after ${fact.hops.length} redirect${fact.hops.length > 1 ? 's' : ''}` : '';
    return {
      rule: fact.internal ? 'broken-link-internal' : 'broken-link-external',
      message: `${fact.reason ?? 'no answer'}${by}`,
    };
  }
  if (fact.soft !== null) return { rule: 'soft-404', message: fact.soft };
  if (fact.verdict !== 'ok') return null;
  if (fact.hops.length >= 3) return { rule: 'redirect-chain', message: `${fact.hops.length} redirects: ${path(fact)}` };
  if (fact.internal && first && (first.status === 301 || first.status === 308)) {
    return { rule: 'permanent-redirect', message: `${first.status} to ${fact.hops.at(-1)?.location ?? ''}` };
  }
  return null;
}

/** Rules on what links and late resources lead to: rule id -> hits. */
export function targetRules(raw: SiteRaw): Map<string, Hit[]> {
  const found = new Map<string, Hit[]>();
  const add = (rule: string, hit: Hit) => found.set(rule, [...(found.get(rule) ?? []), hit]);
  const used = new Map<number, SiteRaw['uses'][number][]>();
  for (const use of raw.uses) used.set(use.target, [...(used.get(use.target) ?? []), use]);
  raw.targets.forEach((fact, index) => {
    const uses = used.get(index) ?? [];
    const links = uses.filter((use) => use.kind === 'link');
    const fault = linkFault(fact);
    if (fault && links.length > 0) {
      const occurrences = links.map(({ pageId, selector, snippet, box }) =>
        place({ pageId, selector, snippet, box, url: fact.url, message: fault.message }),
      );
      add(fault.rule, { evidence: evidenceOf(fact.url, [raw.origin]), occurrences });
    }
    if (fact.verdict !== 'broken') return;
    for (const kind of ['image', 'script', 'stylesheet', 'other'] as const) {
      const places = uses.filter((use) => use.kind === kind);
      if (places.length === 0) continue;
      const occurrences = places.map(({ pageId, selector, snippet, box }) =>
        place({ pageId, selector, snippet, box, url: fact.url, message: fact.reason ?? 'no answer' }),
      );
      add(resourceRule(kind), { evidence: evidenceOf(fact.url, [raw.origin]), occurrences });
    }
  });
  for (const { pageId, to, reason } of raw.denied ?? []) {
    add('redirect-inward', {
      evidence: to,
      occurrences: [place({ pageId, url: to, message: `the page shows nothing itself and leads to ${to}. ${reason}` })],
    });
  }
  for (const { pageId, selector, snippet, box, url, fragment } of raw.missingAnchors) {
    add('broken-anchor', {
      evidence: evidenceOf(url, [raw.origin]),
      occurrences: [place({ pageId, selector, snippet, box, url, message: `no element has the id “${fragment}”` })],
    });
  }
  if (raw.probe?.status === 200) {
    const message = 'an address that cannot exist answers 200';
    add('missing-page-answers-ok', { evidence: '/', occurrences: [place({ url: raw.probe.url, message })] });
  }
  return found;
}
