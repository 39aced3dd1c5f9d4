import { isDeepStrictEqual } from 'node:util';
import { StageflowError } from '@stageflow/engine/kernel';
import type { SandboxProof, WarmUpAssignment } from '@stageflow/engine/sdk';
import type { BrowserContext } from 'playwright-core';
import type { EngineChannel } from '../channel/index.ts';
import { type Proxy, startProxy } from '../proxy/index.ts';
import { type Browser, type BrowserSettings, launchBrowser } from './browser.ts';
import { type Darkroom, openDarkroom } from './picture.ts';
import { openStage, rehearse, type Stage } from './rehearsal.ts';
import { proveSandbox, sandboxHolds } from './sandbox-proof.ts';
import { loadScanners } from './scanner-modules.ts';
import { bareTab, type Tab } from './tab.ts';

/** A browser whose sandbox was seen to hold, its first context, and its own name for itself: the scanners' fetches are to look like the page's. */
export interface ProvenBrowser {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly proof: SandboxProof;
  readonly agentName: string;
}

/** The same with the keys of the proxy itself trusted too: of a ZIP job's hosts it ends the TLS. */
export function trusting<T extends Pick<BrowserSettings, 'testTrust'>>(
  settings: T,
  { authority }: Pick<Proxy, 'authority'>,
): T {
  const { spki = [], pem = '' } = settings.testTrust ?? {};
  return { ...settings, testTrust: { spki: [...spki, authority.spki], pem: pem + authority.pem } };
}

/** Starts a browser and looks at its processes. Throws `browser_failed` or `sandbox_missing`; no browser is left then. */
async function startProven(settings: BrowserSettings, proxy: Proxy): Promise<ProvenBrowser> {
  const browser = await launchBrowser(trusting(settings, proxy), proxy.port);
  try {
    const context = await browser.openContext();
    // The proof needs a renderer, and a blank tab has one.
    const page = await context.newPage();
    const proof = await proveSandbox();
    if (process.platform === 'linux' && !sandboxHolds(proof))
      throw new StageflowError('sandbox_missing', {}, { cause: new Error(JSON.stringify(proof)) });
    const named = await page.evaluate(
      () => (globalThis as unknown as { navigator: { userAgent: string } }).navigator.userAgent,
    );
    await page.close();
    return { browser, context, proof, agentName: named.replace('HeadlessChrome', 'Chrome') };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Tabs that a browser has open before its job comes; no page but our own was ever loaded in them. */
export interface TabsAhead {
  readonly darkroom: Darkroom;
  readonly first: Tab;
}

/** What stands ready before a job is known: the proxy, a browser that nobody has used, its first tabs, and the scanners' code in memory. */
export interface WarmRunner {
  readonly proxy: Proxy;
  readonly proven: ProvenBrowser;
  readonly tabs: TabsAhead;
  readonly settings: BrowserSettings;
}

const openProxy = (channel: EngineChannel, stage: Stage | null) =>
  startProxy({
    tunnel: async (authority, tls) => stage?.dial(authority) ?? channel.tunnel(authority, tls),
    site: null,
  });

/** Opens a browser's first tabs. The first page's tab comes last, since a tab behind another one is drawn late. */
async function openAhead({ context }: ProvenBrowser): Promise<TabsAhead> {
  const darkroom = openDarkroom(context);
  return { darkroom, first: await bareTab(context) };
}

/** Brings up what most jobs need. Throws `browser_failed`. */
export async function warmUp(assignment: WarmUpAssignment, channel: EngineChannel): Promise<WarmRunner> {
  const settings = { ...assignment.browser, access: false };
  const stage = assignment.rehearse ? await openStage() : null;
  const proxy = await openProxy(channel, stage);
  const [proven, scanners] = await Promise.all([startProven(settings, proxy), loadScanners(assignment.scanners)]);
  const { context, browser, agentName } = proven;
  let tabs = await openAhead(proven);
  if (stage !== null) {
    const { darkroom, first: tab } = tabs;
    try {
      await rehearse({ browser, context, agentName, settings, proxy, scanners, darkroom, tab });
    } catch {
      // Without it the first page takes longer, and whatever is wrong shows there. Nothing of ours may be in its tab.
      await tab.close();
      await darkroom.close();
      tabs = await openAhead(proven);
    }
    await stage.close();
  }
  return { proxy, proven, tabs, settings };
}

/** What a job starts with: the warm parts that fit it, new ones in place of the others. Tabs belong to their browser and go with it. */
export function takeUp(
  warm: WarmRunner | null,
  settings: BrowserSettings,
  channel: EngineChannel,
): { readonly proxy: Promise<Proxy>; browser(): Promise<ProvenBrowser & { readonly tabs: TabsAhead | null }> } {
  const proxy = warm === null ? openProxy(channel, null) : Promise.resolve(warm.proxy);
  return {
    proxy,
    browser: async () => {
      if (warm !== null && isDeepStrictEqual(warm.settings, settings))
        return { ...warm.proven, tabs: warm.tabs.first.crashed.aborted ? null : warm.tabs };
      await warm?.proven.browser.close();
      return { ...(await startProven(settings, await proxy)), tabs: null };
    },
  };
}
