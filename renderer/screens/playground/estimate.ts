import type { Scanner } from '../../api/schema.ts';

/** What one module will cost, in seconds, as a range; the high end is null where nobody can know. */
export interface Cost {
  readonly low: number;
  readonly high: number;
}

/** What is known of the scan before it begins. */
export interface Plan {
  /** Fewest and most pages that will be looked at. */
  readonly pages: readonly [low: number, high: number];
  readonly sample: 'template' | 'all';
  readonly lighthouseRuns: number;
}

/** Templates are rarely more than this; modules that own the machine look at one page of each. */
const LIKELY_TEMPLATES = 12;

/** Rough cost of a module. Modules of the page lane share a page's load, so that theirs is what they add. */
export function costOf({ lane, costSeconds }: Pick<Scanner, 'lane' | 'costSeconds'>, plan: Plan): Cost {
  const [low, high] = plan.pages;
  if (lane === 'page') return { low: low * costSeconds, high: high * costSeconds };
  const most = plan.sample === 'all' ? high : Math.min(high, LIKELY_TEMPLATES);
  const least = plan.sample === 'all' ? low : Math.min(low, 1);
  const each = lane === 'machine' ? costSeconds * plan.lighthouseRuns : costSeconds;
  return { low: least * each, high: most * each };
}

/** Loading pages itself, beside what modules add. */
const LOAD_SECONDS = 1.2;

/** Rough time that loading takes. */
export const loadCost = ({ pages: [low, high] }: Plan): Cost => ({
  low: low * LOAD_SECONDS,
  high: high * LOAD_SECONDS,
});

/** Rough duration of the whole scan. */
export function totalOf(scanners: readonly Pick<Scanner, 'lane' | 'costSeconds'>[], plan: Plan): Cost {
  const costs = scanners.map((scanner) => costOf(scanner, plan));
  const sum = (of: (cost: Cost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  const load = loadCost(plan);
  return { low: load.low + sum((c) => c.low), high: load.high + sum((c) => c.high) };
}

/** Seconds for people, rough on purpose. */
export function roughly(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A range as a few words: where the ends lie far apart only the far one says something. */
export function costWords({ low, high }: Cost): string {
  const [from, to] = [roughly(low), roughly(high)];
  if (high < 1) return to;
  if (from === to) return `about ${to}`;
  return low < high / 4 ? `up to ${to}` : `${from} to ${to}`;
}
