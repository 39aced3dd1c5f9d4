import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../engine/report/index.ts';
import { cause, hostileReport, place, sample } from '../../../engine/report/test/sample.ts';
import { mixedReport } from './mixed.ts';
import { type Reports, startReports } from './reports.ts';

let reports: Reports;
beforeAll(async () => {
  reports = await startReports();
});
afterAll(() => reports?.close());

/** Opens a report from disk. */
async function open(report: Report, options: { readonly javaScriptEnabled?: boolean; readonly hash?: string } = {}) {
  const address = await reports.write(report);
  return reports.visit(address + (options.hash ?? ''), { javaScriptEnabled: options.javaScriptEnabled ?? true });
}

const shot = 'job1/axe/evidence/p0000000000000001/a.png';
const full = 'job1/page/evidence/p0000000000000001/page.png';

function withPictures(): Report {
  const base = sample([
    cause({
      occurrences: [
        place({ screenshot: shot, box: { x: 4, y: 5, width: 10, height: 8 } }),
        place({ selector: 'footer > img', line: 90 }),
      ],
    }),
    cause({
      id: 'bbbbbbbbbbbb',
      fingerprint: 'b'.repeat(32),
      title: 'Heading levels skip',
      severity: 'moderate',
      occurrences: [place({ selector: 'h4' })],
    }),
    cause({
      id: 'cccccccccccc',
      fingerprint: 'c'.repeat(32),
      title: 'Contrast may be low',
      outcome: 'needs-review',
      occurrences: [place({ outcome: 'needs-review' })],
    }),
  ]);
  return { ...base, pages: base.pages.map((p) => ({ ...p, screenshot: full })) };
}

