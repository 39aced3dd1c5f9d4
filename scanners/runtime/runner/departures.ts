import type { CDPSession } from 'playwright-core';

/** Why the browser must not follow a page to an address, in a clause; null to let it go. */
export type JudgeDeparture = (url: string) => Promise<string | null>;

/**
 * Where a page leads the browser by itself: by a meta refresh, a `Refresh` header or a script. The visit's own navigation, its
 * redirects included, is none of these: it goes until the guard ends it.
 */
export interface Departures {
  /** A visit begins: the next navigation is its own, and the page's later ones are put to `judge`. */
  begin(judge: JudgeDeparture): void;
  /** The page has loaded, or is not waited for any longer: what waits in `refusal` is answered. */
  loaded(): void;
  /** From now on the page stays, wherever it would lead: modules are looking at it. */
  stay(): void;
  /**
   * The reason to end a request of the main frame, or null; told only once the page has loaded, since a navigation that is ended before
   * takes the rest of the document with it. `networkId` is one for all hops of a navigation.
   */
  refusal(request: { readonly networkId: string; readonly url: string }): Promise<string | null>;
  /** Resolves when the page was first kept from leaving since `begin`. */
  kept(): Promise<void>;
  /** Addresses that the page was kept from since `begin`, each with the reason. */
  held(): ReadonlyMap<string, string>;
}

const MOST_HELD = 20;

/** Told in `held` when a page would leave after its visit was over. */
const LOOKED_AT = 'the page leads there later; it was looked at as it stood';

/** Listens to a tab whose Page domain is enabled. */
export function watchDepartures(cdp: Pick<CDPSession, 'on'>, mainFrame: string): Departures {
  const held = new Map<string, string>();
  let own: string | null = null;
  let first = Promise.withResolvers<void>();
  let ready = Promise.withResolvers<void>();
  let judge: JudgeDeparture = () => Promise.resolve(null);
  const hold = (url: string, reason: string) => {
    if (held.size < MOST_HELD) held.set(url.split('#', 1)[0]?.slice(0, 4096) ?? url, reason);
  };
  // Addresses that no network is asked for never become a request: the browser itself does not go there.
  cdp.on('Page.frameScheduledNavigation', (e: { frameId: string; url: string }) => {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(e.url)?.[1]?.toLowerCase();
    if (e.frameId !== mainFrame || !scheme || ['http', 'https', 'about', 'blob', 'javascript'].includes(scheme)) return;
    hold(e.url, `it is a ${scheme}: address, which no visit follows`);
  });
  return {
    begin: (next) => {
      held.clear();
      first = Promise.withResolvers();
      ready.resolve();
      ready = Promise.withResolvers();
      own = null;
      judge = next;
    },
    loaded: () => ready.resolve(),
    stay: () => {
      judge = () => Promise.resolve(LOOKED_AT);
    },
    refusal: async ({ networkId, url }) => {
      own ??= networkId;
      if (networkId === own) return null;
      const reason = await judge(url);
      if (reason === null) return null;
      hold(url, reason);
      first.resolve();
      await ready.promise;
      return reason;
    },
    kept: () => first.promise,
    held: () => held,
  };
}
