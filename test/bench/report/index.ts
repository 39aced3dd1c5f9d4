/**
 * How the offline report behaves when it is large: `npm run bench:report`.
 * Opens 1,000 pages and 20,000 places from disk and scrolls every long list, a wheel's notch a frame; long tasks are what the browser itself reports.
 * Ends with 1 when a bound is missed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { findBrowser } from '../../../engine/pod/preflight/browser.ts';
import { ensureReportTemplate, renderHtml } from '../../../engine/report/index.ts';
import { largeReport } from './large.ts';

const [PAGES, PLACES] = [1000, 20_000];
/** Milliseconds. */
const BOUNDS = { open: 2000, task: 50 } as const;
const SCROLLED = [
  ['causes', '#/findings'],
  ['causes by page', '#/findings?group=page'],
  ['places of one cause', '#/findings/c0'],
  ['pages', '#/pages'],
  ['coverage', '#/coverage'],
] as const;

/** Notes in the page when the first screen has been painted, in milliseconds from the start of the navigation. */
const WATCH = `{
  const seen = new MutationObserver(() => {
    if (!document.querySelector('[data-report-screen] h1')) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => document.documentElement.setAttribute('data-painted', performance.now())));
  });
  seen.observe(document, { childList: true, subtree: true });
}`;

interface Scroll {
  readonly list: string;
  readonly frames: number;
  readonly pixels: number;
  readonly longTasks: readonly number[];
  /** Milliseconds that the longest task of the page's main thread spent on a processor, whoever else wanted one. */
  readonly longest: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

function longestOnProcessor(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(
    traceEvents
      .filter((e) => e.name === 'thread_name' && e.args?.name === 'CrRendererMain')
      .map((e) => `${e.pid} ${e.tid}`),
  );
  const tasks = traceEvents.filter((e) => e.ph === 'X' && /RunTask/.test(e.name) && mains.has(`${e.pid} ${e.tid}`));
  return Math.round(Math.max(0, ...tasks.map((e) => (e.tdur ?? 0) / 1000)));
}

/** Scrolls for a while, faster and faster, down and back; gives the long tasks of that time alone. */
async function scroll(page: Page, list: string, hash: string): Promise<Scroll> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.locator('main table[aria-rowcount]').first().waitFor();
  // The screen change itself is no scroll: wait until the browser has been idle.
  await page.evaluate('new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(resolve)))');
  await browser.startTracing(page, { categories: ['toplevel'] });
  const measured = await page.evaluate(
    () =>
      new Promise<{ frames: number; pixels: number; longTasks: number[] }>((resolve) => {
        const g = globalThis as unknown as {
          scrollY: number;
          scrollBy(x: number, y: number): void;
          PerformanceObserver: new (
            seen: (list: { getEntries(): { duration: number }[] }) => void,
          ) => { observe(o: object): void; disconnect(): void; takeRecords(): { duration: number }[] };
          requestAnimationFrame(run: () => void): void;
        };
        const longTasks: number[] = [];
        const observer = new g.PerformanceObserver((entries) =>
          longTasks.push(...entries.getEntries().map((e) => Math.round(e.duration))),
        );
        observer.observe({ type: 'longtask' });
        let frames = 0;
        let pixels = 0;
        const step = () => {
          frames += 1;
          const by = Math.min(1600, 40 + frames * 8) * (frames > 200 ? -1 : 1);
          g.scrollBy(0, by);
          pixels += Math.abs(by);
          if (frames < 300) g.requestAnimationFrame(step);
          else
            setTimeout(() => {
              longTasks.push(...observer.takeRecords().map((e) => Math.round(e.duration)));
              observer.disconnect();
              resolve({ frames, pixels, longTasks });
            }, 100);
        };
        g.requestAnimationFrame(step);
      }),
  );
  const longest = longestOnProcessor(await browser.stopTracing());
  return { list, ...measured, longest };
}

const folder = mkdtempSync(join(tmpdir(), 'stageflow-bench-report-'));
const executablePath = findBrowser();
if (executablePath === null) throw new Error('this bench needs Chromium: apt-get install chromium');
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
let missed = false;
try {
  const html = await renderHtml(largeReport(PAGES, PLACES), {
    template: await ensureReportTemplate(),
    readArtifact: async () => null,
  });
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  process.stdout.write(`report.html: ${PAGES} pages, ${PLACES} places, ${(html.length / 1e6).toFixed(1)} MB\n`);
  const opened: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.addInitScript(WATCH);
    await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
    await page.locator('html[data-painted]').waitFor();
    opened.push(Number(await page.locator('html').getAttribute('data-painted')));
    await page.close();
  }
  const open = opened.toSorted((a, b) => a - b)[1] ?? Infinity;
  missed ||= open > BOUNDS.open;
  process.stdout.write(
    `open to first screen: ${opened.map(Math.round).join(', ')} ms; median ${Math.round(open)} (bound ${BOUNDS.open})\n`,
  );
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  for (const [list, hash] of SCROLLED) {
    const { frames, pixels, longTasks, longest } = await scroll(page, list, hash);
    missed ||= longTasks.some((task) => task > BOUNDS.task);
    process.stdout.write(
      `scroll ${list}: ${frames} frames, ${pixels} px; ${longTasks.length === 0 ? 'no task over 50 ms' : `${longTasks.length} tasks over 50 ms, the longest ${Math.max(...longTasks)} ms`}; most on a processor ${longest} ms\n`,
    );
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`load of the machine: ${loadavg()[0]?.toFixed(1)}\n`);
process.exitCode = missed ? 1 : 0;
