import { StageflowError } from '@stageflow/engine/kernel';
import type { ContainerMessage, JobFacts, PageWork, RunnerAssignment, StoredArtifact } from '@stageflow/engine/sdk';
import type { BrowserContext } from 'playwright-core';
import type { EngineChannel } from '../channel/index.ts';
import { GUARD_CODES, type Proxy } from '../proxy/index.ts';
import type { Access } from './access.ts';
import { type CellDraft, type CellTools, finishCell, runPageCell } from './cells.ts';
import { storeCrops } from './crops.ts';
import { enrich, locateAll, type LocatedElements, pageCrops } from './enrich.ts';
import { createFailureTracer } from './failure-trace.ts';
import { buildHar } from './har.ts';
import { type Darkroom, type Picture, takePicture } from './picture.ts';
import { packJson, reviewBlocked } from './result.ts';
import type { LoadedScanner } from './scanner-modules.ts';
import { openTab, type RequestGuard, type Tab } from './tab.ts';
import { templateHash } from './template.ts';
import { visitPage, type Visited, type VisitRules } from './visit.ts';

/** What the page lane works with. */
export interface PageLane {
  readonly assignment: Pick<RunnerAssignment, 'source' | 'siteOrigin' | 'productionOrigin' | 'device' | 'timeouts'>;
  readonly channel: Pick<EngineChannel, 'next' | 'send' | 'putArtifact'>;
  readonly context: BrowserContext;
  readonly guard: RequestGuard;
  readonly proxy: Proxy;
  readonly access: Access;
  readonly scanners: ReadonlyMap<string, LoadedScanner>;
  readonly tools: Omit<CellTools, 'job'>;
  readonly darkroom: Darkroom;
  /** Aborts with `browser_failed` when the browser has ended unasked. */
  readonly browserGone: AbortSignal;
  /** For example `Chromium 156.0.8078.79`. */
  readonly browserVersion: string;
}

/** A tab is replaced after this many pages: memory that a renderer keeps is given back. */
const USES = 60;

/** Room for links in a `page.visited` message, in bytes. */
const LINK_BYTES = 1.2 * 2 ** 20;

/** A page whose document is done with; what is left needs no tab. */
interface Desk {
  readonly work: PageWork;
  readonly visited: Visited;
  readonly drafts: readonly CellDraft[];
  readonly located: LocatedElements;
  readonly picture: Picture | null;
  /** Set when the page crashed or hung while its cells ran. */
  readonly lost: StageflowError | null;
}

/** Works through the page lane, first in a tab that is being opened, until the engine says that it has ended. One page is loaded while the last one's results are stored. */
export async function runPageLane(lane: PageLane, opening: Promise<Tab>): Promise<void> {
  const tracer = createFailureTracer(lane.context, lane.guard, lane.access);
  let tab: Tab | null = null;
  let desk: Promise<void> = Promise.resolve();
  try {
    const [first, opened] = await Promise.all([lane.channel.next('page'), opening]);
    tab = opened;
    for (let work = first; work !== null; work = await lane.channel.next('page')) {
      if (work.kind !== 'page') throw new StageflowError('internal', { reason: 'the page lane was given other work' });
      if (tab && (tab.uses >= USES || tab.crashed.aborted)) {
        await tab.close();
        tab = null;
      }
      tab ??= await openTab(lane.context, lane.guard);
      tab.uses += 1;
      const done: Desk | 'lost' | null = await showPage(tab, work, lane, tracer);
      const lost = done === 'lost' || (done !== null && done.lost !== null);
      const before = desk;
      if (done && done !== 'lost') {
        const finishing = async () => {
          await before;
          await finishPage(done, lane);
        };
        // What the page has come to is on its way while the tab leaves it.
        desk = finishing();
        // An error is rethrown where the promise is awaited; until then it must not end the process as unhandled.
        desk.catch(() => {});
      }
      const spent = lost || (await tab.heavy());
      const left =
        !lost &&
        (await blank(tab, lane).then(
          () => true,
          () => false,
        ));
      if (spent || !left) {
        await tab.close();
        tab = null;
      }
      await before;
    }
    await desk;
  } finally {
    await tab?.close();
  }
}

