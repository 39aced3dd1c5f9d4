import type { MetaFact, PageRaw } from './raw.ts';

/** One robots rule: for whom, and the words in lower case. */
export interface RobotsRule {
  readonly agent: string;
  readonly words: readonly string[];
  /** The meta element; null for a header. */
  readonly meta: MetaFact | null;
}

/** The robots rules of a page. */
export interface Robots {
  readonly rules: readonly RobotsRule[];
  /** True when search engines at large, or Google's, are asked to leave the page out. */
  readonly noindex: boolean;
}

const AGENTS = new Set([
  'robots',
  'googlebot',
  'bingbot',
  'googlebot-news',
  'slurp',
  'duckduckbot',
  'yandex',
  'baiduspider',
  'applebot',
]);
const INDEXERS = new Set(['robots', 'googlebot']);

/** True for a rule that asks to be left out. */
export const forbids = (rule: RobotsRule) => rule.words.includes('noindex') || rule.words.includes('none');

/** Reads robots meta elements and X-Robots-Tag headers. */
export function robotsOf(raw: Pick<PageRaw, 'metas' | 'robotsHeaders'>): Robots {
  const rules: RobotsRule[] = raw.metas
    .filter((meta) => AGENTS.has(meta.key))
    .map((meta) => ({ agent: meta.key, words: wordsOf(meta.content), meta }));
  for (const header of raw.robotsHeaders) {
    const named = /^\s*([a-z][a-z-]*)\s*:\s*(.*)$/is.exec(header);
    // `unavailable_after: …` and the like also have a colon; only a known robot's name is a name.
    const agent = named && AGENTS.has((named[1] ?? '').toLowerCase()) ? (named[1] ?? '').toLowerCase() : null;
    const foreign = agent === null && /^\s*[a-z0-9-]*(?:bot|spider|crawler)\s*:/i.test(header);
    if (!foreign)
      rules.push({
        agent: agent ?? 'robots',
        words: wordsOf(agent === null ? header : (named?.[2] ?? '')),
        meta: null,
      });
  }
  return { rules, noindex: rules.some((rule) => INDEXERS.has(rule.agent) && forbids(rule)) };
}

function wordsOf(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
}
