import { availableParallelism } from 'node:os';
import { createLog, type Log, StageflowError } from '@stageflow/engine/kernel';
import type { RunnerAssignment } from '@stageflow/engine/sdk';
import type { BrowserContext } from 'playwright-core';
import type { EngineChannel } from '../channel/index.ts';
import { type Access, bindAccess } from './access.ts';
import { type Browser, browserArgs, browserSettings, CHROMIUM } from './browser.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { readOrigins } from './origin.ts';
import { runMachineLane, runSiteLane } from './other-lanes.ts';
import { runPageLane } from './page-lane.ts';
import { openDarkroom } from './picture.ts';
import { loadScanners } from './scanner-modules.ts';
import { guarded, openTab, requestGuard } from './tab.ts';
import { takeUp, trusting, type WarmRunner } from './warm-up.ts';

/** Most pages visited at a time where nothing else is said. */
const MOST_TABS = 2;

/** A log on stderr, the only descriptor besides the channel. */
function stderrLog(): Log {
  return createLog('info', (line) => process.stderr.write(`${line}\n`));
}

/**
 * Does a runner's whole assignment: from the proxy to the last cell, with what was warmed up before where it fits. Throws a coded error
 * when nothing trustworthy can be done any more.
 */
export async function runAssignment(
  assignment: RunnerAssignment,
  channel: EngineChannel,
  warm: WarmRunner | null = null,
): Promise<void> {
  const log = stderrLog().child({ jobId: assignment.jobId, attempt: assignment.attempt });
  const { siteOrigin, sitePort } = assignment;
  const started = takeUp(warm, browserSettings(assignment), channel);
  const proxy = await started.proxy;
  proxy.serve(siteOrigin !== null && sitePort !== null ? { origin: siteOrigin, port: sitePort } : null);
  const access = bindAccess(assignment);
  // While the browser starts.
  const loading = loadScanners(assignment.scanners);
  loading.catch(() => {});
  let browser: Browser | null = null;
  try {
    const proven = await started.browser();
    browser = proven.browser;
    const scanners = await loading;
    const agentName = assignment.userAgent ?? proven.agentName;
    const fetcher = createGuardedFetch(proxy, access, assignment, agentName);
    const guard = requestGuard({
      access,
      allowAssets: assignment.allowAssets,
      productionOrigin: assignment.productionOrigin,
      serve: async (url, headers) => {
        const answer = await fetcher.capped(
          url,
          { headers: headers.accept === undefined ? {} : { accept: headers.accept } },
          32 * 2 ** 20,
        );
        if (!('status' in answer)) return null;
        // The body is already inflated, and the framing is the browser's own business.
        const kept = answer.headers.filter(
          ([name]) => !/^(?:content-encoding|content-length|transfer-encoding|connection|keep-alive)$/.test(name),
        );
        return {
          status: answer.status,
          headers: [...kept, ['access-control-allow-origin', '*'] as const],
          body: answer.body,
        };
      },
    });
    const { context } = proven;
    await signIn(context, access);
    const darkroom = proven.tabs?.darkroom ?? openDarkroom(context);
    // The first page's tab is made while the engine is told and the origin is read; last, since a tab behind another one is drawn late.
    const firstTab = proven.tabs ? guarded(proven.tabs.first, guard) : openTab(context, guard);
    firstTab.catch(() => {});
    await channel.send({
      type: 'runner.ready',
      browser: browser.version,
      sandbox: proven.proof,
      versions: {
        node: process.versions.node,
        ...Object.fromEntries([...scanners.values()].map((one) => [one.id, one.manifest.version])),
      },
    });
    if (assignment.readOrigin) {
      const origins = new Set(
        (siteOrigin === null ? assignment.entries : [siteOrigin]).map((url) => new URL(url).origin),
      );
      await readOrigins(origins, fetcher.capped, (message) => channel.send(message));
    }
    const gone = new AbortController();
    const ended = () =>
      gone.abort(new StageflowError('browser_failed', { reason: 'it ended in the middle of the scan' }));
    if (browser.gone.aborted) ended();
    browser.gone.addEventListener('abort', ended);
    proxy.siteGone.addEventListener('abort', () => {
      const error = new StageflowError('pod_crashed', { role: 'extractor', exitCode: 'while its site was read' });
      // Said before anything is torn down: nothing that ends with the site may count as a result.
      const told = channel.send({ type: 'fatal', code: error.code, reason: error.message }).catch(() => undefined);
      void told.then(() => gone.abort(error));
    });
    const died = new Promise<never>((_, reject) => {
      gone.signal.addEventListener('abort', () => reject(gone.signal.reason), { once: true });
    });
    died.catch(() => {});
    const tools = { channel, fetch: fetcher.fetch, log };
    const pageLane = {
      assignment,
      channel,
      guard,
      proxy,
      access,
      scanners,
      tools,
      darkroom,
      browserGone: gone.signal,
      browserVersion: browser.version,
    };
    const others = {
      assignment,
      channel,
      access,
      scanners,
      tools,
      left: {
        jobId: assignment.jobId,
        source: assignment.source,
        fetch: fetcher.capped,
        files: proxy.files,
        channel,
        darkroom,
      },
      context,
      guard,
      browser: {
        executablePath: assignment.chromium ?? CHROMIUM,
        args: browserArgs(proxy.port, trusting(assignment, proxy).testTrust),
      },
    };
    const { openContext } = browser;
    const furtherTab = async () => {
      const own = await openContext();
      await signIn(own, access);
      await runPageLane({ ...pageLane, context: own }, openTab(own, guard));
    };
    const further = Array.from({ length: tabsOf(assignment, access) - 1 }, furtherTab);
    const lanes = Promise.all([
      runPageLane({ ...pageLane, context }, firstTab),
      ...further,
      runMachineLane(others),
      runSiteLane(others),
    ]);
    await Promise.race([lanes, died]);
    await darkroom.close();
    await fetcher.close();
  } finally {
    await browser?.close();
    await proxy.close();
  }
}

/** Puts a login into a context that has shown no page yet. */
async function signIn(context: BrowserContext, access: Access): Promise<void> {
  // Setting a state empties the jar, so single cookies come after it.
  if (access.storageState !== null)
    await context.setStorageState(access.storageState as Parameters<typeof context.setStorageState>[0]);
  if (access.cookies.length > 0) await context.addCookies([...access.cookies]);
}

/**
 * How many pages are visited at a time, each in a context of its own. A page waits for as long as it works (for its network, its silence,
 * its picture), so a second one fills the gaps where there are two cores. A session that was handed in is one visitor's: sites may renew
 * it with each page, and a second visitor with a copy would be signed out.
 */
function tabsOf({ pageTabs }: RunnerAssignment, access: Access): number {
  if (access.storageState !== null) return 1;
  return pageTabs ?? Math.min(availableParallelism(), MOST_TABS);
}

export { warmUp } from './warm-up.ts';
