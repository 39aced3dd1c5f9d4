import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../engine/report/index.ts';
import { filledReport } from './filled.ts';
import { type Reports, startReports } from './reports.ts';

let reports: Reports;
beforeAll(async () => {
  reports = await startReports();
});
afterAll(() => reports?.close());

/** Each of these in every text field of a report. What it must never do is set `window.hit`. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['script tags', `</script><script>window.hit=1</script>`],
  ['event handlers', `"'><img src=x onerror="window.hit=1"><svg onload=window.hit=1>`],
  ['javascript: links', `javascript:window.hit=1//"onclick="window.hit=1`],
  ['data: links', `data:text/html,<script>window.hit=1</script>`],
  ['control and bidi marks', `\u001b[31mred\u0007 \u202eright to left\u2066 \u200f\u0000 \ud800`],
  ['right-to-left titles', `مرحبا بالعالم ‏שלום עולם 123 (abc)`],
  ['long words', `W${'w'.repeat(5000)}`],
  ['100 KB titles', `T${'itle '.repeat(20_000)}`],
  ['100 KB without a blank', 'x'.repeat(100_000)],
];

const SCREENS = ['overview', 'findings', 'pages', 'coverage', 'artifacts', 'provenance'] as const;

/** Addresses of every screen, the ones that are about a finding and a page included. */
function addressesOf(report: Report): string[] {
  const name = (id: string | undefined) => encodeURIComponent((id ?? '').slice(0, 4000));
  const wild = encodeURIComponent(report.findings[0]?.title.slice(0, 1000).replace(/[\ud800-\udfff]/g, '') ?? '');
  return [
    ...SCREENS.map((screen) => `#/${screen}`),
    `#/findings?q=${wild}&module=${wild}&page=${wild}&severity=${wild}`,
    '#/findings?group=page',
    ...(report.findings[0]?.id.includes('\ud800')
      ? []
      : [`#/findings/${name(report.findings[0]?.id)}`, `#/pages/${name(report.pages[0]?.id)}`]),
  ];
}

/** What a page could have been made to do or be, asked inside it. */
function harm(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(() => {
    const g = globalThis as unknown as {
      hit?: unknown;
      document: {
        querySelectorAll(s: string): ArrayLike<{ protocol: string; localName: string; getAttributeNames(): string[] }>;
        documentElement: { scrollWidth: number; clientWidth: number };
      };
    };
    const all = (selector: string) => Array.from(g.document.querySelectorAll(selector));
    return {
      ran: g.hit !== undefined,
      links: [...new Set(all('a[href]').map((a) => a.protocol))].filter(
        (p) => !['file:', 'http:', 'https:', ':', undefined].includes(p),
      ),
      strangers: all('main script, main iframe, main object, main embed, main form, main base, main link, main style')
        .length,
      handlers: all('*').flatMap((e) => e.getAttributeNames().filter((n) => n.startsWith('on'))),
      sideways: g.document.documentElement.scrollWidth - g.document.documentElement.clientWidth,
    };
  });
}

const HARMLESS = { ran: false, links: [], strangers: 0, handlers: [], sideways: 0 };

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
