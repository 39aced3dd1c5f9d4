import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PageStatus, CellOutcome } from '../../engine/scanner/protocol.ts';
import { againstPublishedSchema } from '../conformance/published-schema.ts';
import { cli, createHome, leftovers, site } from '../e2e/cli.ts';
import { LEFT_OUT, rowsOfSuite } from '../suite.ts';
import { EXACT, type Expected, expectedOf, judge, reportAt, Row } from './judge.ts';
import type { Variant } from './variants.ts';

const MODULES = ['axe', 'lighthouse', 'link-checker', 'security-headers', 'seo'];
/** Modules that share the one navigation of a page. */
const PAGE_MODULES = MODULES.filter((id) => id !== 'lighthouse');
/** Lighthouse takes its time on a machine of two cores. */
const SCAN = 600_000;

const home = createHome();
afterAll(() => home.dispose());

const sites = readdirSync(import.meta.dirname).flatMap(
  (name) => /^(.+)(?<!^awkward|^navigator)\.expected\.json$/.exec(name)?.[1] ?? [],
);

async function scan(archive: string, ...args: readonly string[]) {
  const output = join(home.path, 'out', archive);
  const run = await cli(['scan', site(archive), '-o', output, '-f', 'json', ...args], { home: home.path });
  const file = join(output, 'report.json');
  return { ...run, report: () => reportAt(file), parsed: (): unknown => JSON.parse(readFileSync(file, 'utf8')) };
}

const address = (expected: Expected) => (expected.siteUrl === undefined ? [] : ['--site-url', expected.siteUrl]);

const { run: now, leftOut } = rowsOfSuite(sites, (name) => name === 'shop');
describe.each(now)('%s', judgeSite);
describe.skip.each(leftOut)(`%s ${LEFT_OUT}`, judgeSite);

function judgeSite(name: string): void {
  const expected = expectedOf(name);

  it.each<{ readonly variant: Variant; readonly archive: string; readonly exit: number }>([
    { variant: 'broken', archive: `${name}.zip`, exit: 1 },
    { variant: 'repaired', archive: `${name}-repaired.zip`, exit: 0 },
  ])(
    'the $variant twin gives what its list says and nothing else, and exit $exit with a gate',
    async ({ variant, archive, exit }) => {
      const run = await scan(archive, '--fail-on', 'serious', ...address(expected));
      expect(run.code, run.stderr + run.stdout).toBe(exit);
      const report = run.report();
      expect(report.verdict.status).toBe('complete');
      expect(report.job.modules.toSorted()).toEqual(MODULES);
      expect(judge(report, expected, { variant })).toEqual(EXACT);
      expect(againstPublishedSchema(run.parsed())).toEqual([]);
    },
    SCAN,
  );

  it('has faults for all five modules, and some that only script makes', () => {
    const witnesses = new Set(expected.faults.flatMap((fault) => fault.found.map((row) => row.scanner)));
    expect([...witnesses].toSorted()).toEqual(MODULES);
    expect(expected.faults.length).toBeGreaterThanOrEqual(name === 'spa' ? 15 : 40);
    expect(expected.faults.filter((fault) => fault.afterScript).length).toBeGreaterThanOrEqual(8);
  });
}

describe('a site with faults', () => {
  it(
    'is green as long as no gate is set',
    async () => {
      const run = await scan('shop.zip', '-m', 'security-headers', ...address(expectedOf('shop')));
      expect(run.code, run.stderr + run.stdout).toBe(0);
      expect(run.report().summary.causes.serious).toBeGreaterThan(0);
    },
    SCAN,
  );
});

const awkward = rowsOfSuite(['the awkward pages'], () => false);
describe.each(awkward.run)('%s', judgeAwkward);
describe.skip.each(awkward.leftOut)(`%s ${LEFT_OUT}`, judgeAwkward);

function judgeAwkward(): void {
  const Awkward = z.strictObject({
    site: z.literal('awkward'),
    /** Outcomes that a page may have, and its cells in every module. */
    pages: z.record(
      z.string(),
      z.strictObject({
        status: z.array(PageStatus),
        codes: z.array(z.string().nullable()),
        cells: z.array(CellOutcome),
      }),
    ),
    found: z.array(Row),
  });
  const expected = Awkward.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'awkward.expected.json'), 'utf8')));
  let run: Awaited<ReturnType<typeof scan>>;
  beforeAll(async () => {
    // Twice what the largest page needs where other work keeps both cores busy; the endless one costs all of it.
    run = await scan('awkward.zip', '-m', PAGE_MODULES.join(','), '--page-timeout', '40');
  }, SCAN);

  it('cost only themselves: the job ends with a report that says what is missing', () => {
    expect(run.code, run.stderr + run.stdout).toBe(3);
    expect(run.report().verdict.status).toBe('incomplete');
    expect(againstPublishedSchema(run.parsed())).toEqual([]);
  });

  it('are all there, each with the outcome that it must have', () => {
    const report = run.report();
    const paths = new Map(report.pages.map((page) => [page.id, page.path]));
    const seen = report.coverage.pages.filter((page) => page.pageId !== '_site');
    expect(seen.map((page) => paths.get(page.pageId)).toSorted()).toEqual(Object.keys(expected.pages).toSorted());
    for (const page of seen) {
      const path = paths.get(page.pageId) ?? '';
      const allowed = expected.pages[path];
      expect(allowed?.status, path).toContain(page.status);
      expect(allowed?.codes, path).toContain(page.code);
      for (const cell of page.modules) expect(allowed?.cells, `${path} ${cell.scanner}`).toContain(cell.outcome);
    }
  });

  it('give no finding that is not true', () => {
    const what = 'What is to be said of the awkward pages.';
    const faults = [{ id: 'awkward', afterScript: false, what, found: expected.found }];
    const list: Expected = { site: 'awkward', faults, review: [], facts: [] };
    expect(judge(run.report(), list, { variant: 'broken' })).toEqual(EXACT);
  });
}

describe('after all of them', () => {
  it('nothing is left behind', () => {
    expect(leftovers(home.path)).toEqual([]);
  });
});
