import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureReportTemplate, Report, renderHtml } from '../../engine/report/index.ts';
import { mixedReport } from '../integration/report/mixed.ts';
import { cli, createHome, leftovers } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';

/** Screens of the report, each under an address of its own: a fragment is no page to a scan, but browsers carry one through a redirect. */
const SCREENS: Readonly<Record<string, string>> = {
  overview: '#/overview',
  finding: '#/findings/c1',
  pages: '#/pages',
  page: '#/pages/p0000000000000001',
};

const home = createHome();
let site: SiteServer;
beforeAll(async () => {
  const [report, options] = mixedReport();
  const html = await renderHtml(report, {
    template: await ensureReportTemplate(),
    readArtifact: async () => null,
    ...options,
    assetBase: null,
  });
  site = await serveSite(new Map(), ({ url }) => {
    const [, screen = '', file] = url.split('/');
    if (!(screen in SCREENS)) return null;
    if (file !== 'report.html')
      return { status: 302, headers: { location: `/${screen}/report.html${SCREENS[screen]}` } };
    return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: html };
  });
});
afterAll(async () => {
  await site?.close();
  home.dispose();
});

/** Scans every screen; the exit code must say that nothing is missing. */
async function scanScreens(...options: readonly string[]): Promise<Report> {
  const urls = Object.keys(SCREENS).map((screen) => `${site.origin}/${screen}`);
  const { code, stdout, stderr } = await cli(
    [
      'scan',
      ...urls,
      '--no-crawl',
      '--allow-host',
      site.host,
      '--pages',
      'all',
      '--json',
      '--progress',
      'plain',
      ...options,
    ],
    { home: home.path },
  );
  expect(code, stderr).toBe(0);
  return Report.parse(JSON.parse(stdout));
}

/** A score of Lighthouse for each screen. */
function scoresOf(report: Report, id: string): number[] {
  const scores = report.scanners.find((scanner) => scanner.id === 'lighthouse')?.scores ?? [];
  return scores.find((score) => score.id === id)?.pages.map((page) => page.value ?? 0) ?? [];
}

describe('Stageflow scans its own offline report with every module', () => {
  it('and finds no accessibility fault, full marks for accessibility and best practices, and a fast page', async () => {
    const urls = Object.keys(SCREENS);
    const report = await scanScreens();
    expect(report.coverage.totals).toMatchObject({ pagesScanned: urls.length, cellsFailed: 0, cellsMissing: 0 });
    const told = report.findings
      .filter((f) => f.outcome === 'fail' && f.witnesses.some((w) => w.scanner === 'axe'))
      .map(
        (f) =>
          `${f.outcome} ${f.issue}: ${f.occurrences.map((o) => `${o.url} ${o.selector} ${o.message}`).join(' | ')}`,
      );
    expect(told).toEqual([]);
    // Where the standards can be read lies outside, and this machine may have no way there.
    const links = report.findings.filter(
      (f) => f.category === 'links' && f.issue !== 'link-checker/broken-link-external',
    );
    expect(links.map((f) => f.title)).toEqual([]);
    const full = urls.map(() => 100);
    expect({
      accessibility: scoresOf(report, 'accessibility'),
      'best-practices': scoresOf(report, 'best-practices'),
    }).toEqual({
      accessibility: full,
      'best-practices': full,
    });
    // A busy machine can only make a page look slower than it is: the best of three measurements is the page's own.
    let speed = Math.min(...scoresOf(report, 'performance'));
    for (let again = 0; again < 2 && speed < 95; again += 1)
      speed = Math.max(speed, Math.min(...scoresOf(await scanScreens('-m', 'lighthouse'), 'performance')));
    expect(speed).toBeGreaterThanOrEqual(95);
    expect(leftovers(home.path)).toEqual([]);
  }, 600_000);
});
