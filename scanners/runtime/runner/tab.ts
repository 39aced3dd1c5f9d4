import { StageflowError } from '@stageflow/engine/kernel';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import type { Access } from './access.ts';
import { type Departures, watchDepartures } from './departures.ts';

/** One tab that is used for page after page. */
export interface Tab {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly mainFrame: string;
  readonly departures: Departures;
  /** Runs a function of `in-page` in a world that the page's scripts cannot touch. Rejects after `timeout` ms. */
  inside<A, R>(run: (arg: A) => R, arg: A, timeout: number): Promise<Awaited<R>>;
  /** Aborts when the tab's renderer dies. */
  readonly crashed: AbortSignal;
  /** How many pages it has shown. */
  uses: number;
  /** True when the page filled its renderer with more than the renderer will give back; also when it cannot say. */
  heavy(): Promise<boolean>;
  close(): Promise<void>;
}

/** Rejects with `page_timeout` when `work` takes longer than `ms`; the work itself is left to end on its own. */
export async function within<T>(work: Promise<T>, ms: number, error: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(error()), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

/** Nodes, and bytes of script memory, beyond which a page takes its renderer with it: what it grew to, the next page would inherit. */
const HEAVY = { nodes: 150_000, bytes: 256 * 2 ** 20 } as const;

/** Opens a tab, fits it out and guards its requests. */
export async function openTab(context: BrowserContext, guard: RequestGuard): Promise<Tab> {
  return guarded(await bareTab(context), guard);
}

/** Puts a tab that has loaded no page of the job's yet under the job's rules. */
export async function guarded(tab: Tab, guard: RequestGuard): Promise<Tab> {
  await guard(tab.cdp, tab.mainFrame, tab.departures);
  return tab;
}

/**
 * Opens a tab and fits it out with all that is the same for every job: dialogs are dismissed, popups closed, the Network domain recorded.
 * No page that is not ours may be loaded in it before it is `guarded`.
 */
export async function bareTab(context: BrowserContext): Promise<Tab> {
  const page = await context.newPage();
  const crashed = new AbortController();
  page.on('crash', () => crashed.abort(new StageflowError('page_crashed')));
  page.on('dialog', (dialog) => {
    (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss()).catch(() => {});
  });
  page.on('popup', (popup) => {
    popup.close().catch(() => {});
  });
  const cdp = await context.newCDPSession(page);
  await Promise.all([
    cdp.send('Page.enable'),
    cdp.send('Network.enable', { maxTotalBufferSize: 64 * 2 ** 20, maxResourceBufferSize: 16 * 2 ** 20 }),
  ]);
  const mainFrame = (await cdp.send('Page.getFrameTree')).frameTree.frame.id;
  const departures = watchDepartures(cdp, mainFrame);

  return {
    page,
    cdp,
    mainFrame,
    departures,
    crashed: crashed.signal,
    uses: 0,
    heavy: async () => {
      const asked = Promise.all([cdp.send('Memory.getDOMCounters'), cdp.send('Runtime.getHeapUsage')]);
      const said = await within(asked, 2_000, () => new Error('no answer')).catch(() => null);
      return said === null || said[0].nodes > HEAVY.nodes || said[1].totalSize > HEAVY.bytes;
    },
    inside: async (run, arg, timeout) => {
      const work = async () => {
        const { executionContextId } = await cdp.send('Page.createIsolatedWorld', {
          frameId: mainFrame,
          worldName: 'stageflow',
        });
        const answer = await cdp.send('Runtime.evaluate', {
          expression: `(${run.toString()})(${JSON.stringify(arg)})`,
          contextId: executionContextId,
          returnByValue: true,
          awaitPromise: true,
        });
        if (answer.exceptionDetails)
          throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
        return answer.result.value;
      };
      return within(
        untilCrash(work(), crashed.signal),
        timeout,
        () => new StageflowError('page_timeout', { reason: `it did not answer for ${Math.round(timeout / 1000)} s` }),
      );
    },
    close: async () => {
      await within(page.close(), 5_000, () => new Error('the tab does not close')).catch(() => {});
    },
  };
}

/** Rejects with the signal's reason when the tab crashes first. */
export function untilCrash<T>(work: Promise<T>, crashed: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(crashed.reason);
    if (crashed.aborted) return onAbort();
    crashed.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => crashed.removeEventListener('abort', onAbort));
  });
}

