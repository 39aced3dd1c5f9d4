import type { Box, CellFindings, Occurrence, StoredArtifact } from '@stageflow/engine/sdk';
import { sha256Hex } from '@stageflow/engine/kernel';
import type { EngineChannel } from '../channel/index.ts';
import type { CellDraft } from './cells.ts';
import { type Located, locate } from './in-page/index.ts';
import type { Darkroom, Picture } from './picture.ts';
import { type SourcePlace, sourceFinder } from './source-lines.ts';
import type { Tab } from './tab.ts';

/** Most elements looked up, and most crops taken, per page. */
const MOST_SELECTORS = 3000;
const MOST_CROPS = 30;

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

/** Looks the elements of all findings up while the page is still there. An element that is gone is missing in the map. */
export async function locateAll(tab: Tab, drafts: readonly CellDraft[]): Promise<ReadonlyMap<string, Located>> {
  const selectors = selectorsOf(drafts);
  if (selectors.length === 0) return new Map();
  const found = await tab.inside(locate, selectors, 10_000).catch(() => [] as (Located | null)[]);
  return new Map(selectors.flatMap((selector, i) => (found[i] ? [[selector, found[i]] as const] : [])));
}

/** The boxes worth a crop: the first drawn occurrence of each finding, failures before reviews, each element once. */
export function cropsWanted(
  drafts: readonly CellDraft[],
  located: ReadonlyMap<string, Located>,
): ReadonlyMap<string, Box> {
  const wanted = new Map<string, Box>();
  for (const outcome of ['fail', 'needs-review'] as const) {
    for (const finding of drafts.flatMap((d) => d.findings?.findings ?? [])) {
      if (finding.outcome !== outcome || wanted.size >= MOST_CROPS) continue;
      const first = finding.occurrences.find((o) => o.selector !== undefined && located.get(o.selector)?.box);
      const box = first?.selector === undefined ? null : located.get(first.selector)?.box;
      if (first?.selector !== undefined && box) wanted.set(first.selector, box);
    }
  }
  return wanted;
}

/** What is known of a page's elements once it is left. */
export interface ElementFacts {
  readonly located: ReadonlyMap<string, Located>;
  /** Selector -> stored crop. */
  readonly crops: ReadonlyMap<string, StoredArtifact>;
  /** ZIP jobs: the file that the page was served from, and its text. */
  readonly source: { readonly file: string; readonly html: string } | null;
}

/** Cuts and stores the crops of a page. */
export async function storeCrops(
  wanted: ReadonlyMap<string, Box>,
  picture: Picture | null,
  pageId: string,
  tools: { readonly darkroom: Darkroom; readonly channel: Pick<EngineChannel, 'putArtifact'> },
): Promise<ReadonlyMap<string, StoredArtifact>> {
  if (!picture || wanted.size === 0) return new Map();
  const crops = await tools.darkroom.crop(picture, [...wanted.values()]);
  const stored = await Promise.all(
    [...wanted.keys()].map(async (selector, i) => {
      const jpeg = crops[i];
      if (!jpeg) return null;
      const name = `${sha256Hex(selector).slice(0, 16)}.jpg`;
      return [selector, await tools.channel.putArtifact(`page/evidence/${pageId}/crops/${name}`, jpeg)] as const;
    }),
  );
  return new Map(stored.filter((one) => one !== null));
}

/** A cell's findings with page, box, crop, file and line filled in. */
export function enrich(findings: CellFindings, pageId: string, facts: ElementFacts): CellFindings {
  let find: ((wanted: Located) => SourcePlace | null) | null = null;
  const placeOf = (wanted: Located) => {
    if (!facts.source) return null;
    find ??= sourceFinder(facts.source.html);
    return find(wanted);
  };
  const fill = (o: Occurrence): Occurrence => {
    const located = o.selector === undefined ? undefined : facts.located.get(o.selector);
    const crop = o.selector === undefined ? undefined : facts.crops.get(o.selector);
    const file = o.file ?? facts.source?.file;
    const place =
      located && o.line === undefined && (o.file === undefined || o.file === facts.source?.file)
        ? placeOf(located)
        : null;
    return {
      ...o,
      pageId,
      ...(o.box === undefined && located?.box ? { box: located.box } : {}),
      ...(o.screenshot === undefined && crop ? { screenshot: crop.key } : {}),
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
