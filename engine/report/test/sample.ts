import { REPORT_VERSION, type Report, type ReportFinding, type ReportOccurrence } from '../schema.ts';

/** A place of a finding. */
export function place(more: Partial<ReportOccurrence> = {}): ReportOccurrence {
  return {
    pageId: 'p0000000000000001',
    url: 'http://site.localhost/index.html',
    outcome: 'fail',
    selector: 'header > img',
    snippet: '<img src="logo.png">',
    target: null,
    message: 'no alt attribute',
    box: null,
    screenshot: null,
    file: 'index.html',
    line: 12,
    column: 3,
    scanners: ['axe'],
    ...more,
  };
}

/** A cause. */
export function cause(more: Partial<ReportFinding> = {}): ReportFinding {
  const occurrences = more.occurrences ?? [place()];
  return {
    id: 'aaaaaaaaaaaa',
    fingerprint: 'a'.repeat(32),
    issue: 'image-alt',
    title: 'Images must have an alternative text',
    severity: 'critical',
    confidence: 'certain',
    outcome: 'fail',
    category: 'accessibility',
    witnesses: [
      {
        scanner: 'axe',
        rule: 'image-alt',
        title: 'Images must have an alternative text',
        severity: 'critical',
        outcome: 'fail',
        confidence: 'certain',
        helpUrl: 'https://example.org/image-alt',
        occurrences: occurrences.length,
      },
    ],
    standards: [
      { name: 'WCAG 2.2', criterion: '1.1.1', level: 'A', url: 'https://www.w3.org/TR/WCAG22/#non-text-content' },
    ],
    howToFix: 'Add an alt attribute.',
    pagesAffected: new Set(occurrences.map((o) => o.pageId)).size,
    occurrencesTotal: occurrences.length,
    ...more,
    occurrences,
  };
}

/** A small complete report of one page, one module and the findings given. */
export function sample(findings: readonly ReportFinding[] = [cause()], more: Partial<Report> = {}): Report {
  const none = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
  const causes = { ...none };
  const occurrences = { ...none };
  for (const f of findings) {
    const mark = f.outcome === 'fail' ? f.severity : 'review';
    causes[mark] += 1;
    occurrences[mark] += f.occurrencesTotal;
  }
  return {
    contractVersion: REPORT_VERSION,
    job: {
      id: 'job1',
      label: null,
      parent: null,
      source: {
        kind: 'zip',
        filename: 'shop.zip',
        bytes: 1000,
        sha256: 'b'.repeat(64),
        fromFolder: false,
        origin: 'http://site.localhost',
        productionOrigin: null,
      },
      startedAt: '2026-11-23T12:00:00.000Z',
      finishedAt: '2026-11-23T12:01:00.000Z',
      attempt: 1,
      modules: ['axe'],
      options: {
        maxPages: 500,
        depth: 10,
        robots: true,
        sitemap: true,
        sample: 'template',
        device: 'desktop',
        lighthouseRuns: 1,
        isolation: 'pod',
        allowAssets: [],
        allowHosts: [],
        access: false,
      },
    },
    verdict: { status: 'complete', sentence: `${findings.length} things to fix on 1 page.`, reasons: [] },
    coverage: {
      sentence: '1 of 1 page scanned.',
      totals: {
        pagesFound: 1,
        pagesScanned: 1,
        pagesFailed: 0,
        pagesBlocked: 0,
        pagesSkipped: 0,
        pagesNotReached: 0,
        cellsAsked: 1,
        cellsOk: 1,
        cellsFailed: 0,
        cellsMissing: 0,
        checksPassed: null,
      },
      modules: [
        {
          scanner: 'axe',
          asked: 1,
          ok: 1,
          failed: 0,
          skipped: 0,
          sampled: false,
          site: null,
          sentence: 'Accessibility looked at 1 of 1 page.',
        },
      ],
      pages: [
        {
          pageId: 'p0000000000000001',
          status: 'scanned',
          code: null,
          reason: null,
          modules: [{ scanner: 'axe', outcome: 'ok', code: null, reason: null, milliseconds: 1500 }],
          blockedRequests: [],
        },
      ],
      skipped: [],
      blockedHosts: [],
    },
    summary: {
      causes,
      occurrences,
      byModule: [
        { scanner: 'axe', causes, score: null, band: null, reason: 'This module gives findings, not a number.' },
      ],
      byPage: [{ pageId: 'p0000000000000001', causes }],
      fixFirst: findings
        .filter((f) => f.outcome === 'fail')
        .slice(0, 5)
        .map((f) => f.id),
    },
    pages: [
      {
        id: 'p0000000000000001',
        url: 'http://site.localhost/index.html',
        finalUrl: 'http://site.localhost/index.html',
        path: '/index.html',
        title: 'Shop',
        depth: 0,
        httpStatus: 200,
        status: 'scanned',
        template: 't',
        representative: true,
        duplicateOf: null,
        screenshot: null,
        evidence: [],
      },
    ],
    findings: [...findings],
    scanners: [
      {
        id: 'axe',
        title: 'Accessibility',
        version: '1.0.0',
        cellsOk: 1,
        cellsFailed: 0,
        scores: [],
        facts: { 'axe-core': '4.11.0' },
        results: 'job1/axe/results.json',
        report: 'job1/axe/report.html',
      },
    ],
    artifacts: [],
    provenance: {
      engine: '0.1.0',
      node: 'v24.11.0',
      isolation: 'pod',
      inputSha256: 'b'.repeat(64),
      queue: { kind: 'jetstream', reducedDurability: false },
      notes: [],
      attempts: [
        {
          attempt: 1,
          startedAt: '2026-11-23T12:00:00.000Z',
          endedAt: '2026-11-23T12:01:00.000Z',
          end: 'scanned',
          browser: 'Chromium 150',
          sandbox: { rendererSeccomp: 2 },
          pod: { rootless: true },
          versions: { axe: '1.0.0' },
          egress: [],
        },
      ],
      timings: { total: 60000, cells: { axe: 1500 } },
    },
    ...more,
  };
}

