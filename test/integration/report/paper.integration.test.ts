import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cause, sample } from '../../../engine/report/test/sample.ts';
import { mixedReport } from './mixed.ts';
import { type Reports, startReports } from './reports.ts';

let reports: Reports;
beforeAll(async () => {
  reports = await startReports();
});
afterAll(() => reports?.close());

/** What is written in a PDF outside its compressed streams: the titles of its outline, the names of its figures, how many pages it has. */
interface Paper {
  readonly titles: readonly string[];
  readonly figures: readonly string[];
  readonly pages: number;
  readonly pictures: number;
}

/** Prints what is shown to a real PDF, as the browser's own dialog does. */
async function print(page: Page): Promise<Paper> {
  const text = (await page.pdf({ format: 'A4', tagged: true, outline: true, printBackground: true })).toString(
    'latin1',
  );
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);
  return {
    titles: all(/\/Title \((.*?)\)\s/g),
    figures: all(/\/Alt \((.*?)\)\s/g),
    pages: all(/(\/Type \/Page)\s/g).length,
    pictures: all(/(\/Subtype \/Image)\s/g).length,
  };
}

/** What is wider than its box and hidden by it, or stands out of a sheet of A4, while the screen is laid out for paper. */
const CUT = `[...document.querySelectorAll('main *')].flatMap((element) => {
  const { overflowX, display } = getComputedStyle(element);
  const { right, width } = element.getBoundingClientRect();
  if (width <= 1 || display === 'inline' || element.closest('svg')) return [];
  const cut = overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
  return cut || right > innerWidth + 1 ? [element.tagName + ' ' + element.className + ' ' + element.textContent.slice(0, 60)] : [];
})`;

/** A word that is broken in the middle because its column is too narrow: a cell of a table narrower than 5 letters of its text. */
const SQUEEZED = `[...document.querySelectorAll('main td, main th')].flatMap((cell) => {
  const words = cell.textContent.trim().split(/\\s+/);
  const { width } = cell.getBoundingClientRect();
  return width > 1 && words.some((word) => word.length > 4) && width < 44 ? [Math.round(width) + ' px: ' + cell.textContent.slice(0, 60)] : [];
})`;

describe('on paper', () => {
  it('the first screen gives every finding in full, every drawing and every picture, and cuts nothing', async () => {
    const [report, options] = mixedReport();
    const { page, trouble, close } = await reports.visit(await reports.write(report, options));
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    const { titles, figures, pictures, pages } = await print(page);
    expect(titles).toEqual(
      expect.arrayContaining([
        ...report.findings.map(({ title }) => title),
        ...['Fix first', expect.stringContaining('Scores'), 'Requests that were refused', 'Machine'],
      ]),
    );
    // The pages were never visited, and their drawing is there all the same.
    expect(figures).toEqual(['How many pages a cause shows on', 'How pages link to each other']);
    expect(pictures).toBeGreaterThan(0);
    expect(pages).toBeGreaterThan(4);
    expect(trouble).toEqual([]);
    await close();
  });

  it('a list of findings gives every one that the filter leaves, and no other', async () => {
    const causes = Array.from({ length: 200 }, (_, i) =>
      cause({
        id: `c${i}`,
        fingerprint: `${i}`.padStart(32, '0'),
        title: `Cause number ${i}`,
        severity: i % 2 === 0 ? 'serious' : 'minor',
      }),
    );
    const address = await reports.write(sample(causes));
    const { page, close } = await reports.visit(`${address}#/findings?severity=minor`);
    await page.getByRole('status').filter({ hasText: '100 of 200 causes' }).waitFor();
    await page.setViewportSize({ width: 688, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    const titles = await page
      .getByRole('table', { name: 'Causes' })
      .getByRole('rowheader')
      .getByRole('link')
      .allTextContents();
    expect(titles).toEqual(causes.filter(({ severity }) => severity === 'minor').map(({ title }) => title));
    expect((await print(page)).pages).toBeGreaterThan(4);
    await close();
  });

  it('no screen is wider than a sheet, hides text, or squeezes a column until its words break', async () => {
    const [report, options] = mixedReport();
    const { page, close } = await reports.visit(await reports.write(report, options));
    await page.emulateMedia({ media: 'print' });
    // A4 at 96 dots an inch, without the margins.
    await page.setViewportSize({ width: 688, height: 1000 });
    const screens = [
      'overview',
      'findings',
      'findings/c1',
      'pages',
      'pages/p0000000000000001',
      'coverage',
      'artifacts',
      'provenance',
    ];
    const told: string[] = [];
    for (const screen of screens) {
      await page.evaluate(`dispatchEvent(new Event("afterprint")); location.hash = "#/${screen}"`);
      await page
        .locator(`[data-report-screen="${screen.split('/')[0]}"] h1`)
        .first()
        .waitFor();
      await page.evaluate('dispatchEvent(new Event("beforeprint"))');
      const found = [...((await page.evaluate(CUT)) as string[]), ...((await page.evaluate(SQUEEZED)) as string[])];
      told.push(...found.map((what) => `${screen}: ${what}`));
      const drawings = await page.getByRole('img', { name: /./ }).and(page.locator('svg')).all();
      for (const drawing of drawings) expect((await drawing.boundingBox())?.width).toBeGreaterThan(100);
    }
    expect(told).toEqual([]);
    await close();
  });
});
