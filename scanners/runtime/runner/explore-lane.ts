import { StageflowError } from '@stageflow/engine/kernel';
import type {
  ExploreTab,
  HeldRequest,
  JobFacts,
  MachineWork,
  RunnerAssignment,
  StateLook,
} from '@stageflow/engine/sdk';
import type { BrowserContext, Request, Route } from 'playwright-core';
import type { EngineChannel } from '../channel/index.ts';
import type { Access } from './access.ts';
import { type CellDraft, type CellTools, runCell } from './cells.ts';
import { blank } from './page-lane.ts';
import type { LoadedScanner } from './scanner-modules.ts';
import { openTab, type RequestGuard, type Tab, untilCrash } from './tab.ts';

/** What a module of the explore lane acts with: the job's own browser, which nobody else uses by then. */
export interface ExploreLane {
  readonly assignment: Pick<RunnerAssignment, 'siteOrigin' | 'productionOrigin' | 'timeouts'>;
  readonly access: Access;
  readonly scanners: ReadonlyMap<string, LoadedScanner>;
  readonly context: BrowserContext;
  readonly guard: RequestGuard;
  readonly channel: Pick<EngineChannel, 'plan'>;
}

/** Milliseconds that a step inside the page may take. */
const STEP_MS = 15_000;
/** Requests that are told one by one. */
const MOST_HELD = 200;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Lets a module act on one page, in a tab of its own. Requests that change something on a server stay here unless the module's option `allowSubmit` is true. */
export async function exploreCell(
  loaded: LoadedScanner,
  work: MachineWork,
  lane: ExploreLane,
  tools: CellTools,
): Promise<CellDraft> {
  const { scanner, manifest, options } = loaded;
  if (scanner.lane !== 'explore')
    throw new StageflowError('internal', { reason: `${loaded.id} is not a scanner of the explore lane` });
  const { job } = tools;
  const { id: pageId, url } = work.page;
  const tab = await openTab(lane.context, lane.guard);
  try {
    const acting = await actingTab(tab, url, lane, options['allowSubmit'] === true);
    return await runCell(
      loaded,
      pageId,
      tools,
      (more) =>
        untilCrash(
          scanner.collect({
            ...more,
            tab: acting,
            pageId,
            url,
            job,
            options,
            fetch: tools.fetch,
            entry: work.page.depth === 0,
            plan: (request) => lane.channel.plan({ ...request, scanner: loaded.id, pageId }),
            look: () => lookAtState(tab, { pageId, url, signal: more.signal }, lane.scanners, tools),
          }),
          tab.crashed,
        ),
      (raw) => scanner.audit(raw, { manifest, job, options }),
    );
  } finally {
    await tab.close();
    await lane.context.unrouteAll({ behavior: 'ignoreErrors' });
  }
}

/** Lets every module of the page lane that can look at a state look; one that fails says so and costs only itself. */
async function lookAtState(
  tab: Tab,
  at: { readonly pageId: string; readonly url: string; readonly signal: AbortSignal },
  scanners: ExploreLane['scanners'],
  tools: Omit<CellTools, 'channel'> & { readonly job: JobFacts },
): Promise<StateLook[]> {
  const looks: StateLook[] = [];
  for (const { id, scanner, manifest, options } of scanners.values()) {
    if (scanner.lane !== 'page' || !scanner.collectState) continue;
    const log = tools.log.child({ scanner: id, pageId: at.pageId });
    try {
      const raw = await scanner.collectState({ ...at, page: tab.page, job: tools.job, options, log });
      const plain: unknown = JSON.parse(JSON.stringify(raw ?? null));
      looks.push({
        scanner: id,
        findings: scanner.audit(plain, { manifest, job: tools.job, options }).findings,
        failure: null,
      });
    } catch (thrown) {
      at.signal.throwIfAborted();
      const failure = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
      looks.push({ scanner: id, findings: [], failure: failure.slice(0, 300) });
    }
  }
  return looks;
}

/** A tab that stays on the page's origin and keeps back what would change something on a server. */
async function actingTab(tab: Tab, url: string, lane: ExploreLane, sends: boolean): Promise<ExploreTab> {
  const { page } = tab;
  const { siteOrigin, productionOrigin, timeouts } = lane.assignment;
  const own = new Set([new URL(url).origin, siteOrigin, productionOrigin]);
  const held: HeldRequest[] = [];
  const keep = (request: HeldRequest) => {
    if (held.length < MOST_HELD) held.push(request);
  };
  const underWay = new Set<unknown>();
  page.on('request', (request) => underWay.add(request));
  page.on('requestfinished', (request) => underWay.delete(request));
  page.on('requestfailed', (request) => underWay.delete(request));
  // In the whole context, from their first request on: windows that the page opens, and its workers, ask for themselves.
  const judge = async (route: Route, request: Request) => {
    const method = request.method();
    if (sends || READS.has(method)) return route.continue();
    keep({ method, url: request.url().slice(0, 2048), reason: 'it would change something on a server' });
    return route.abort('blockedbyclient');
  };
  await lane.context.route('**/*', (route, request) => judge(route, request).catch(() => {}));
  return {
    page,
    inside: (run, arg) => tab.inside(run, arg, STEP_MS),
    inFlight: () => underWay.size,
    held: () => [...held, ...[...tab.departures.held()].map(([to, reason]) => ({ method: 'GET', url: to, reason }))],
    restart: async () => {
      await blank(tab, lane);
      held.length = 0;
      underWay.clear();
      tab.departures.begin(async (to) => {
        const { origin, host } = new URL(to);
        return own.has(origin) ? null : `it leads to another site, ${host}`;
      });
      await page.goto(url, { waitUntil: 'commit', timeout: timeouts.navigation * 1000 });
      // A page that never ends loading is acted on as it stands.
      await page.waitForLoadState('load', { timeout: timeouts.navigation * 1000 }).catch(() => {});
      tab.departures.loaded();
    },
  };
}
