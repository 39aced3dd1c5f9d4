/**
 * A process that measures: Lighthouse keeps state per process and grows with every run, so it lives outside the runner and is
 * replaced now and then. One order at a time over the parent's IPC channel; the browser stays warm between orders, the profile does not.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import lighthouse, { desktopConfig, generateReport } from 'lighthouse';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { maskedJson, maskLogin } from './mask.ts';
import { photograph, wantedElements } from './photograph.ts';
import type { LighthouseReport } from './raw.ts';
import { keepRequestRules } from './request-rules.ts';
import { type TimelineAudits, timelineOf } from './timeline.ts';
import { keepViolations } from './violations.ts';
import type { WorkerAnswer, WorkerOrder } from './worker-protocol.ts';

let browser: Browser | null = null;

async function warmBrowser(order: WorkerOrder): Promise<Browser> {
  if (browser?.connected) return browser;
  browser = await launch({
    executablePath: order.executablePath,
    // A pipe has no port that anyone else in the pod could reach.
    pipe: true,
    headless: true,
    args: [...order.args],
    userDataDir: mkdtempSync(join(tmpdir(), 'stageflow-lighthouse-')),
    timeout: 60_000,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return browser;
}

/** Shorter quiet windows than Lighthouse's own second: the simulation needs the requests, not the waiting. */
const WINDOWS = {
  pauseAfterFcpMs: 250,
  pauseAfterLoadMs: 250,
  networkQuietThresholdMs: 250,
  cpuQuietThresholdMs: 250,
} as const;

/** Parts of the result that are large and that nobody reads: rendering strings, pictures of their own, per-task lists. */
function slim(report: Record<string, unknown>): LighthouseReport {
  const { i18n: _strings, timing: _timing, stackPacks: _packs, fullPageScreenshot: _picture, ...rest } = report;
  const audits = { ...(rest.audits as Record<string, { details?: unknown }>) };
  for (const id of [
    'script-treemap-data',
    'main-thread-tasks',
    'screenshot-thumbnails',
    'final-screenshot',
    'network-dependency-tree-insight',
  ]) {
    const audit = audits[id];
    if (audit) audits[id] = { ...audit, details: undefined };
  }
  return { ...rest, audits } as unknown as LighthouseReport;
}

interface AxeNode {
  readonly target?: readonly (string | readonly string[])[];
  readonly node?: { readonly lhId?: string };
}

function axeSelectors(artifacts: unknown): Record<string, string> {
  const violations =
    (artifacts as { Accessibility?: { violations?: readonly { nodes?: readonly AxeNode[] }[] } }).Accessibility
      ?.violations ?? [];
  const pairs = violations.flatMap((rule) =>
    (rule.nodes ?? []).flatMap(({ target, node }) =>
      node?.lhId && target ? [[node.lhId, target.flat().join(' >>> ')] as const] : [],
    ),
  );
  return Object.fromEntries(pairs);
}

/** Listens for where a page takes its own tab; gives the last address that is neither the order's site nor its production. */
function watchLeads(page: Page, { ownOrigin, productionOrigin }: WorkerOrder): () => string | null {
  let led: string | null = null;
  page.on('request', (request) => {
    if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return;
    const { origin, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && origin !== ownOrigin && origin !== productionOrigin)
      led = request.url().slice(0, 4096);
  });
  return () => led;
}

async function measure(order: WorkerOrder): Promise<WorkerAnswer> {
  const started = performance.now();
  // A context of its own is a fresh profile: no cache, no cookies, no favicon remembered from the run before.
  const context = await (await warmBrowser(order)).createBrowserContext();
  try {
    if (order.cookies.length > 0)
      await context.setCookie(...(order.cookies as unknown as Parameters<typeof context.setCookie>));
    const page = await context.newPage();
    page.on('dialog', (dialog) => {
      dialog.dismiss().catch(() => {});
    });
    await keepRequestRules(await page.createCDPSession(), order);
    keepViolations(page);
    const led = watchLeads(page, order);
    const result = await lighthouse(
      order.url,
      {
        onlyCategories: ['performance', 'accessibility', 'best-practices', 'seo'],
        throttlingMethod: 'simulate',
        disableFullPageScreenshot: true,
        // The profile is fresh, and a reset would throw the person's cookies away.
        disableStorageReset: true,
        formFactor: order.formFactor,
        maxWaitForLoad: 30_000,
        logLevel: 'error',
        ...WINDOWS,
      },
      order.formFactor === 'desktop' ? desktopConfig : undefined,
      page as unknown as Parameters<typeof lighthouse>[3],
    );
    if (!result) return { ok: false, reason: 'Lighthouse gave no result', led: led() };
    const { lhr, artifacts } = result;
    const mask = maskLogin(order);
    if (lhr.runtimeError)
      return { ok: false, reason: `${lhr.runtimeError.code}: ${lhr.runtimeError.message}`.slice(0, 500), led: led() };
    // A page that leads to where nothing answers ends on the browser's own error page, which is no page to have scores.
    if (lhr.finalDisplayedUrl.startsWith('chrome-error:'))
      return { ok: false, reason: `the page leads to ${led() ?? 'an address'}, which gives no document`, led: led() };
    const milliseconds = performance.now() - started;
    const wanted = wantedElements(lhr as unknown as LighthouseReport, order.besideAxe);
    return {
      ok: true,
      led: led(),
      wanted,
      photograph: await photograph(page, lhr as unknown as Parameters<typeof photograph>[1], wanted),
      report: JSON.parse(maskedJson(slim(lhr as unknown as Record<string, unknown>), mask)) as LighthouseReport,
      axeSelectors: axeSelectors(artifacts),
      milliseconds,
      timeline: Buffer.from(maskedJson(timelineOf(lhr.audits as TimelineAudits), mask)),
      html: mask(generateReport(lhr, 'html') as string),
      trace: zstdCompressSync(maskedJson(artifacts.Trace, mask)),
      devtoolsLog: zstdCompressSync(maskedJson(artifacts.DevtoolsLog, mask)),
    };
  } finally {
    await context.close().catch(() => {});
  }
}

process.on('message', (order: WorkerOrder) => {
  measure(order).then(
    (answer) => process.send?.(answer),
    (thrown: unknown) =>
      process.send?.({
        ok: false,
        reason: (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 500),
        led: null,
      } satisfies WorkerAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