/** Takes one page, in a tab that stays open, through all that the lane does. Throws when it could not be scanned. */
export async function showWhole(tab: Tab, work: PageWork, lane: PageLane): Promise<void> {
  const done = await showPage(tab, work, lane, { redo: async (draft) => draft });
  if (done === null || done === 'lost' || done.lost !== null) throw new StageflowError('page_failed');
  await Promise.all([finishPage(done, lane), blank(tab, lane)]);
}

/** Leaves the page: nothing of it may run on, and nothing it stored may meet the next page. */
export async function blank(tab: Tab, lane: Pick<PageLane, 'access' | 'context'>): Promise<void> {
  const origins = new Set(
    tab.page.frames().flatMap((frame) => (/^https?:/.test(frame.url()) ? [new URL(frame.url()).origin] : [])),
  );
  const keep = lane.access.storageState !== null;
  // A tab's session storage outlives its documents.
  if (!keep)
    await Promise.all(
      [...origins].map((origin) =>
        tab.cdp
          .send('DOMStorage.clear', { storageId: { securityOrigin: origin, isLocalStorage: false } })
          .catch(() => {}),
      ),
    );
  await tab.page.goto('about:blank', { timeout: 5_000 });
  if (keep) return;
  await Promise.all([
    lane.context.clearCookies(),
    ...[...origins].map((origin) =>
      tab.cdp.send('Storage.clearDataForOrigin', {
        origin,
        storageTypes: 'local_storage,indexeddb,websql,service_workers,cache_storage',
      }),
    ),
  ]);
  if (lane.access.cookies.length > 0) await lane.context.addCookies([...lane.access.cookies]);
}

/** The rules by which pages of this lane are visited. */
function visitRules(lane: PageLane, url: string): VisitRules {
  const { source, siteOrigin, productionOrigin } = lane.assignment;
  const refusal = (target: string) => lane.proxy.refusals.of(target);
  return {
    url,
    own: source === 'zip' ? [siteOrigin, productionOrigin] : null,
    departs: async (target) => {
      const { origin, host } = new URL(target);
      if (source === 'zip')
        return [siteOrigin, productionOrigin].includes(origin) ? null : `the page leads on to another site, ${host}`;
      if (origin === new URL(url).origin) return null;
      const found = await lane.proxy.refusalTo(target);
      return found && GUARD_CODES.has(found.code) ? found.reason : null;
    },
    timeouts: lane.assignment.timeouts,
    access: lane.access,
    blocked: (target) => {
      const found = refusal(target);
      return found && GUARD_CODES.has(found.code) ? found.reason : null;
    },
    unreachable: (target) => refusal(target)?.reason ?? null,
  };
}

async function showPage(
  tab: Tab,
  work: PageWork,
  lane: PageLane,
  tracer: Pick<ReturnType<typeof createFailureTracer>, 'redo'>,
): Promise<Desk | 'lost' | null> {
  const { channel } = lane;
  const pageId = work.page.id;
  const rules = visitRules(lane, work.page.url);
  const visited = await visitPage(tab, rules);
  // A page that went down with the whole browser is not the page's fault, and its cells are still to be done.
  lane.browserGone.throwIfAborted();
  if (!visited.ok) {
    await channel.send(pageDone(pageId, visited.status, visited.error, []));
    return visited.tabLost ? 'lost' : null;
  }
  const answer = work.revisit ? null : await channel.send(visitedMessage(pageId, visited));
  if (answer?.skip) {
    await channel.send(pageDone(pageId, 'skipped', null, []));
    return null;
  }
  tab.departures.stay();
  const picture = await takePicture(tab).catch(() => null);
  const job = jobFacts(lane.assignment, visited.visit.finalUrl);
  const tools = { ...lane.tools, job };
  const wanted = work.scanners.flatMap((id) => lane.scanners.get(id) ?? []);
  const context = { page: tab.page, pageId, url: work.page.url, visit: visited.visit, job, fetch: lane.tools.fetch };
  const drafts = await Promise.all(wanted.map((loaded) => runPageCell(loaded, context, tools)));
  lane.browserGone.throwIfAborted();
  const lost = tab.crashed.aborted ? new StageflowError('page_crashed') : null;
  const located = lost ? new Map() : await locateAll(tab, drafts);
  const traced: CellDraft[] = [];
  for (const draft of drafts)
    traced.push(
      draft.outcome === 'failed' || draft.outcome === 'timeout'
        ? await tracer.redo(draft, rules, context, tools)
        : draft,
    );
  return { work, visited, drafts: traced, located, picture, lost };
}

