import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { silentLog } from '../../../engine/kernel/index.ts';
import { type CellFindings, type ExploreContext, Manifest } from '../../../engine/scanner/index.ts';
import manifestJson from '../manifest.json' with { type: 'json' };
import { audit } from '../audit.ts';
import { collect } from '../collect.ts';
import type { NavigatorRaw } from '../raw.ts';

export const manifest = Manifest.parse(manifestJson);

/** What one run on a site came to. */
export interface Acted {
  readonly raw: NavigatorRaw;
  readonly cell: CellFindings;
  readonly evidence: ReadonlyMap<string, Buffer>;
  /** Requests that reached the server, as `METHOD path`. */
  readonly asked: readonly string[];
}

/** A site of one page. */
export const document = (body: string): ReadonlyMap<string, string> =>
  new Map([
    [
      'index.html',
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title><link rel="icon" href="data:,"></head><body>${body}</body></html>`,
    ],
  ]);

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
};

/** A site to act on, with a planner where there is a goal. */
export interface Order {
  readonly files: ReadonlyMap<string, string | Buffer>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly plan?: ExploreContext['plan'];
}

/** A real browser whose tabs the navigator acts in, each with a server of its own. */
export async function openActing(): Promise<{ act(order: Order): Promise<Acted>; close(): Promise<void> }> {
  const browser: Browser = await chromium.launch({
    executablePath: process.env['STAGEFLOW_CHROMIUM'] ?? '/usr/lib/chromium/chromium',
  });
  return {
    close: () => browser.close(),
    act: async ({ files, options = {}, plan = async () => null }) => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        const path = new URL(request.url ?? '/', 'http://x').pathname.slice(1);
        const found = files.get(path === '' ? 'index.html' : path);
        response.writeHead(found === undefined ? 404 : 200, { 'content-type': TYPES[extname(path)] ?? 'text/html' });
        response.end(found ?? '');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.on('dialog', (dialog) => void dialog.dismiss());
      const evidence = new Map<string, Buffer>();
      const job = { source: 'urls', origin: new URL(url).origin, productionOrigin: null, device: 'desktop' } as const;
      const ctx: ExploreContext = {
        tab: {
          page,
          inside: (run, arg) => page.evaluate(`(${run.toString()})(${JSON.stringify(arg)})`) as never,
          restart: async () => {
            await page.goto('about:blank');
            await page.goto(url, { waitUntil: 'load' });
          },
          held: () => [],
          inFlight: () => 0,
        },
        look: async () => [],
        entry: true,
        plan,
        pageId: 'p0000000000000000',
        url,
        job,
        options,
        fetch: () => Promise.reject(new Error('the navigator fetches nothing itself')),
        putEvidence: async (name, bytes) => {
          evidence.set(name, Buffer.from(bytes));
          return name;
        },
        signal: new AbortController().signal,
        log: silentLog,
      };
      try {
        const raw = JSON.parse(JSON.stringify(await collect(ctx))) as NavigatorRaw;
        return { raw, cell: audit(raw, { manifest, job, options }), evidence, asked };
      } finally {
        await context.close();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
