import type { Band, ModuleScore } from '../report/schema.ts';
import type { Manifest, Score } from '../scanner/index.ts';
import { plural } from './coverage.ts';

/** A number of one module on one page. */
export interface PageScore {
  readonly pageId: string;
  readonly score: Score;
}

/** Word for a number as it is shown: good from 90, needs work from 50, poor below. Without a number there is no word. */
export function band(value: number | null): Band | null {
  if (value === null) return null;
  const shown = Math.round(value);
  return shown >= 90 ? 'good' : shown >= 50 ? 'needs work' : 'poor';
}

/** Middle of the values, the mean of the two middle ones of an even count; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  return high === undefined || low === undefined ? null : (low + high) / 2;
}

/**
 * A module's numbers over its pages: one for each score id of its manifest or its results. A score that no page gave is
 * null with the reason; it is never 0 and never a pass.
 */
export function moduleScores(
  manifest: Manifest | undefined,
  given: readonly PageScore[],
  reason: string,
  /** Pages that were loaded without some of what they need. */
  lacking: ReadonlySet<string> = new Set(),
): ModuleScore[] {
  const ids = [...new Set([...Object.keys(manifest?.scores ?? {}), ...given.map((g) => g.score.id)])];
  return ids.map((id) => {
    const pages = given
      .filter((g) => g.score.id === id)
      .map(({ pageId, score }) => ({
        pageId,
        value: score.value,
        spread: score.spread ?? null,
        runs: score.runs ?? null,
      }));
    const values = pages.map((p) => p.value).filter((v) => v !== null);
    const middle = median(values);
    const value = middle === null ? null : Math.round(middle);
    // A module that owns the machine measures how a page loads; what was not loaded was not measured.
    const affected =
      manifest?.lane === 'machine' ? pages.filter((p) => p.value !== null && lacking.has(p.pageId)).length : 0;
    return {
      id,
      title: manifest?.scores[id]?.title ?? id,
      value,
      band: band(value),
      spread: values.length === 0 ? null : [Math.min(...values), Math.max(...values)],
      reason: value === null ? (pages.length > 0 ? 'It could not be measured on any page.' : reason) : null,
      review:
        affected === 0
          ? null
          : `Styles, scripts or fonts of ${plural(affected, 'page')} were refused, so this number is not the site's own.`,
      pages,
    };
  });
}

/**
 * A module in one number: the mean of its scores by the weights of its manifest. One missing score makes the number
 * missing, since a mean over what happens to be there would compare different things.
 */
export function moduleValue(
  manifest: Manifest | undefined,
  scores: readonly ModuleScore[],
): { readonly value: number | null; readonly reason: string | null } {
  if (scores.length === 0) return { value: null, reason: 'This module gives findings, not a number.' };
  const weighted = scores.map((s) => ({
    s,
    weight: manifest?.scores[s.id]?.weight ?? (manifest === undefined ? 1 : 0),
  }));
  const counted = weighted.filter((w) => w.weight > 0);
  const missing = counted.find((w) => w.s.value === null);
  if (missing) return { value: null, reason: `${missing.s.title}: ${missing.s.reason ?? 'not measured.'}` };
  const total = counted.reduce((sum, w) => sum + w.weight, 0);
  if (total === 0) return { value: null, reason: 'This module gives findings, not a number.' };
  return { value: Math.round(counted.reduce((sum, w) => sum + (w.s.value ?? 0) * w.weight, 0) / total), reason: null };
}
