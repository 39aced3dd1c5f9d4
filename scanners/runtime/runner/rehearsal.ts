import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { pageIdOf, silentLog, StageflowError } from '@stageflow/engine/kernel';
import type { PageWork, StoredArtifact } from '@stageflow/engine/sdk';
import type { BrowserContext } from 'playwright-core';
import type { TunnelAnswer } from '../channel/index.ts';
import type { Proxy } from '../proxy/index.ts';
import { bindAccess } from './access.ts';
import type { Browser, BrowserSettings } from './browser.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { readOrigin } from './origin.ts';
import { type PageLane, showWhole } from './page-lane.ts';
import type { Darkroom } from './picture.ts';
import type { LoadedScanner } from './scanner-modules.ts';
import { type Tab, within } from './tab.ts';

/** Nobody's name: the proxy knows where it is, and nothing looks it up. */
const ORIGIN = 'http://rehearsal.localhost';
const AUTHORITY = 'rehearsal.localhost:80';
/** Seconds that a step of the rehearsal may take, and milliseconds for all of it. */
const TIMEOUTS = { navigation: 10, settle: 5, page: 20 } as const;
const PATIENCE_MS = 30_000;

/** Has something for each kind of work: text to be drawn, a link, and faults to be located and cropped. It asks for nothing else. */
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rehearsal</title><link rel="icon" href="data:,">
<style>body{font:1rem/1.5 sans-serif}p{color:#aaa}</style></head><body><main><h1>Rehearsal</h1><p>Faint text.</p>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="40" height="40"><a href="/next">Next</a></main></body></html>`;

/** Where the page of the rehearsal is served: on this pod's loopback, reached through the job's own proxy. */
export interface Stage {
  /** A connection to it; null for every other address, and for this one once it is closed. */
  dial(authority: string): TunnelAnswer | null;
  close(): Promise<void>;
}

/** Opens the stage on a port that the system chooses. */
export async function openStage(): Promise<Stage> {
  let server: Server | null = createServer((request, response) => {
    const found = request.url === '/';
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(found ? PAGE : '');
  });
  const listening = server;
  await new Promise<void>((resolve, reject) => {
    listening.once('error', reject);
    listening.listen(0, '127.0.0.1', resolve);
  });
  const { port } = listening.address() as AddressInfo;
  return {
    dial: (authority) =>
      server !== null && authority === AUTHORITY ? { ok: true, socket: connect(port, '127.0.0.1') } : null,
    close: async () => {
      server = null;
      listening.closeAllConnections();
      await new Promise((resolve) => listening.close(resolve));
    },
  };
}

/** What the rehearsal is played with. */
interface Cast {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly agentName: string;
  readonly settings: BrowserSettings;
  readonly proxy: Proxy;
  readonly scanners: ReadonlyMap<string, LoadedScanner>;
  readonly darkroom: Darkroom;
  readonly tab: Tab;
}

/**
 * Takes a page of our own through everything that a job's pages go through, and keeps nothing of it: the first page of a browser, and the
 * first run of our own code, take twice the time of the next ones. Throws when that page could not be scanned; then the tab is not to be used.
 */
export async function rehearse(cast: Cast): Promise<void> {
  const { browser, context, agentName, settings, proxy, scanners, darkroom, tab } = cast;
  const url = `${ORIGIN}/`;
  const { device, testTrust, userAgent, locale } = settings;
  const job = { source: 'urls', siteOrigin: null, productionOrigin: null } as const;
  const access = bindAccess({ access: null, entries: [url], siteOrigin: null });
  const fetcher = createGuardedFetch(proxy, access, { ...job, testTrust, userAgent, locale }, agentName);
  const lane: PageLane = {
    assignment: { ...job, device, timeouts: TIMEOUTS },
    channel: {
      next: async () => null,
      send: async () => ({ skip: false }),
      putArtifact: async (key): Promise<StoredArtifact> => ({ key, sha256: '0'.repeat(64), size: 0 }),
    },
    context,
    guard: async () => {},
    proxy,
    access,
    scanners,
    tools: {
      channel: { send: async () => ({ skip: false }), putArtifact: async (key) => ({ key, sha256: '', size: 0 }) },
      fetch: fetcher.fetch,
      log: silentLog,
    },
    darkroom,
    browserGone: new AbortController().signal,
    browserVersion: browser.version,
  };
  const work: PageWork = {
    kind: 'page',
    page: { id: pageIdOf(url), url, depth: 0 },
    scanners: [...scanners].flatMap(([id, { scanner }]) => (scanner.lane === 'page' ? [id] : [])),
    revisit: false,
  };
  const late = () => new StageflowError('page_timeout', { reason: 'the rehearsal takes too long' });
  try {
    await readOrigin(ORIGIN, fetcher.capped);
    await within(showWhole(tab, work, lane), PATIENCE_MS, late);
  } finally {
    await fetcher.close();
  }
}
