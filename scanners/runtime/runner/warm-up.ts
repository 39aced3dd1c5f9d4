import { isDeepStrictEqual } from 'node:util';
import type { WarmUpAssignment } from '@stageflow/engine/sdk';
import type { EngineChannel } from '../channel/index.ts';
import { type Proxy, startProxy } from '../proxy/index.ts';
import { type Browser, type BrowserSettings, launchBrowser } from './browser.ts';
import { loadScanners } from './scanner-modules.ts';

/** What stands ready before a job is known: the proxy, a browser that nobody has used, and the scanners' code in memory. */
export interface WarmRunner {
  readonly proxy: Proxy;
  readonly browser: Browser;
  readonly settings: BrowserSettings;
}

const openProxy = (channel: EngineChannel) =>
  startProxy({ tunnel: (authority) => channel.tunnel(authority), site: null });

/** Brings up what most jobs need. Throws `browser_failed`. */
export async function warmUp(assignment: WarmUpAssignment, channel: EngineChannel): Promise<WarmRunner> {
  const settings = { ...assignment.browser, access: false };
  const proxy = await openProxy(channel);
  const [browser] = await Promise.all([launchBrowser(settings, proxy.port), loadScanners(assignment.scanners)]);
  return { proxy, browser, settings };
}

/** What a job starts with: the warm parts that fit it, new ones in place of the others. */
export function takeUp(
  warm: WarmRunner | null,
  settings: BrowserSettings,
  channel: EngineChannel,
): { readonly proxy: Promise<Proxy>; browser(): Promise<Browser> } {
  const proxy = warm === null ? openProxy(channel) : Promise.resolve(warm.proxy);
  return {
    proxy,
    browser: async () => {
      if (warm !== null && isDeepStrictEqual(warm.settings, settings)) return warm.browser;
      await warm?.browser.close();
      return launchBrowser(settings, (await proxy).port);
    },
  };
}
