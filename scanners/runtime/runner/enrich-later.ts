import { clip, type Box, type CellFindings, type Occurrence } from '@stageflow/engine/sdk';
import type { EngineChannel } from '../channel/index.ts';
import type { SiteFiles } from '../proxy/index.ts';
import { boxName, cropsWanted, storeCrops, whyNoCrop } from './crops.ts';
import type { CappedFetch } from './guarded-fetch.ts';
import { type Darkroom, type Picture, pictureOf } from './picture.ts';
import { readServed, type ServedSource } from './served-source.ts';
import { findLoader, findMarkup } from './source-markup.ts';

/** What is at hand once a page is left: its stored picture, and for ZIP jobs the build that it was served from. */
export interface LeftPages {
  readonly jobId: string;
  readonly source: 'zip' | 'urls';
  readonly fetch: CappedFetch;
  readonly files: SiteFiles;
  readonly channel: Pick<EngineChannel, 'getArtifact' | 'putArtifact'>;
  readonly darkroom: Darkroom;
}

/** Most pages whose source is read again, and most crops, for one cell; and most crops of one of its findings, over all pages. */
const MOST_PAGES = 1000;
const MOST_CROPS = 200;
const MOST_OF_CAUSE = 10;

/** Findings of a cell about pages that are no longer open, with what can still be told of their places. */
export interface LaterCell {
  readonly scanner: string;
  /** The cell's page, or `_site`. */
  readonly pageId: string;
  readonly findings: CellFindings;
  /** Page id -> address. */
  readonly urls: ReadonlyMap<string, string>;
}

/** The page of an occurrence: the cell's, or in a site cell the one that the scanner names. */
const pageOf = (o: Occurrence, cell: LaterCell) => (cell.pageId === '_site' ? o.pageId : cell.pageId);

/** File and line of a place in a page of a build. */
function inPage(o: Occurrence, source: ServedSource, site: boolean): Partial<Occurrence> {
  const { file, tree, url } = source;
  if (o.snippet !== undefined) return { file, ...findMarkup(tree, o, url) };
  // What a page is measured for by its address is named where the page asks for it.
  const loader = site || o.url === undefined ? null : findLoader(tree, o.url, url);
  return { file, ...loader };
}

/** A place in a text of its own: for a build its file, else the line counts nowhere. */
function inText({ textUrl = '', line, column, ...rest }: Occurrence, files: SiteFiles, zip: boolean): Occurrence {
  const file = zip ? files.of(textUrl) : null;
  if (file !== null)
    return { ...rest, file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
  if (line === undefined) return rest;
  const where = `${textUrl}:${line}`;
  return { ...rest, message: clip(rest.message === undefined ? where : `${rest.message} (${where})`, 2048) };
}

/** Fills in page, file, line and crop of findings whose pages were left. Returns the stored crops besides. */
export async function enrichLater(
  cell: LaterCell,
  left: LeftPages,
): Promise<{ readonly findings: CellFindings; readonly crops: Awaited<ReturnType<EngineChannel['putArtifact']>>[] }> {
  const places = cell.findings.findings.flatMap((finding) => finding.occurrences);
  const facts = new Map<Occurrence, Partial<Occurrence>>();
  const stored: Awaited<ReturnType<EngineChannel['putArtifact']>>[] = [];
  const byPage = Map.groupBy(places, (o) => (o.textUrl === undefined ? (pageOf(o, cell) ?? '') : ''));
  byPage.delete('');
  const chosen = new Set(
    cell.findings.findings.flatMap((finding) => finding.occurrences.filter((o) => o.box).slice(0, MOST_OF_CAUSE)),
  );
  let pages = 0;
  for (const [pageId, on] of byPage) {
    const url = cell.urls.get(pageId);
    if (left.source !== 'zip' || url === undefined || ++pages > MOST_PAGES) continue;
    const source = await readServed(url, left.fetch, left.files);
    if (source) for (const o of on) facts.set(o, inPage(o, source, cell.pageId === '_site'));
  }
  for (const [pageId, on] of byPage) {
    // Scanners of the machine lane take their own pictures: their boxes are those of another load and window.
    const drawn = cell.pageId === '_site' ? on.filter((o) => o.selector !== undefined) : [];
    if (drawn.length === 0) continue;
    const wanted = cropsWanted(
      cell.findings.findings.map((finding) => ({
        ...finding,
        occurrences: finding.occurrences.filter((o) => pageOf(o, cell) === pageId && chosen.has(o)),
      })),
      (o) => o.box ?? null,
      MOST_CROPS - stored.length,
    );
    const picture = wanted.size === 0 ? null : await storedPicture(pageId, left);
    const crops = await storeCrops(wanted, picture, `${cell.scanner}/evidence/${pageId}`, left).catch(() => new Map());
    stored.push(...crops.values());
    for (const o of drawn) facts.set(o, { ...facts.get(o), ...cropFact(o.box, crops, picture, wanted) });
  }
  const fill = (o: Occurrence): Occurrence => {
    const pageId = pageOf(o, cell);
    const filled = o.textUrl === undefined ? { ...o, ...facts.get(o) } : inText(o, left.files, left.source === 'zip');
    return pageId === undefined ? filled : { ...filled, pageId };
  };
  const findings = cell.findings.findings.map((finding) => ({
    ...finding,
    occurrences: finding.occurrences.length === 0 ? [fill({})] : finding.occurrences.map(fill),
  }));
  return { findings: { ...cell.findings, findings }, crops: stored };
}

function cropFact(
  box: Box | undefined,
  crops: Awaited<ReturnType<typeof storeCrops>>,
  picture: Picture | null,
  wanted: ReadonlyMap<string, Box>,
): Partial<Occurrence> {
  const crop = box && crops.get(boxName(box));
  if (crop) return { screenshot: crop.key };
  const chosen = box !== undefined && wanted.has(boxName(box));
  // Where no crop was to be cut from it, the picture was not looked for.
  if (box !== undefined && !chosen) return { noPicture: 'limit' };
  return { noPicture: whyNoCrop(box ?? null, picture, chosen) };
}

async function storedPicture(pageId: string, left: LeftPages): Promise<Picture | null> {
  const key = `${left.jobId}/page/evidence/${pageId}/screenshot.jpg`;
  const jpeg = await left.channel.getArtifact(key).catch(() => null);
  return jpeg && pictureOf(jpeg);
}
