import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../engine/report/index.ts';
import { filledReport } from './filled.ts';
import { addressesOf, harm, HARMLESS, TEXTS } from './harm.ts';
import { type Reports, startReports } from './reports.ts';

let reports: Reports;
beforeAll(async () => {
  reports = await startReports();
});
afterAll(() => reports?.close());

describe.each([0, 1] as const)('a report whose every text field is hostile (form %i of its choices)', (choice) => {
  it.each(TEXTS)('%s run nothing, lead nowhere and break no layout', async (_, text) => {
    const report = filledReport({ text, choice });
    const address = await reports.write(report);
    for (const width of [320, 1280]) {
      const { page, trouble, close } = await reports.visit(address, { viewport: { width, height: 800 } });
      for (const hash of addressesOf(report)) {
        await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
        await page.locator('main h1').first().waitFor();
        expect(await harm(page), `${hash} at ${width}`).toEqual(HARMLESS);
      }
      await page.evaluate(`location.hash = '#/overview'`);
      await page.emulateMedia({ media: 'print' });
      expect(await harm(page), `on paper at ${width}`).toEqual(HARMLESS);
      expect(trouble).toEqual([]);
      await close();
    }
  });
});

it('drawings take nothing from a hostile document but what can be drawn', async () => {
  const base = filledReport({ text: 'p0000000000000001', choice: 0 });
  const key = (name: string) => ({
    ...(base.artifacts[0] as Report['artifacts'][number]),
    key: `job1/x/evidence/${name}`,
    size: 10,
    pageId: 'p0000000000000001',
  });
  const evil = `"><img src=x onerror="window.hit=1">`;
  const documents: Record<string, unknown> = {
    'p0000000000000001/timeline.json': {
      frames: [
        { at: 1, picture: 'javascript:window.hit=1' },
        { at: 1, picture: `data:image/svg+xml,<svg onload="window.hit=1"/>` },
      ],
      marks: [{ name: evil, at: 3 }],
      requests: [{ url: 'javascript:window.hit=1', kind: evil, start: 1, end: 5, bytes: 1, status: 200 }],
    },
    '_site/link-graph.json': {
      pages: ['p0000000000000001', evil],
      links: [[0, 1]],
      broken: [{ url: 'javascript:window.hit=1', status: 404, reason: evil, from: [0] }],
      left: 0,
    },
  };
  const address = await reports.write(
    { ...base, artifacts: Object.keys(documents).map(key) },
    {
      readArtifact: async (wanted) =>
        Buffer.from(JSON.stringify(documents[wanted.replace('job1/x/evidence/', '')] ?? {})),
    },
  );
  const { page, trouble, close } = await reports.visit(address, { viewport: { width: 320, height: 800 } });
  for (const [hash, figure] of [
    ['#/pages', 'How pages link'],
    ['#/pages/p0000000000000001', 'What was loaded when'],
  ] as const) {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await page.getByRole('img', { name: figure }).waitFor();
    expect(await harm(page)).toEqual(HARMLESS);
  }
  expect(await page.locator('svg image').count()).toBe(0);
  expect(trouble).toEqual([]);
  await close();
});
