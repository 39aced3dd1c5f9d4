import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

/**
 * The bare tools, in a process of their own: `node bare.ts axe|lighthouse <chromium> <url...>`.
 * axe: one plain Chromium, one tab, inject and run. Lighthouse: one warm Chromium, one run a page, its default settings.
 * Prints `first page: <seconds>`, counted from the start of this program.
 */
const [tool, executablePath = '', ...urls] = process.argv.slice(2);
// The benchmark may be root's; these pages are our own. The product itself never does this.
const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

const told = (index: number) => {
  if (index === 0) process.stdout.write(`first page: ${(performance.now() / 1000).toFixed(3)}\n`);
};

if (tool === 'axe') {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const browser = await chromium.launch({ executablePath, args: root });
  const page = await browser.newPage();
  for (const [index, url] of urls.entries()) {
    await page.goto(url, { waitUntil: 'load' });
    await page.evaluate(source);
    await page.evaluate('axe.run(document)');
    told(index);
  }
  await browser.close();
} else {
  const { default: lighthouse } = await import('lighthouse');
  const { launch } = await import('puppeteer-core');
  const browser = await launch({ executablePath, pipe: true, args: root });
  for (const [index, url] of urls.entries()) {
    const page = await browser.newPage();
    await lighthouse(url, { logLevel: 'error' }, undefined, page);
    told(index);
    await page.close();
  }
  await browser.close();
}
