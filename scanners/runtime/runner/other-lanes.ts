import { sha256Hex, StageflowError } from '@stageflow/engine/kernel';
import type { Box, MachineContext, MachineWork, PutEvidence, RunnerAssignment, SiteWork } from '@stageflow/engine/sdk';
import type { EngineChannel } from '../channel/index.ts';
import type { Access } from './access.ts';
import { type CellDraft, type CellTools, finishCell, runCell } from './cells.ts';
import { boxName } from './crops.ts';
import { enrichLater, type LeftPages } from './enrich-later.ts';
import { exploreCell, type ExploreLane } from './explore-lane.ts';
import { jobFacts } from './page-lane.ts';
import type { Darkroom } from './picture.ts';
import { unpackJson } from './result.ts';
import type { LoadedScanner } from './scanner-modules.ts';

/** What the machine and site lanes work with. */
export interface OtherLanes extends Pick<ExploreLane, 'context' | 'guard'> {
  readonly assignment: RunnerAssignment;
  readonly channel: EngineChannel;
  readonly access: Access;
  readonly scanners: ReadonlyMap<string, LoadedScanner>;
  readonly tools: Omit<CellTools, 'job'>;
  /** What is at hand of pages that were left. */
  readonly left: LeftPages;
  /** Executable and flags for a scanner that starts a browser of its own. */
  readonly browser: { readonly executablePath: string; readonly args: readonly string[] };
}

const SITE = '_site';

/** A cell's draft with the places of its findings filled in. */
async function placed(
  draft: CellDraft,
  pageId: string,
  urls: ReadonlyMap<string, string>,
  left: LeftPages,
): Promise<CellDraft> {
  if (!draft.findings) return draft;
  const { findings, crops } = await enrichLater(
    { scanner: draft.scanner.id, pageId, findings: draft.findings, urls },
    left,
  );
  return { ...draft, findings, evidence: [...draft.evidence, ...crops] };
}

function loaded(lanes: OtherLanes, id: string): LoadedScanner {
  const found = lanes.scanners.get(id);
  if (!found) throw new StageflowError('internal', { reason: `the scanner ${id} is not part of this job` });
  return found;
}

/** Works through the machine lane; the engine gives no other work while one of its cells runs. */
export async function runMachineLane(lanes: OtherLanes): Promise<void> {
  for (let work = await lanes.channel.next('machine'); work !== null; work = await lanes.channel.next('machine')) {
    if (work.kind !== 'machine')
      throw new StageflowError('internal', { reason: 'the machine lane was given other work' });
    const draft = await machineCell(work, lanes);
    const urls = new Map([[work.page.id, work.page.url]]);
    await finishCell(await placed(draft, work.page.id, urls, lanes.left), work.page.id, lanes.channel);
  }
}

function machineCell(work: MachineWork, lanes: OtherLanes): Promise<CellDraft> {
  const one = loaded(lanes, work.scanner);
  const { scanner, manifest, options } = one;
  const { assignment, access, tools } = lanes;
  const job = jobFacts(assignment, work.page.url);
  if (scanner.lane === 'explore') return exploreCell(one, work, lanes, { ...tools, job });
  if (scanner.lane !== 'machine')
    throw new StageflowError('internal', { reason: `${one.id} is not a scanner of the machine lane` });
  const { url } = work.page;
  return runCell(
    one,
    work.page.id,
    { ...tools, job },
    (more) =>
      scanner.collect({
        ...more,
        pageId: work.page.id,
        url,
        job,
        options,
        fetch: tools.fetch,
        browser: lanes.browser,
        lighthouse: assignment.lighthouse,
        modules: assignment.scanners.map((one) => one.id),
        cutCrops: (picture, boxes) => cutCrops(picture, boxes, lanes.left.darkroom, more.putEvidence),
        access: { headers: access.browserHeaders(url), cookies: access.cookies.map((cookie) => ({ ...cookie })) },
      }),
    (raw) => scanner.audit(raw, { manifest, job, options }),
  );
}

/** Crops of a picture that a scanner took, stored as the cell's own evidence. */
async function cutCrops(
  picture: Parameters<MachineContext['cutCrops']>[0],
  boxes: readonly Box[],
  darkroom: Darkroom,
  putEvidence: PutEvidence,
): Promise<(string | null)[]> {
  const crops = await darkroom.crop({ ...picture, jpeg: Buffer.from(picture.jpeg) }, boxes);
  return Promise.all(
    boxes.map((box, i) => {
      const jpeg = crops[i];
      return jpeg ? putEvidence(`element-${sha256Hex(boxName(box)).slice(0, 16)}.jpg`, jpeg) : null;
    }),
  );
}

/** Works through the site lane: one cell per scanner of site scope, over what its page cells stored. */
export async function runSiteLane(lanes: OtherLanes): Promise<void> {
  for (let work = await lanes.channel.next('site'); work !== null; work = await lanes.channel.next('site')) {
    if (work.kind !== 'site') throw new StageflowError('internal', { reason: 'the site lane was given other work' });
    const urls = new Map(work.pages.map((page) => [page.id, page.finalUrl]));
    await finishCell(await placed(await siteCell(work, lanes), SITE, urls, lanes.left), SITE, lanes.channel);
  }
}

function siteCell(work: SiteWork, lanes: OtherLanes): Promise<CellDraft> {
  const one = loaded(lanes, work.scanner);
  const { scanner, manifest, options } = one;
  const { assignment, tools, channel } = lanes;
  const job = jobFacts(
    assignment,
    work.pages[0]?.finalUrl ?? assignment.siteOrigin ?? assignment.entries[0] ?? 'http://localhost',
  );
  const missing = () => new StageflowError('internal', { reason: `${one.id} has no site scope` });
  return runCell(
    one,
    SITE,
    { ...tools, job },
    (more) => {
      if (scanner.lane !== 'page' || !scanner.collectSite) throw missing();
      return scanner.collectSite({
        ...more,
        job,
        options,
        fetch: tools.fetch,
        denied: work.denied,
        pages: work.pages.map((page) => ({
          ...page,
          raw: async () => {
            const bytes = await channel.getArtifact(`${assignment.jobId}/${one.id}/cells/${page.id}.json.zst`);
            if (!bytes)
              throw new StageflowError('cell_failed', {
                scanner: one.id,
                reason: `the result of page ${page.id} is not stored`,
              });
            return unpackJson(bytes);
          },
        })),
      });
    },
    (raw) => {
      if (scanner.lane !== 'page' || !scanner.auditSite) throw missing();
      return scanner.auditSite(raw, { manifest, job, options });
    },
  );
}