describe('report.html in a browser, from disk, without a network', () => {
  it('shows verdict, coverage and what to fix first, with no word of complaint', async () => {
    const { page, trouble } = await open(withPictures());
    await page.getByRole('heading', { level: 1, name: '3 things to fix on 1 page.' }).waitFor();
    expect(await page.getByText('1 of 1 page scanned.').count()).toBe(1);
    await page.getByRole('link', { name: 'Images must have an alternative text' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Images must have an alternative text' }).waitFor();
    expect(
      await page
        .getByRole('img', { name: /element on/ })
        .evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth),
    ).toBe(40);
    expect(await page.getByText('index.html:12:3').count()).toBe(1);
    await page.getByRole('button', { name: 'Show on the full page' }).click();
    await page.locator('svg rect').waitFor();
    await page.keyboard.press(']');
    await page.getByText('Place 2 of 2').waitFor();
    await page.keyboard.press('[');
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: /element on/ });
    await dialog.waitFor();
    for (let n = 0; n < 4; n += 1) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate(
          'document.activeElement === document.body || document.activeElement.closest("dialog") !== null',
        ),
      ).toBe(true);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByText('./stageflow scan shop.zip -m axe').count()).toBe(1);
    expect(await page.getByText('they hear a file name').count()).toBe(1);
    for (const name of ['Pages', 'Coverage', 'Artifacts', 'Provenance']) {
      await page.getByRole('navigation', { name: 'Report' }).getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    expect(trouble).toEqual([]);
  });

  it('keeps the filter in the address, so that a link carries it', async () => {
    const { page, trouble } = await open(withPictures(), { hash: '#/findings?severity=moderate' });
    await page.getByText('1 of 3 causes').waitFor();
    expect(await page.getByRole('table', { name: 'Causes' }).getByRole('row').count()).toBe(2);
    await page.getByRole('button', { name: /Moderate/ }).click();
    await page.getByText('3 causes').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('contrast zzz');
    await page.getByText('Nothing matches all of these together').waitFor();
    expect(new URL(page.url()).hash).toBe('#/findings?q=contrast+zzz');
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('3 causes').waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Heading levels skip');
    expect(trouble).toEqual([]);
  });

  it('shows hostile texts as texts on every screen', async () => {
    const report = hostileReport();
    const { page, trouble } = await open(report);
    for (const hash of [
      '#/',
      '#/findings',
      `#/findings/${report.findings[0]?.id}`,
      '#/pages',
      '#/coverage',
      '#/provenance',
    ]) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.locator('main').getByText('alert(1)').first().waitFor();
      const links = await page
        .locator('a')
        .evaluateAll((all) => all.map((a) => (a as unknown as { protocol: string }).protocol));
      expect(new Set([...links, 'file:', 'http:'])).toEqual(new Set(['file:', 'http:']));
      expect(await page.locator('img, iframe, object').count()).toBeLessThanOrEqual(1);
    }
    expect(trouble).toEqual([]);
  });

  it('shows verdict and causes with JavaScript off', async () => {
    const { page } = await open(withPictures(), { javaScriptEnabled: false });
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('3 things to fix on 1 page.');
    expect(await page.getByRole('row').count()).toBe(4);
  });

  it('puts the list together by page, tells which part of a filter to drop, and keeps both in the address', async () => {
    const { page, trouble, close } = await open(withPictures(), {
      hash: '#/findings?group=page&q=page:/nowhere*+logo',
    });
    await page.getByText('Nothing matches all of these together').waitFor();
    await page.getByRole('button', { name: /without “page:\/nowhere\*”/ }).click();
    expect(new URL(page.url()).hash).toBe('#/findings?group=page&q=logo');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1 }).click();
    for (const [key, group] of [
      ['r', '?group=rule&q=logo'],
      ['n', '?q=logo'],
      ['p', '?group=page&q=logo'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await expect.poll(() => new URL(page.url()).hash).toBe(`#/findings${group}`);
    }
    await page.getByLabel('Search').fill('severity:moderate,review page:/index*');
    await page.getByText('2 of 3 causes').waitFor();
    expect(await page.getByRole('rowheader').allTextContents()).toEqual([
      '/index.html 2 causes',
      expect.stringContaining('Heading levels skip'),
      expect.stringContaining('Contrast may be low'),
    ]);
    expect(trouble).toEqual([]);
    await close();
  });

  it('holds 20,000 places with few of them in the page, counts them all, and shows the last at the end', async () => {
    const places = Array.from({ length: 20_000 }, (_, i) => place({ selector: `li:nth-child(${i + 1})`, line: i + 1 }));
    const { page, trouble, close } = await open(sample([cause({ occurrences: places })]), {
      hash: '#/findings/aaaaaaaaaaaa',
    });
    const table = page.getByRole('table', { name: 'Places' });
    await table.waitFor();
    expect(await table.getAttribute('aria-rowcount')).toBe('20001');
    await page.keyboard.press('End');
    await table.getByText('li:nth-child(20000)', { exact: true }).waitFor();
    expect(await table.locator('tbody tr').count()).toBeLessThan(200);
    expect(trouble).toEqual([]);
    await close();
  });

  it('finds out, when asked, whether the files were sent along, and offers none that were not', async () => {
    const [report, options] = mixedReport();
    const { page, close } = await reports.visit(`${await reports.write(report, options)}#/artifacts`);
    const har = { key: 'job1/page/evidence/x/network.har.zst', size: 9, sha256: null, kind: 'har' } as const;
    const more: Report = { ...report, artifacts: [...report.artifacts, { ...har, scanner: null, pageId: null }] };
    await page.goto(`${await reports.write(more, options)}#/artifacts`);
    await page.getByText('where it was sent on alone, they stayed behind').waitFor();
    await page.getByRole('link', { name: /^Save .*network\.har/ }).waitFor();
    expect(await page.getByRole('link', { name: /^HTML/ }).count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Look whether they are here' }).click();
    await page.getByText('They are not here.').waitFor();
    expect(await page.getByRole('link', { name: /^(?:HTML|JSON|Save .*network\.har)/ }).count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Search the files' }).fill('network');
    await page.getByText('1 of 4 files').waitFor();
    expect(new URL(page.url()).hash).toBe('#/artifacts?q=network');
    await close();
  });

  it('walks a long list by keyboard, row after row, far beyond what stood in the page at first', async () => {
    const causes = Array.from({ length: 400 }, (_, i) =>
      cause({ id: `c${i}`, fingerprint: `${i}`.padStart(32, '0'), title: `Cause number ${i}` }),
    );
    const { page, close } = await open(sample(causes), { hash: '#/findings' });
    await page.getByRole('table', { name: 'Causes' }).waitFor();
    for (let n = 0; n <= 120; n += 1) {
      await page.keyboard.press('j');
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe(`Cause number ${n}`);
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Cause number 120' }).waitFor();
    await close();
  });

  it('prints everything: folded parts open, every row there, links spelt out', async () => {
    const causes = Array.from({ length: 200 }, (_, i) =>
      cause({ id: `c${i}`, fingerprint: `${i}`.padStart(32, '0'), title: `Cause number ${i}` }),
    );
    const { page, close } = await open(sample(causes), { hash: '#/findings' });
    await page.getByRole('table', { name: 'Causes' }).waitFor();
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('table', { name: 'Causes' }).locator('tbody tr').count()).toBe(200);
    expect(
      await page
        .locator('thead')
        .first()
        .evaluate((e) => getComputedStyle(e as never).display as string),
    ).toBe('table-header-group');
    await page.evaluate('dispatchEvent(new Event("afterprint")); location.hash = "#/overview"');
    await page.getByRole('heading', { level: 1, name: '200 things to fix' }).waitFor();
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    await page.getByRole('heading', { level: 2, name: 'Cause number 199' }).waitFor();
    await page.getByRole('heading', { level: 1, name: 'Provenance' }).waitFor();
    const link = page.getByRole('link', { name: 'WCAG 2.2 1.1.1' }).first();
    expect(await link.evaluate((e) => getComputedStyle(e as never, '::after').content as string)).toContain(
      'www.w3.org',
    );
    await close();
  });
});
declare function getComputedStyle(
  element: unknown,
  pseudo?: string,
): { readonly display: string; readonly content: string };
