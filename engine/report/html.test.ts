import { describe, expect, it } from 'vitest';
import { renderHtml, renderScannerHtml } from './html.ts';
import type { ReportDocument } from './html.ts';
import { cause, hostileReport, HOSTILE, place, sample } from './test/sample.ts';

const template =
  '<title><!--stageflow:title--></title><div><!--stageflow:static--></div><script type="application/json"><!--stageflow:data--></script>';
const none = { template, readArtifact: async () => null };
const dataOf = (html: string): ReportDocument => JSON.parse(/json">(.*)<\/script>$/s.exec(html)?.[1] ?? '');

describe('report.html', () => {
  it('keeps every hostile text inert: the page has only the tags of template and summary', async () => {
    const html = await renderHtml(hostileReport(), none);
    const tags = [...html.matchAll(/<\/?([a-z!][a-z0-9-]*)/gi)].map((m) => m[1]);
    expect(new Set(tags)).toEqual(
      new Set(['title', 'div', 'main', 'h1', 'p', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'script']),
    );
    expect(tags.filter((t) => t === 'script')).toHaveLength(2);
    expect(dataOf(html).report.verdict.sentence).toBe(HOSTILE);
  });

  it('fills each mark once and leaves marks inside texts alone', async () => {
    const html = await renderHtml(sample([cause({ title: '<!--stageflow:data--> $& $1' })]), none);
    expect(dataOf(html).report.findings[0]?.title).toBe('<!--stageflow:data--> $& $1');
  });

  it('inlines pictures worst first until the budget is used, and only pictures', async () => {
    const shot = (name: string) => place({ screenshot: `job1/axe/evidence/p/${name}` });
    const report = sample([
      cause({ occurrences: [shot('a.png'), shot('b.png')] }),
      cause({ id: 'x', occurrences: [shot('c.webp')] }),
      cause({ id: 'y', occurrences: [shot('d.svg')] }),
    ]);
    const read: string[] = [];
    const { length: bare } = await renderHtml(report, { ...none, budget: 0 });
    const html = await renderHtml(report, {
      template,
      budget: bare + 300,
      readArtifact: async (key) => (read.push(key), new Uint8Array(90)),
    });
    expect(Object.keys(dataOf(html).images)).toEqual(['axe/evidence/p/a.png', 'axe/evidence/p/c.webp']);
    expect(read.some((key) => key.endsWith('.svg'))).toBe(false);
  });

  it('shows verdict and causes without JavaScript', async () => {
    expect(await renderHtml(sample(), none)).toContain('<h1>1 things to fix on 1 page.</h1>');
  });

  it('cuts a module page down to what the module saw', async () => {
    const own = cause({ id: 'own' });
    const other = cause({ id: 'other', witnesses: [], occurrences: [place({ scanners: ['seo'] })] });
    const data = dataOf(await renderScannerHtml(sample([own, other]), 'axe', none));
    expect(data.report.findings.map((f) => f.id)).toEqual(['own']);
    expect(data.report.verdict.sentence).toBe('Accessibility: 1 thing to fix.');
    expect(data).toMatchObject({ only: 'axe', assetBase: '../' });
  });
});
