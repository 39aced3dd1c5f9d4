import { isDeepStrictEqual } from 'node:util';
import { StageflowError } from '@stageflow/engine/kernel';
import type { SandboxProof, WarmUpAssignment } from '@stageflow/engine/sdk';
import type { EngineChannel } from '../channel/index.ts';
import { type Proxy, startProxy } from '../proxy/index.ts';
import { type Browser, type BrowserSettings, launchBrowser } from './browser.ts';
import { proveSandbox, sandboxHolds } from './sandbox-proof.ts';
import { loadScanners } from './scanner-modules.ts';

/** A browser whose sandbox was seen to hold, and its own name for itself: the scanners' fetches are to look like the page's. */
export interface ProvenBrowser {
  readonly browser: Browser;
  readonly proof: SandboxProof;
  readonly agentName: string;
}

/** Starts a browser and looks at its processes. Throws `browser_failed` or `sandbox_missing`; no browser is left then. */
async function startProven(settings: BrowserSettings, proxyPort: number): Promise<ProvenBrowser> {
  const browser = await launchBrowser(settings, proxyPort);
  try {
    // A persistent context opens with a blank tab: the proof needs a renderer, and this is one.
    const page = browser.context.pages()[0] ?? (await browser.context.newPage());
    const proof = await proveSandbox();
    if (process.platform === 'linux' && !sandboxHolds(proof))
      throw new StageflowError('sandbox_missing', {}, { cause: new Error(JSON.stringify(proof)) });
    const named = await page.evaluate(
      () => (globalThis as unknown as { navigator: { userAgent: string } }).navigator.userAgent,
    );
    return { browser, proof, agentName: named.replace('HeadlessChrome', 'Chrome') };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** What stands ready before a job is known: the proxy, a browser that nobody has used, and the scanners' code in memory. */
export interface WarmRunner {
  readonly proxy: Proxy;
  readonly proven: ProvenBrowser;
  readonly settings: BrowserSettings;
}

const openProxy = (channel: EngineChannel) =>
  startProxy({ tunnel: (authority) => channel.tunnel(authority), site: null });

/** Brings up what most jobs need. Throws `browser_failed`. */
export async function warmUp(assignment: WarmUpAssignment, channel: EngineChannel): Promise<WarmRunner> {
  const settings = { ...assignment.browser, access: false };
  const proxy = await openProxy(channel);
  const [proven] = await Promise.all([startProven(settings, proxy.port), loadScanners(assignment.scanners)]);
  return { proxy, proven, settings };
}

/** What a job starts with: the warm parts that fit it, new ones in place of the others. */
export function takeUp(
  warm: WarmRunner | null,
  settings: BrowserSettings,
  channel: EngineChannel,
): { readonly proxy: Promise<Proxy>; browser(): Promise<ProvenBrowser> } {
  const proxy = warm === null ? openProxy(channel) : Promise.resolve(warm.proxy);
  return {
    proxy,
    browser: async () => {
      if (warm !== null && isDeepStrictEqual(warm.settings, settings)) return warm.proven;
      await warm?.proven.browser.close();
      return startProven(settings, (await proxy).port);
    },
  };
}