/** Stores a page's evidence and cells and tells the engine that the lane is through with it. */
async function finishPage(desk: Desk, lane: PageLane): Promise<void> {
  const { work, visited, drafts, located, picture, lost } = desk;
  const { channel, assignment } = lane;
  const pageId = work.page.id;
  const har = buildHar({
    hops: visited.hops,
    pageId,
    title: visited.snapshot.title,
    browser: lane.browserVersion,
    secret: lane.access.masked,
  });
  const reviewed = drafts.map((draft) =>
    draft.findings ? { ...draft, findings: reviewBlocked(draft.findings, visited.visit.requests) } : draft,
  );
  const wanted = pageCrops(reviewed, located);
  const storing = Promise.all([
    storeCrops(wanted, picture, `page/evidence/${pageId}`, { darkroom: lane.darkroom, channel }).catch(
      () => new Map<string, StoredArtifact>(),
    ),
    channel.putArtifact(`page/evidence/${pageId}/network.har.zst`, packJson(har, 'page')),
    ...(picture ? [channel.putArtifact(`page/evidence/${pageId}/screenshot.jpg`, picture.jpeg)] : []),
  ]);
  storing.catch(() => {});
  const file = assignment.source === 'zip' ? lane.proxy.files.of(visited.visit.finalUrl) : null;
  const source = file === null ? null : { file, html: visited.visit.sourceHtml };
  const finish = async (draft: CellDraft, crops: ReadonlyMap<string, StoredArtifact>) => {
    const findings = draft.findings && enrich(draft.findings, pageId, { located, wanted, crops, picture, source });
    const used = new Set(findings?.findings.flatMap((f) => f.occurrences.flatMap((o) => o.screenshot ?? [])));
    const shown = [...crops.values()].filter((crop) => used.has(crop.key));
    await finishCell({ ...draft, findings, evidence: [...draft.evidence, ...shown] }, pageId, channel);
  };
  // Cells that show no crop do not wait for the crops.
  const shows = (draft: CellDraft) => pageCrops([draft], located).size > 0;
  for (const draft of reviewed) if (!shows(draft)) await finish(draft, new Map());
  const [crops, ...evidence] = await storing;
  for (const draft of reviewed) if (shows(draft)) await finish(draft, crops);
  await channel.send(pageDone(pageId, lost ? 'failed' : 'scanned', lost ?? visited.cut, evidence));
}

function visitedMessage(pageId: string, visited: Visited): ContainerMessage {
  const { visit, snapshot } = visited;
  return {
    type: 'page.visited',
    pageId,
    finalUrl: visit.finalUrl,
    status: visit.status,
    title: snapshot.title,
    canonical: snapshot.canonical,
    template: templateHash(snapshot.skeleton),
    links: withinBudget(snapshot.links),
    blocked: visit.requests
      .flatMap((r) =>
        r.blocked === null ? [] : [{ url: r.url, type: r.type.slice(0, 40), reason: r.blocked.slice(0, 200) }],
      )
      .slice(0, 150),
  };
}

/** Links that fit into one message; the engine reads at most 2 MiB of it. */
function withinBudget(links: Visited['snapshot']['links']): Visited['snapshot']['links'] {
  let left = LINK_BYTES;
  return links.filter((link) => {
    left -= Buffer.byteLength(link.url) + 40;
    return left >= 0;
  });
}

function pageDone(
  pageId: string,
  status: 'scanned' | 'failed' | 'blocked' | 'skipped',
  error: StageflowError | null,
  evidence: StoredArtifact[],
): ContainerMessage {
  const target = error?.code === 'page_denied' ? error.details.target : undefined;
  return {
    type: 'page.done',
    pageId,
    status,
    code: error?.code ?? null,
    reason: error?.reason.slice(0, 1000) ?? null,
    ...(target === undefined ? {} : { about: String(target).slice(0, 4096) }),
    evidence,
  };
}

/** What scanners know of the job when they look at a page. */
export function jobFacts(
  assignment: Pick<RunnerAssignment, 'source' | 'productionOrigin' | 'device'>,
  url: string,
): JobFacts {
  return {
    source: assignment.source,
    origin: new URL(url).origin,
    productionOrigin: assignment.productionOrigin,
    device: assignment.device,
  };
}
