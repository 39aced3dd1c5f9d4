import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { TokenScope } from '../../../engine/ledger/index.ts';
import { type Listener, listen } from '../../../server/listen/listen.ts';
import { startTestServer, type TestServer } from '../server/harness.ts';

const CHROMIUM = process.env['STAGEFLOW_TEST_CHROMIUM'] ?? '/usr/lib/chromium/chromium';

/** A page in a browser of its own, with everything that went wrong in it. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console said, what failed, what was refused, and every request to anywhere but the server. */
  readonly trouble: string[];
}

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** The system's own few colours, as Windows' contrast themes give them. */
  readonly forcedColors?: boolean;
  readonly moreContrast?: boolean;
}

/** A real server on a real port, and a real browser. */
export interface Web {
  readonly server: TestServer;
  readonly origin: string;
  /** Opens an address in a browser that nobody is signed in with. */
  visit(path: string, look?: Look): Promise<Visit>;
  /** Opens an address signed in with a token of these scopes. */
  signedIn(path: string, scopes?: readonly TokenScope[], look?: Look): Promise<Visit>;
  /** Cuts every connection and answers nobody while something happens. */
  outage(meanwhile: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

function chromiumPath(): string {
  return existsSync(CHROMIUM) ? CHROMIUM : execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
}

/** A browser of this machine. Root may not use Chromium's sandbox; the pages under test are our own. */
export function launchBrowser(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: chromiumPath(), args });
}

/** Gathers what must not happen on any screen of a server. */
export function watchTrouble(page: Page, origin: string): string[] {
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) trouble.push(`${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    // A live stream or a question that nobody waits for any more is broken off on purpose.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') trouble.push(`failed ${request.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(?:data|blob):/.test(request.url()))
      trouble.push(`stranger ${request.url()}`);
  });
  return trouble;
}

/** Starts server and browser; options are those of the test server. */
export async function startWeb(options: Parameters<typeof startTestServer>[0] = {}): Promise<Web> {
  const server = await startTestServer(options);
  const { config, clock, log } = server.services;
  const open = (port: number) => listen({ app: server.app, config: { ...config, port }, clock, log });
  let listener: Listener = await open(0);
  const origin = `http://127.0.0.1:${listener.port}`;
  const browser = await launchBrowser();
  const show = async (path: string, look: Look, cookie: string | null): Promise<Visit> => {
    const { width = 1280, height = 900, dark = false, forcedColors = false, moreContrast = false } = look;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      forcedColors: forcedColors ? 'active' : 'none',
      contrast: moreContrast ? 'more' : 'no-preference',
    });
    if (cookie !== null) {
      const [name = '', value = ''] = cookie.split('=');
      await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: 'Strict' }]);
    }
    const page = await context.newPage();
    const trouble = watchTrouble(page, origin);
    await page.goto(`${origin}${path}`);
    return { context, page, trouble };
  };
  return {
    server,
    origin,
    visit: (path, look = {}) => show(path, look, null),
    async signedIn(path, scopes = ['admin'], look = {}) {
      const answer = await server.call('', 'POST', '/api/v1/session', { token: server.token(scopes) });
      return show(path, look, answer.headers.get('set-cookie')?.split(';')[0] ?? '');
    },
    async outage(meanwhile) {
      const { port } = listener;
      await listener.close(0);
      await meanwhile();
      listener = await open(port);
    },
    async close() {
      await browser.close();
      await listener.close(0);
      await server.close();
    },
  };
}
