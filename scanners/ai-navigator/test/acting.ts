import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { silentLog } from '../../../engine/kernel/index.ts';
import { type CellFindings, type ExploreContext, Manifest } from '../../../engine/scanner/index.ts';
import manifestJson from '../manifest.json' with { type: 'json' };
import { audit } from '../audit.ts';
import { collect } from '../collect.ts';
import type { NavigatorRaw } from '../raw.ts';

export const manifest = Manifest.parse(manifestJson);

/** What one run on a document came to. */
export interface Acted {
  readonly raw: NavigatorRaw;
  readonly cell: CellFindings;
  readonly evidence: ReadonlyMap<string, Buffer>;
  /** Requests that reached the server, as `METHOD path`. */
  readonly asked: readonly string[];
}

/** A real browser whose tabs the navigator acts in, each with a server of its own. */
export async function openActing(): Promise<{
  act(body: string, options?: Readonly<Record<string, unknown>>): Promise<Acted>;
  close(): Promise<void>;
}> {
  const browser: Browser = await chromium.launch({
    executablePath: process.env['STAGEFLOW_CHROMIUM'] ?? '/usr/lib/chromium/chromium',
  });
  return {
    close: () => browser.close(),
    act: async (body, options = {}) => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.writeHead(request.url === '/' ? 200 : 404, { 'content-type': 'text/html' });
        response.end(
          `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title><link rel="icon" href="data:,"></head><body>${body}</body></html>`,
        );
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
