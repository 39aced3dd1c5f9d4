import type { CellFindings, NoPicture, Occurrence, StoredArtifact } from '@stageflow/engine/sdk';
import type { CellDraft } from './cells.ts';
import { boxName, cropsWanted, type Wanted, whyNoCrop } from './crops.ts';
import { type Located, locate } from './in-page/index.ts';
import type { Picture } from './picture.ts';
import { findLocated } from './source-lines.ts';
import { readSource, type SourcePlace, type SourceTree } from './source-tree.ts';
import type { Tab } from './tab.ts';

/** Most elements looked up per page. */
const MOST_SELECTORS = 3000;

/** Every selector that occurrences of a page name, once each. */
export function selectorsOf(drafts: readonly CellDraft[]): string[] {
  const selectors = new Set<string>();
  for (const draft of drafts) {
    for (const finding of draft.findings?.findings ?? []) {
      for (const o of finding.occurrences)
        if (o.selector !== undefined && selectors.size < MOST_SELECTORS) selectors.add(o.selector);
    }
  }
  return [...selectors];
}

/** Elements of a page by selector: null for one that is gone, missing for one that was not looked up. */
export type LocatedElements = ReadonlyMap<string, Located | null>;

/** Looks the elements of all findings up while the page is still there. */
export async function locateAll(tab: Tab, drafts: readonly CellDraft[]): Promise<LocatedElements> {
  const selectors = selectorsOf(drafts);
  if (selectors.length === 0) return new Map();
  const found = await tab.inside(locate, selectors, 10_000).catch(() => [] as (Located | null)[]);
  return new Map(found.map((one, i) => [selectors[i] as string, one] as const));
}

/** The boxes of a page that are worth a crop. */
export function pageCrops(drafts: readonly CellDraft[], located: LocatedElements): Wanted {
  const findings = drafts.flatMap((draft) => draft.findings?.findings ?? []);
  return cropsWanted(findings, ({ selector }) =>
    selector === undefined ? null : (located.get(selector)?.box ?? null),
  );
}

/** What is known of a page's elements once it is left. */
export interface ElementFacts {
  readonly located: LocatedElements;
  readonly wanted: Wanted;
  /** By the name of the box. */
  readonly crops: ReadonlyMap<string, StoredArtifact>;
  readonly picture: Omit<Picture, 'jpeg'> | null;
  /** ZIP jobs: the file that the page was served from, and its text. */
  readonly source: { readonly file: string; readonly html: string } | null;
}

/** A cell's findings with page, box, crop or the reason why there is none, file and line filled in. */
export function enrich(findings: CellFindings, pageId: string, facts: ElementFacts): CellFindings {
  let tree: SourceTree | null = null;
  const placeOf = (wanted: Located): SourcePlace | null => {
    if (!facts.source) return null;
    tree ??= readSource(facts.source.html);
    return findLocated(tree, wanted);
  };
  const pictureOf = (selector: string): { screenshot: string } | { noPicture: NoPicture } => {
    const located = facts.located.get(selector);
    if (!located) return { noPicture: located === null ? 'gone' : 'failed' };
    const name = located.box && boxName(located.box);
    const crop = name === null ? undefined : facts.crops.get(name);
    if (crop) return { screenshot: crop.key };
    return { noPicture: whyNoCrop(located.box, facts.picture, name !== null && facts.wanted.has(name)) };
  };
  const fill = (o: Occurrence): Occurrence => {
    const located = o.selector === undefined ? undefined : facts.located.get(o.selector);
    const file = o.file ?? facts.source?.file;
    const place =
      located && o.line === undefined && (o.file === undefined || o.file === facts.source?.file)
        ? placeOf(located)
        : null;
    return {
      ...o,
      pageId,
      ...(o.box === undefined && located?.box ? { box: located.box } : {}),
      ...(o.screenshot === undefined && o.selector !== undefined ? pictureOf(o.selector) : {}),
      ...(file === undefined ? {} : { file }),
      ...place,
    };
  };
  return {
    ...findings,
    findings: findings.findings.map((finding) => ({
      ...finding,
      occurrences: finding.occurrences.length === 0 ? [fill({})] : finding.occurrences.map(fill),
    })),
  };
}
