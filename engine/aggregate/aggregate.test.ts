import { describe, expect, it } from 'vitest';
import { Report } from '../report/schema.ts';
import { aggregate } from './aggregate.ts';
import { finding, inputOf, manifest, page } from './test/job.ts';

const axe = manifest('axe');
const lighthouse = manifest('lighthouse', {
  lane: 'machine',
  defaultPages: 'template',
  scores: { performance: { title: 'Performance', weight: 1 } },
});
const seo = manifest('seo');

describe('aggregate', () => {
  it('makes one cause with 40 places of a header image without alt on 40 pages, whatever selector each page gave', async () => {
    const cells = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        String(i + 1),
        {
          axe: [
            finding({
              occurrences: [
                {
                  selector: i % 2 === 0 ? 'img' : `.top-${i} > img:nth-child(${i})`,
                  snippet: `<img id="l${i}" class="logo" src="${'../'.repeat(i % 3)}logo.png">`,
                },
              ],
            }),
          ],
        },
      ]),
    );
    const report = await aggregate(inputOf({ manifests: [axe], cells }));
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({ pagesAffected: 40, occurrencesTotal: 40, severity: 'critical' });
    expect(report.summary.causes.critical).toBe(1);
    expect(report.summary.occurrences.critical).toBe(40);
    expect(report.summary.fixFirst).toEqual([report.findings[0]?.id]);
  });

  it('counts a cause on a page, and among the fixes worth most, only where it is a fault', async () => {
    const missing = finding({ rule: 'meta-description', issue: 'meta-description', dependsOn: ['script'] });
    const broken = finding({ rule: 'broken-link', issue: 'broken-link', evidence: '/gone' });
    const cells = { 1: { axe: [missing] }, 2: { axe: [missing, broken] }, 3: { axe: [missing, broken] } };
    const { findings, summary } = await aggregate(
      inputOf({ manifests: [axe], cells, refused: { 2: ['script'], 3: ['script'] } }),
    );
    const id = (issue: string) => findings.find((f) => f.issue === issue)?.id;
    expect(summary.fixFirst).toEqual([id('broken-link'), id('meta-description')]);
    expect(summary.byPage.map(({ causes }) => [causes.critical, causes.review])).toEqual([
      [1, 0],
      [1, 1],
      [1, 1],
    ]);
  });

  it('keeps its contract and is the same for the same record', async () => {
    const job = {
      manifests: [axe, seo],
      cells: { 1: { axe: [finding()], seo: [finding({ rule: 'img-alt', title: 'Alt' })] }, 2: { axe: [], seo: [] } },
    };
    const [a, b] = [await aggregate(inputOf(job)), await aggregate(inputOf(job))];
    expect(Report.parse(a)).toEqual(a);
    expect(b).toEqual(a);
  });

  it('merges what axe, Lighthouse and SEO say of one node into one finding with three witnesses', async () => {
    const cells = {
      1: {
        axe: [finding()],
        lighthouse: [
          finding({
            occurrences: [
              {
                selector: 'body > header > img',
                snippet: '<img src="logo.png"   class="logo">',
                box: { x: 1, y: 2, width: 3, height: 4 },
              },
            ],
          }),
        ],
        seo: [
          finding({
            rule: 'img-alt',
            severity: 'serious',
            occurrences: [
              {
                selector: 'header>img',
                snippet: '<img class="logo" src="logo.png">',
                file: 'index.html',
                line: 12,
                column: 3,
              },
            ],
          }),
        ],
      },
    };
    const report = await aggregate(inputOf({ manifests: [axe, lighthouse, seo], cells }));
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]?.witnesses.map((w) => `${w.scanner}/${w.rule}`)).toEqual([
      'axe/image-alt',
      'lighthouse/image-alt',
      'seo/img-alt',
    ]);
    expect(report.findings[0]?.occurrences).toEqual([
      expect.objectContaining({
        file: 'index.html',
        line: 12,
        box: { x: 1, y: 2, width: 3, height: 4 },
        scanners: ['axe', 'lighthouse', 'seo'],
      }),
    ]);
  });

  it('gives the same fingerprints on another host, in another order of modules and pages', async () => {
    const make = (origin: string, flip: boolean) => {
      const cells = {
        1: {
          axe: [finding()],
          seo: [
            finding({
              rule: 'dead',
              issue: undefined as never,
              evidence: `${origin}/gone.html`,
              occurrences: [{ selector: 'a', url: `${origin}/gone.html` }],
            }),
          ],
        },
        2: {
          axe: [
            finding({
              rule: 'label',
              issue: 'label',
              occurrences: [{ selector: '#q', snippet: '<input name="q" id="q">' }],
            }),
          ],
          seo: [],
        },
      };
      const report = aggregate(
        inputOf({
          origin,
          manifests: flip ? [seo, axe] : [axe, seo],
          cells: flip ? { 2: cells[2], 1: cells[1] } : cells,
        }),
      );
      return report.then((r) => r.findings.map((f) => `${f.issue} ${f.fingerprint}`).sort());
    };
    expect(await make('http://site.localhost', false)).toEqual(await make('https://shop.example:8443', true));
  });

  it('counts a cell whose findings are gone as failed and says incomplete', async () => {
    const input = inputOf({ manifests: [axe], cells: { 1: { axe: [finding()] }, 2: { axe: [] } } });
    const report = await aggregate({
      ...input,
      loadFindings: async ({ pageId }) => (pageId === page(1) ? null : { findings: 'hostile' }),
    });
    expect(report.findings).toEqual([]);
    expect(report.verdict.status).toBe('nothing');
    expect(report.coverage.totals.cellsFailed).toBe(2);
  });

  it('asks for review where a finding depends on a style that was refused, and marks the numbers of that page', async () => {
    const cells = {
      1: {
        axe: [finding({ rule: 'color-contrast', issue: 'color-contrast', dependsOn: ['style'] })],
        lighthouse: { scores: [{ id: 'performance', value: 99 }] },
      },
    };
    const report = await aggregate(inputOf({ manifests: [axe, lighthouse], cells, refused: { 1: ['stylesheet'] } }));
    expect(report.findings[0]?.outcome).toBe('needs-review');
    expect(report.summary.causes).toMatchObject({ critical: 0, review: 1 });
    expect(report.scanners[1]?.scores[0]).toMatchObject({ value: 99, review: expect.stringContaining('1 page') });
    expect(report.coverage.blockedHosts).toEqual([
      { host: 'cdn.example', count: 1, pages: 1, types: ['stylesheet'], reason: 'closed' },
    ]);
  });

  it('does not wait for sampled modules on pages that do not stand for their template', async () => {
    const cells = { 1: { axe: [], lighthouse: { scores: [{ id: 'performance', value: 50 }] } }, 2: { axe: [] } };
    const report = await aggregate(inputOf({ manifests: [axe, lighthouse], cells, representatives: [1] }));
    expect(report.verdict.status).toBe('complete');
    expect(report.coverage.sentence).toContain('lighthouse sampled 1');
  });

  it('takes 20,000 places on 1,000 pages in stride', async () => {
    const cells = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [
        String(i + 1),
        {
          axe: [
            finding({
              occurrences: Array.from({ length: 20 }, (_, j) => ({
                selector: `li:nth-child(${j + 1}) > img`,
                snippet: `<img class="card" src="/p/${i}-${j}.jpg">`,
              })),
            }),
          ],
        },
      ]),
    );
    const report = await aggregate(inputOf({ manifests: [axe], cells }));
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]?.occurrencesTotal).toBe(20_000);
    expect(report.findings[0]?.occurrences).toHaveLength(20_000);
    expect(report.summary.byPage.at(-1)?.causes.critical).toBe(1);
  }, 20_000);
});
