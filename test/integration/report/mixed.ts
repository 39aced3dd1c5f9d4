import type { HtmlOptions, Report } from '../../../engine/report/index.ts';
import { cause, place, sample } from '../../../engine/report/test/sample.ts';
import { png } from './reports.ts';

const PAGE = 'p0000000000000001';
const SEVERITIES = ['critical', 'serious', 'moderate', 'minor', 'info'] as const;

/** A report with something on every screen: all severities and outcomes, agreeing and disagreeing witnesses, scores, pictures, drawings. */
export function mixedReport(): [Report, Partial<HtmlOptions>] {
  const causes = Array.from({ length: 12 }, (_, i) => {
    const base = cause({
      id: `c${i}`,
      fingerprint: `${i}`.padStart(32, '0'),
      title: `Fault number ${i} of a page with a title of some length`,
      severity: SEVERITIES[i % 5] ?? 'info',
      outcome: i % 6 === 5 ? 'needs-review' : 'fail',
      pagesAffected: (i * i) % 50,
      occurrences: Array.from({ length: 1 + (i % 4) * 2 }, (_, k) =>
        place({
          line: k + 1,
          screenshot: k === 0 ? `job1/page/evidence/${PAGE}/crops/a${i}.png` : null,
          box: { x: 1, y: 2, width: 10, height: 8 },
          message: `contrast 2.${k}:1, needed 4.5:1`,
          target: i % 3 === 0 ? 'https://elsewhere.example/a/long/address?with=a&query=string' : null,
        }),
      ),
    });
    const [witness] = base.witnesses;
    return witness && i % 2 === 1
      ? { ...base, witnesses: [witness, { ...witness, scanner: 'lighthouse', outcome: 'needs-review' as const }] }
      : base;
  });
  const base = sample(causes);
  const artifact = (
    path: string,
    kind: 'json' | 'crop' | 'screenshot',
    pageId: string | null,
  ): Report['artifacts'][number] => ({
    key: `job1/${path}`,
    size: 500,
    sha256: 'c'.repeat(64),
    kind,
    scanner: path.startsWith('page') ? null : (path.split('/')[0] ?? null),
    pageId,
  });
  const timeline = `lighthouse/evidence/${PAGE}/timeline.json`;
  const graph = 'link-checker/evidence/_site/link-graph.json';
  const report: Report = {
    ...base,
    verdict: {
      ...base.verdict,
      status: 'incomplete',
      reasons: [
        {
          code: 'cell_failed',
          sentence: 'Lighthouse failed on 2 pages. Scan them again.',
          scanner: 'axe',
          count: 2,
          pages: [],
        },
      ],
    },
    pages: base.pages.map((page) => ({
      ...page,
      screenshot: `job1/page/evidence/${PAGE}/screenshot.png`,
      title: 'متجر Shop',
    })),
    scanners: [
      ...base.scanners.map((scanner) => ({
        ...scanner,
        scores: [
          {
            id: 'rules',
            title: 'Rules passed',
            value: 88,
            band: 'needs work' as const,
            spread: [80, 96] as [number, number],
            reason: null,
            review: 'Styles were missing.',
            pages: [{ pageId: PAGE, value: 88, spread: [80, 96] as [number, number], runs: 3 }],
          },
          {
            id: 'none',
            title: 'Not measured',
            value: null,
            band: null,
            spread: null,
            reason: 'Nothing to measure.',
            review: null,
            pages: [],
          },
        ],
      })),
    ],
    coverage: {
      ...base.coverage,
      pages: base.coverage.pages.map((page) => ({
        ...page,
        modules: [
          {
            scanner: 'axe',
            outcome: 'failed' as const,
            code: 'cell_failed',
            reason: 'The page went away.',
            milliseconds: 5,
          },
        ],
      })),
      skipped: [{ reason: 'page-cap', sentence: 'The limit of pages was reached.', count: 3, examples: ['/a', '/b'] }],
      blockedHosts: [{ host: 'cdn.example', count: 4, pages: 1, types: ['font'], reason: 'The build has no network.' }],
    },
    artifacts: [
      artifact(timeline, 'json', PAGE),
      artifact(graph, 'json', null),
      artifact(`page/evidence/${PAGE}/screenshot.png`, 'screenshot', PAGE),
    ],
    provenance: {
      ...base.provenance,
      notes: ['Memory was not limited.'],
      attempts: base.provenance.attempts.map((attempt) => ({
        ...attempt,
        egress: [{ host: 'a.example', port: 443, outcome: 'denied' }],
      })),
    },
  };
  const documents: Readonly<Record<string, unknown>> = {
    [`job1/${timeline}`]: {
      frames: [{ at: 200, picture: `data:image/png;base64,${Buffer.from(png()).toString('base64')}` }],
      marks: [{ name: 'First content', at: 210 }],
      requests: [
        { url: 'http://site.localhost/', kind: 'document', start: 0, end: 120, bytes: 2000, status: 200 },
        { url: 'http://site.localhost/gone.js', kind: 'script', start: 90, end: 180, bytes: 0, status: 404 },
      ],
    },
    [`job1/${graph}`]: {
      pages: [PAGE],
      links: [],
      broken: [{ url: 'http://site.localhost/gone', status: 404, reason: 'not found', from: [0] }],
      left: 0,
    },
  };
  return [
    report,
    { readArtifact: async (key) => (key in documents ? Buffer.from(JSON.stringify(documents[key])) : png()) },
  ];
}
