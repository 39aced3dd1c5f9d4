import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type {
  AuditContext,
  CellFindings,
  Manifest,
  PageContext,
  RequestRecord,
  Visit,
} from '../../engine/scanner/index.ts';

/** The two halves of a page scanner, and what its page is served with. */
interface UnderTest<Raw> {
  readonly manifest: Manifest;
  readonly collect: (ctx: PageContext) => Promise<Raw>;
  readonly audit: (raw: Raw, ctx: AuditContext) => CellFindings;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Lets a page scanner look at documents in a real Chromium, served from loopback. The answer says what it found as `rule selector` lines in
 * order; it fails when the scanner changed the page. Call it once at the top of a test file.
 */
export function scannerPage<Raw>(scanner: UnderTest<Raw>): (document: string) => Promise<string[]> {
  let html = '';
  let origin: string;
  let browser: Browser;
  const server = createServer((request, response) => {
    if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html', ...scanner.headers }).end(html);
    else response.writeHead(404).end();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: process.env['STAGEFLOW_CHROMIUM'] ?? '/usr/lib/chromium/chromium',
    });
  });
  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return async (document) => {
    html = document;
    const page = await browser.newPage();
    const requests: RequestRecord[] = [];
    page.on('response', (answer) => {
      const request = answer.request();
      requests.push({
        url: answer.url(),
        method: request.method(),
        type: request.resourceType(),
        status: answer.status(),
        responseHeaders: [],
        requestHeaders: [],
        mimeType: null,
        bytes: null,
        failure: null,
        blocked: null,
        protocol: null,
        startedAt: 0,
        milliseconds: null,
      });
    });
    const answer = await page.goto(`${origin}/`, { waitUntil: 'networkidle' });
    const visit: Visit = {
      requestedUrl: `${origin}/`,
      finalUrl: page.url(),
      status: answer?.status() ?? 0,
      redirects: [],
      headers: Object.entries((await answer?.allHeaders()) ?? {}),
      sourceHtml: document,
      renderedHtml: await page.content(),
      requests,
      console: [],
      pageErrors: [],
      departures: [],
      cookies: [],
      tls: null,
    };
    const before = await page.content();
    const job = { source: 'urls', origin, productionOrigin: null, device: 'desktop' } as const;
    const raw = await scanner.collect({ page, visit, job, options: {} } as unknown as PageContext);
    expect(await page.content(), 'the page is left as it was').toBe(before);
    await page.close();
    const { findings } = scanner.audit(JSON.parse(JSON.stringify(raw)) as Raw, {
      manifest: scanner.manifest,
      job,
      options: {},
    });
    return findings.flatMap((f) => f.occurrences.map((o) => [f.rule, o.selector ?? f.evidence ?? ''].join(' ').trim()));
  };
}
