import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from './html.ts';
import type { Report } from './schema.ts';
import { ensureReportTemplate } from './template.ts';
import { cause, hostileReport, place, sample } from './test/sample.ts';

const CHROMIUM = process.env['STAGEFLOW_TEST_CHROMIUM'] ?? '/usr/lib/chromium/chromium';

let folder: string;
let template: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stageflow-report-'));
  await chmod(folder, 0o755);
  template = await ensureReportTemplate(folder);
  // Root may not use Chromium's sandbox; the page under test is our own.
  browser = await chromium.launch({
    executablePath: existsSync(CHROMIUM) ? CHROMIUM : execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A picture of one colour, 40 by 30 pixels. */
function png(): Uint8Array {
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

/** Opens a report from disk with no network; `trouble` gathers whatever the console, the page or the network complains of. */
async function open(
  report: Report,
  options: { readonly javaScriptEnabled?: boolean; readonly hash?: string } = {},
): Promise<{ page: Page; trouble: string[] }> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.html`);
  await writeFile(file, await renderHtml(report, { template, readArtifact: async () => png() }));
  const context = await browser.newContext({ offline: true, javaScriptEnabled: options.javaScriptEnabled ?? true });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('dialog', (dialog) => (trouble.push(`dialog ${dialog.message()}`), dialog.dismiss()));
  page.on('request', (request) => {
    if (!/^(?:file|data):/.test(request.url())) trouble.push(`request ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href + (options.hash ?? ''));
  return { page, trouble };
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
    await page.getByRole('link', { name: 'Images must have an alternative text' }).click();
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
    for (const name of ['Pages', 'Coverage', 'Artifacts', 'Provenance']) {
      await page.getByRole('navigation', { name: 'Report' }).getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    expect(trouble).toEqual([]);
  });

  it('keeps the filter in the address, so that a link carries it', async () => {
    const { page, trouble } = await open(withPictures(), { hash: '#/findings?severity=moderate' });
    await page.getByText('1 of 3 causes').waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
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
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Heading levels skip');
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

  it('never puts 20,000 places on the screen at once', async () => {
    const places = Array.from({ length: 20_000 }, (_, i) => place({ selector: `li:nth-child(${i + 1})`, line: i + 1 }));
    const { page, trouble } = await open(sample([cause({ occurrences: places })]), { hash: '#/findings/aaaaaaaaaaaa' });
    await page.getByText('1–50 of 20,000 places').waitFor();
    expect(await page.getByRole('row').count()).toBe(51);
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.getByText('51–100 of 20,000 places').waitFor();
    expect(trouble).toEqual([]);
  });
});
