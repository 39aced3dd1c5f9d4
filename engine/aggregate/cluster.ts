import { fingerprint } from './fingerprint.ts';
import { bySeverity, type Fault } from './merge.ts';
import { assetShape, elementShape, isDocument } from './node.ts';

/** Faults that one fix ends: the unit of the report. */
export interface Cause {
  readonly fingerprint: string;
  readonly faults: readonly Fault[];
  /** Pages on which it shows; faults of the site as a whole count as none. */
  readonly pages: number;
}

interface Keys {
  /** Names the cause lasts by: any of them may become its fingerprint. */
  readonly lasting: readonly {
    readonly issue: string;
    readonly evidence: string | null;
    readonly shape: string | null;
  }[];
  /** Says that two faults belong together without naming them. */
  readonly linking: readonly string[];
}

/**
 * Groups faults by what one fix would end: the same issue and the same evidence, or where there is none the same shape
 * of element (tag and classes without texts, addresses, ids, numbers) or the same picture file. Several witnesses
 * of one fault each name its shape, so that a page on which one of them was missing still joins.
 */
export function clusterCauses(faults: readonly Fault[]): Cause[] {
  const parent: number[] = faults.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    for (let up = parent[at] ?? at; up !== at; up = parent[at] ?? at) {
      parent[at] = parent[up] ?? up;
      at = up;
    }
    return at;
  };
  const firstWith = new Map<string, number>();
  const keys = faults.map(keysOf);
  for (const [index, { lasting, linking }] of keys.entries()) {
    for (const key of [...lasting.map((k) => JSON.stringify(k)), ...linking]) {
      const known = firstWith.get(key);
      if (known === undefined) firstWith.set(key, index);
      else parent[root(index)] = root(known);
    }
  }
  const members = new Map<number, number[]>();
  for (const index of faults.keys()) {
    const at = root(index);
    const list = members.get(at);
    if (list) list.push(index);
    else members.set(at, [index]);
  }
  return [...members.values()].map((indexes) => {
    const own = indexes.flatMap((index) => faults[index] ?? []);
    return {
      fingerprint: fingerprintOf(indexes.flatMap((index) => keys[index] ?? [])),
      faults: own,
      pages: new Set(own.flatMap((fault) => fault.pageId ?? [])).size,
    };
  });
}

/** The fingerprint of the name that most of the faults bear; the smallest one of those that tie. */
function fingerprintOf(keys: readonly Keys[]): string {
  const votes = new Map<string, number>();
  for (const { lasting } of keys) {
    for (const print of new Set(lasting.map(fingerprint))) votes.set(print, (votes.get(print) ?? 0) + 1);
  }
  return [...votes].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? '';
}

function keysOf(fault: Fault): Keys {
  const { issue } = fault;
  const evidence = fault.sightings.map((s) => s.says.evidence).find((e) => e !== null);
  if (evidence !== undefined) return { lasting: [{ issue, evidence, shape: null }], linking: [] };
  const places = fault.sightings.map((s) => s.place).filter((place) => !isDocument(place));
  if (places.length === 0) return { lasting: [{ issue, evidence: null, shape: null }], linking: [] };
  const shapes = places.map((place) => elementShape(place) ?? '');
  const assets = places.map((place) => assetShape(place.snippet)).filter((asset) => asset !== null);
  return {
    lasting: [...new Set(shapes)].map((shape) => ({ issue, evidence: null, shape })),
    linking: [...new Set(assets)].map((asset) => `asset ${issue} ${asset}`),
  };
}

/** Failing causes first, then worst severity, then most pages, then most places. */
export function byWeight(a: CauseWeight, b: CauseWeight): number {
  return (
    Number(a.outcome !== 'fail') - Number(b.outcome !== 'fail') ||
    bySeverity(a.severity, b.severity) ||
    b.pagesAffected - a.pagesAffected ||
    b.occurrencesTotal - a.occurrencesTotal ||
    (a.fingerprint < b.fingerprint ? -1 : 1)
  );
}

type CauseWeight = Pick<Fault, 'outcome' | 'severity'> & {
  readonly pagesAffected: number;
  readonly occurrencesTotal: number;
  readonly fingerprint: string;
};
