import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { ensureReportTemplate, type HtmlOptions, type Report, renderHtml } from '../../../engine/report/index.ts';
import { findBrowser } from '../../../engine/pod/preflight/browser.ts';

/** A browser, and reports that it opens from disk. */
export interface Reports {
  readonly browser: Browser;
  readonly template: string;
  /** Writes a report as `report.html` and gives its address. */
  write(report: Report, options?: Partial<HtmlOptions>): Promise<string>;
  /** Opens an address with no network; `trouble` gathers whatever the console, the page or the network complains of. */
  visit(address: string, options?: BrowserContextOptions): Promise<Opened>;
  close(): Promise<void>;
}

export interface Opened {
  readonly page: Page;
  readonly trouble: string[];
  close(): Promise<void>;
}

/** Starts Chromium. Root may not use its sandbox; the page under test is our own. */
export async function startReports(): Promise<Reports> {
  const folder = await mkdtemp(join(tmpdir(), 'stageflow-report-'));
  await chmod(folder, 0o755);
  const template = await ensureReportTemplate();
  const executablePath = process.env['STAGEFLOW_TEST_CHROMIUM'] ?? findBrowser();
  if (!executablePath || !existsSync(executablePath))
    throw new Error('these tests need Chromium: apt-get install chromium');
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  let written = 0;
  return {
    browser,
    template,
    async write(report, options = {}) {
      const file = join(folder, `report-${(written += 1)}.html`);
      await writeFile(file, await renderHtml(report, { template, readArtifact: async () => png(), ...options }));
      return pathToFileURL(file).href;
    },
    async visit(address, options = {}) {
      const context = await browser.newContext({ offline: address.startsWith('file:'), ...options });
      const page = await context.newPage();
      const trouble: string[] = [];
      page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => trouble.push(error.message));
      page.on('dialog', (dialog) => (trouble.push(`dialog ${dialog.message()}`), dialog.dismiss()));
      page.on('request', (request) => {
        if (!/^(?:file|data|http:\/\/127\.0\.0\.1)/.test(request.url())) trouble.push(`request ${request.url()}`);
      });
      await page.goto(address);
      return { page, trouble, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A picture of one colour, 40 by 30 pixels. */
export function png(): Uint8Array {
  const table = Array.from({ length: 256 }, (_, n) =>
    Array.from({ length: 8 }).reduce((c: number) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n),
  );
  const crc = (data: Buffer) =>
    (data.reduce((c, byte) => (table[(c ^ byte) & 255] ?? 0) ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.from([0, 0, 0, 40, 0, 0, 0, 30, 8, 2, 0, 0, 0]);
  const rows = Buffer.concat(
    Array.from({ length: 30 }, () => Buffer.concat([Buffer.from([0]), Buffer.alloc(120, 0x66)])),
  );
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
