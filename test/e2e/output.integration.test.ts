import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Report } from '../../engine/report/index.ts';
import { launchBrowser } from '../integration/web/web.ts';
import { cli, createHome, leftovers, site } from './cli.ts';

const home = createHome();
const out = mkdtempSync(join(tmpdir(), 'stageflow-out-'));
afterAll(() => {
  home.dispose();
  rmSync(out, { recursive: true, force: true });
});

const TWO_PAGES = ['-m', 'axe,seo', '--max-pages', '2'];

/** Opens a report as a person does, and each of its screens: their names, what the browser asked a network for, and what went wrong. */
async function openedFromDisk(path: string) {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const asked: string[] = [];
    const trouble: string[] = [];
    page.on('request', (request) => {
      if (!/^(?:file|data|blob):/.test(request.url())) asked.push(request.url());
    });
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    await page.goto(pathToFileURL(path).href);
    const links = page.getByRole('navigation', { name: 'Report' }).getByRole('link');
    await links.first().waitFor();
    const screens = await links.allTextContents();
    for (const name of screens) {
      await links.getByText(name, { exact: true }).click();
      await page
        .getByRole('navigation', { name: 'Report' })
        .locator('a[aria-current=page]', { hasText: name })
        .waitFor();
    }
    return { screens, asked, trouble };
  } finally {
    await browser.close();
  }
}

describe('what a scan leaves for other programs', () => {
  it('--json prints one document of the contract and nothing else; every format is written', async () => {
    const formats = ['-f', 'json,html,sarif,junit,csv,md,gitlab', '-o', out];
    const result = await cli(['scan', site('docs.zip'), ...TWO_PAGES, '--json', ...formats], { home: home.path });
    expect(result.code, result.stderr.slice(-2000)).toBe(0);
    const report = Report.parse(JSON.parse(result.stdout));
    expect(Report.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')))).toEqual(report);
    expect(report.coverage.skipped.map((row) => row.reason)).toContain('page-cap');
    const sarif = JSON.parse(readFileSync(join(out, 'report.sarif'), 'utf8')) as { version: string; runs: unknown[] };
    expect([sarif.version, sarif.runs.length]).toEqual(['2.1.0', 2]);
    for (const name of ['report.html', 'report.junit.xml', 'report.csv', 'report.md', 'gl-accessibility.json']) {
      expect(existsSync(join(out, name)), name).toBe(true);
    }
    // Evidence lies beside the report under the keys that it names.
    const missing = report.artifacts
      .map((a) => a.key.slice(report.job.id.length + 1))
      .filter((path) => path.includes('/') && !existsSync(join(out, path)));
    expect(missing).toEqual([]);
    expect(await openedFromDisk(join(out, 'report.html'))).toEqual({
      screens: ['Overview', `Findings ${report.findings.length}`, 'Pages', 'Coverage', 'Artifacts', 'Provenance'],
      asked: [],
      trouble: [],
    });
    expect(leftovers(home.path)).toEqual([]);
  });

  it('a gate that fails gives 1 and says why; a missing score never passes', async () => {
    const gates = ['--fail-on', 'serious', '--min-score', 'performance=10'];
    const result = await cli(['scan', site('docs.zip'), ...TWO_PAGES, ...gates], { home: home.path });
    expect(result.code, result.stderr.slice(-2000)).toBe(1);
    expect(result.stdout).toMatch(/the limit is none of severity serious or worse/);
    expect(result.stdout).toMatch(/performance has no score/);
    expect(result.stdout.trim().split('\n').at(-1)).toMatch(/exit 1/);
  });

  it('a page whose tab dies makes the scan incomplete: exit 3, with a report', async () => {
    const result = await cli(['scan', site('awkward.zip'), '-m', 'seo', '--max-pages', '6'], { home: home.path });
    expect(result.code, result.stderr.slice(-2000)).toBe(3);
    expect(result.stdout).toMatch(/not green \(exit 3\)/);
  });
});
