import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

/**
 * The bare tools, in a process of their own: `node bare.ts axe|lighthouse <chromium> <url...>`.
 * axe: one plain Chromium, one tab, inject and run. Lighthouse: one warm Chromium, one run a page, its default settings.
 */
const [tool, executablePath = '', ...urls] = process.argv.slice(2);
// The benchmark may be root's; these pages are our own. The product itself never does this.
const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

if (tool === 'axe') {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const browser = await chromium.launch({ executablePath, args: root });
  const page = await browser.newPage();
  for (const url of urls) {
    await page.goto(url, { waitUntil: 'load' });
    await page.evaluate(source);
    await page.evaluate('axe.run(document)');
  }
  await browser.close();
} else {
  const { default: lighthouse } = await import('lighthouse');
  const { launch } = await import('puppeteer-core');
  const browser = await launch({ executablePath, pipe: true, args: root });
  for (const url of urls) {
    const page = await browser.newPage();
    await lighthouse(url, { logLevel: 'error' }, undefined, page);
    await page.close();
  }
  await browser.close();
}