/** Fits a session with what the job's rules need of each request. */
export type RequestGuard = (cdp: CDPSession, mainFrame: string, departures: Departures) => Promise<void>;

/** Answers an address of the production origin with the served build. */
export type ServeFromSite = (
  url: string,
  headers: Readonly<Record<string, string>>,
) => Promise<{ status: number; headers: readonly (readonly [string, string])[]; body: Uint8Array } | null>;

/**
 * Rules that a tunnel cannot keep because it sees no requests: login headers go to the job's own origins only, addresses of the
 * production origin are answered from the build, and a page stays in its tab when it would lead the browser to where the job may not go.
 * Documents are intercepted for that; of all else only what another rule is about. That hosts opened for assets are read with GET only
 * is kept by the proxy and the guard, since requests of workers and of pages that are gone never come here; what does come fails at once.
 */
export function requestGuard(rules: {
  readonly access: Access;
  readonly allowAssets: readonly string[];
  readonly productionOrigin: string | null;
  readonly serve: ServeFromSite;
}): RequestGuard {
  const { access, productionOrigin } = rules;
  const assetHosts = new Set(rules.allowAssets.map((host) => host.replace(/:\d+$/, '').toLowerCase()));
  const patterns = [
    { urlPattern: '*', resourceType: 'Document' as const },
    ...(access.empty ? [] : [...access.origins].map((origin) => ({ urlPattern: `${origin}/*` }))),
    ...(productionOrigin === null ? [] : [{ urlPattern: `${productionOrigin}/*` }]),
    ...[...assetHosts].flatMap((host) => [{ urlPattern: `*://${host}/*` }, { urlPattern: `*://${host}:*/*` }]),
  ];
  return async (cdp, mainFrame, departures) => {
    cdp.on('Fetch.requestPaused', (event) => {
      const { requestId, request, networkId } = event;
      const url = new URL(request.url);
      const decide = async () => {
        if (event.resourceType === 'Document' && event.frameId === mainFrame && networkId !== undefined) {
          const refused = await departures.refusal({ networkId, url: request.url });
          // An aborted navigation leaves the document where it is; any other failure would put the browser's own error page there.
          if (refused !== null) return cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
        }
        if (productionOrigin !== null && url.origin === productionOrigin) {
          const answer =
            request.method === 'GET' || request.method === 'HEAD'
              ? await rules.serve(request.url, request.headers)
              : null;
          if (!answer) return cdp.send('Fetch.failRequest', { requestId, errorReason: 'ConnectionRefused' });
          return cdp.send('Fetch.fulfillRequest', {
            requestId,
            responseCode: answer.status,
            responseHeaders: answer.headers.map(([name, value]) => ({ name, value })),
            body: Buffer.from(answer.body).toString('base64'),
          });
        }
        if (assetHosts.has(url.hostname) && request.method !== 'GET') {
          return cdp.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
        }
        const added = access.browserHeaders(request.url);
        const names = new Set(Object.keys(added).map((name) => name.toLowerCase()));
        if (names.size === 0) return cdp.send('Fetch.continueRequest', { requestId });
        const headers = Object.entries(request.headers)
          .filter(([name]) => !names.has(name.toLowerCase()))
          .concat(Object.entries(added))
          .map(([name, value]) => ({ name, value }));
        return cdp.send('Fetch.continueRequest', { requestId, headers });
      };
      // What cannot be decided is refused: a paused request that nobody answers would keep its page from ever loading.
      decide().catch(() => cdp.send('Fetch.failRequest', { requestId, errorReason: 'Failed' }).catch(() => {}));
    });
    await cdp.send('Fetch.enable', { patterns });
  };
}
