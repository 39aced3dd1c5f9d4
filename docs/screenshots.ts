/**
 * Takes the pictures of the documentation from real jobs: `npm run docs:screenshots`. It starts a server, scans test/sites/shop.zip and its
 * repaired twin (needs what a scan needs), opens the screens in Chromium, and writes each picture light and dark with the page that says what it
 * proves.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findBrowser } from '../engine/pod/preflight/browser.ts';
import { Report } from '../engine/report/index.ts';
import { FINISHED_SHOTS, LIVE_SHOTS, type Shot, SHOTS } from './screenshots/shots.ts';
import { openStudio } from './screenshots/studio.ts';

const OUT = join(import.meta.dirname, 'screenshots');
const SCHEMES = ['light', 'dark'] as const;

const executablePath = findBrowser();
if (executablePath === null) throw new Error('pictures need Chromium: apt-get install chromium');
const folder = mkdtempSync(join(tmpdir(), 'stageflow-pictures-'));
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
const studio = await openStudio();
try {
  const { origin, token } = studio;
  const before = await studio.submit('shop.zip', 'Shop, as found');
  // Both schemes at once: a run does not wait for the second picture.
  for (const shot of LIVE_SHOTS)
    await Promise.all(SCHEMES.map((scheme) => take(shot, scheme, { origin, token, jobId: before })));
  await studio.done(before);
  const after = await studio.submit('shop-repaired.zip', 'Shop, repaired');
  await studio.done(after);
  const file = join(folder, 'report.html');
  writeFileSync(file, await studio.report(before, 'html'));
  const report = Report.parse(JSON.parse(await studio.report(before, 'json')));
  const stage = { origin, token, before, after, report, reportAddress: pathToFileURL(file).href };
  for (const shot of FINISHED_SHOTS) for (const scheme of SCHEMES) await take(shot, scheme, stage);
} finally {
  await browser.close();
  await studio.close();
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync(join(OUT, 'README.md'), page());

/** Takes one picture in one scheme. */
async function take<T>({ name, show }: Shot<T>, colorScheme: (typeof SCHEMES)[number], stage: T): Promise<void> {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
  });
  // The first visitor waits until the app is built.
  context.setDefaultNavigationTimeout(180_000);
  const page = await context.newPage();
  await show(page, stage);
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(OUT, fileOf(name, colorScheme)) });
  await context.close();
}

/** The light picture bears the plain name. */
function fileOf(name: string, scheme: (typeof SCHEMES)[number]): string {
  return scheme === 'light' ? `${name}.png` : `${name}-dark.png`;
}

/** The page beside the pictures: each with what it proves. */
function page(): string {
  const rows = SHOTS.map(
    ({ name, alt }) =>
      `## ${name}\n\n${alt}\n\n${SCHEMES.map((scheme) => `![${alt} (${scheme})](${fileOf(name, scheme)})`).join('\n')}\n`,
  );
  return `# Pictures\n\nTaken by \`npm run docs:screenshots\` from scans of \`test/sites/shop.zip\` and its repaired twin on a server; the list is \`shots.ts\`.\n\n${rows.join('\n')}`;
}
