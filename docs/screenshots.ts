/**
 * Takes the pictures of the documentation from a real job: `npm run docs:screenshots`. It scans test/sites/shop.zip with the command line (needs
 * what a scan needs), opens what came out in Chromium, and writes each picture light and dark with the page that says what it proves.
 * `--from FOLDER` takes a report that `scan -o FOLDER` wrote before.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findBrowser } from '../engine/pod/preflight/browser.ts';
import { Report } from '../engine/report/index.ts';
import { SHOTS } from './screenshots/shots.ts';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(import.meta.dirname, 'screenshots');
const SCHEMES = ['light', 'dark'] as const;

const at = process.argv.indexOf('--from');
const given = at === -1 ? undefined : process.argv[at + 1];
const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'stageflow-screenshots-')) : resolve(given);
if (given === undefined) {
  const scan = spawnSync(
    join(ROOT, 'stageflow'),
    ['scan', join(ROOT, 'test/sites/shop.zip'), '-o', folder, '-f', 'json,html'],
    {
      stdio: ['ignore', 2, 2],
    },
  );
  if (scan.status !== 0) throw new Error(`the scan ended with ${scan.status}`);
}
const executablePath = findBrowser();
if (executablePath === null) throw new Error('pictures need Chromium: apt-get install chromium');
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  const stage = {
    report: Report.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))),
    reportAddress: pathToFileURL(join(folder, 'report.html')).href,
  };
  for (const { name, show } of SHOTS) {
    for (const colorScheme of SCHEMES) {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width: 1280, height: 860 },
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await show(page, stage);
      await page.evaluate('document.fonts.ready');
      await page.screenshot({ path: join(OUT, fileOf(name, colorScheme)) });
      await context.close();
    }
  }
} finally {
  await browser.close();
  if (given === undefined) rmSync(folder, { recursive: true, force: true });
}
writeFileSync(join(OUT, 'README.md'), page());

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
  return `# Pictures\n\nTaken by \`npm run docs:screenshots\` from a scan of \`test/sites/shop.zip\`; the list is \`shots.ts\`.\n\n${rows.join('\n')}`;
}