/** Text that tries to leave every format at once. */
export const HOSTILE = `</script><script>alert(1)</script><!-- ]]> --> "'&<img src=x onerror=alert(2)> =cmd|' /C calc'!A0 @everyone [x](javascript:alert(3)) \`\`\` \u0000\u0007\u001b[31m \ud800 \u202e\u2028 $& \${x}`;

/** A report with hostile text in every field that a page, a scanner or an archive can reach. */
export function hostileReport(): Report {
  const h = HOSTILE;
  const base = sample([
    cause({
      title: h,
      issue: h,
      howToFix: h,
      witnesses: [
        {
          scanner: 'axe',
          rule: h,
          title: h,
          severity: 'critical',
          outcome: 'fail',
          confidence: 'certain',
          helpUrl: 'javascript:alert(4)',
          occurrences: 1,
        },
      ],
      standards: [{ name: h, criterion: h, level: h, url: 'javascript:alert(5)' }],
      occurrences: [
        place({
          url: `http://site.localhost/${encodeURI('"><script>alert(6)</script>')}`,
          selector: h,
          snippet: h,
          target: 'javascript:alert(7)',
          message: h,
          file: h,
          screenshot: 'job1/axe/evidence/x/../../y.png',
        }),
      ],
    }),
  ]);
  return {
    ...base,
    job: {
      ...base.job,
      label: h,
      source: {
        kind: 'zip',
        filename: h,
        bytes: 1,
        sha256: 'b'.repeat(64),
        fromFolder: false,
        origin: null,
        productionOrigin: null,
      },
    },
    verdict: {
      status: 'incomplete',
      sentence: h,
      reasons: [{ code: 'cell_failed', sentence: h, scanner: 'axe', count: 2, pages: [] }],
    },
    coverage: {
      ...base.coverage,
      sentence: h,
      skipped: [{ reason: h, sentence: h, count: 1, examples: [h] }],
      blockedHosts: [{ host: h, count: 1, pages: 1, types: [h], reason: h }],
      pages: base.coverage.pages.map((p) => ({
        ...p,
        reason: h,
        modules: [{ scanner: 'axe', outcome: 'failed', code: 'cell_failed', reason: h, milliseconds: 1 }],
      })),
    },
    pages: base.pages.map((p) => ({ ...p, title: h, path: h })),
    scanners: base.scanners.map((s) => ({ ...s, title: h, facts: { [h]: h } })),
    provenance: { ...base.provenance, notes: [h] },
  };
}
