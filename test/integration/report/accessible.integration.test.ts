import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixedReport } from './mixed.ts';
import { type Reports, startReports } from './reports.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let reports: Reports;
beforeAll(async () => {
  reports = await startReports();
});
afterAll(() => reports?.close());

const SCREENS = [
  '#/overview',
  '#/findings',
  '#/findings?group=page',
  '#/findings?q=nothing-at-all',
  '#/findings/c1',
  '#/pages',
  '#/pages/p0000000000000001',
  '#/coverage',
  '#/artifacts',
  '#/provenance',
] as const;

/** WCAG 2.2 A and AA and axe's best practices, and AAA for the contrast of text. */
const RULES = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: { 'color-contrast-enhanced': { enabled: true }, 'target-size': { enabled: true } },
};

describe.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 320],
] as const)('in %s at %i px, axe finds nothing', (colorScheme, width) => {
  it.each(SCREENS)('on %s', async (hash) => {
    const address = await reports.write(...mixedReport());
    const { page, trouble, close } = await reports.visit(address + hash, {
      colorScheme,
      viewport: { width, height: 800 },
    });
    await page.locator('main h1').waitFor();
    await page.evaluate(axe);
    const violations = await page.evaluate(
      (rules) =>
        (
          globalThis as unknown as {
            axe: {
              run(
                a: unknown,
                b: unknown,
              ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
            };
          }
        ).axe
          .run('html', rules)
          .then(({ violations }) =>
            violations.map(
              (v) =>
                `${v.id}: ${v.nodes
                  .map((n) => `${n.html} ${n.failureSummary}`)
                  .slice(0, 3)
                  .join(' | ')}`,
            ),
          ),
      RULES,
    );
    expect(violations).toEqual([]);
    expect(trouble).toEqual([]);
    await close();
  });
});
