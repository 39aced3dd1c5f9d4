import { describe, expect, it } from 'vitest';
import { renderCsv } from './csv.ts';
import { renderGitlab } from './gitlab.ts';
import { renderJson } from './json.ts';
import { reportJsonSchema, resultsJsonSchema } from './json-schema.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderSarif } from './sarif.ts';
import { Report } from './schema.ts';
import { cause, HOSTILE, hostileReport, place, sample } from './test/sample.ts';
import { parseCsv, parseXml } from './test/parse.ts';

const many = (n: number) =>
  Array.from({ length: n }, (_, i) => place({ line: i + 1, selector: `li:nth-child(${i + 1})` }));

describe('report.json', () => {
  it('reads back as the same report', () => {
    expect(Report.parse(JSON.parse(renderJson(sample())))).toEqual(sample());
  });

  it('refuses a report that breaks the contract', () => {
    expect(() => renderJson({ ...sample(), contractVersion: '1.0.0' as never })).toThrow();
  });

  it('has a published schema that describes every field', () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string) => {
      if (typeof node !== 'object' || node === null) return;
      for (const [name, field] of Object.entries((node as { properties?: object }).properties ?? {})) {
        if (!('description' in (field as object))) bare.push(`${path}/${name}`);
      }
      for (const [name, child] of Object.entries(node)) walk(child, `${path}/${name}`);
    };
    walk(reportJsonSchema(), 'report');
    walk(resultsJsonSchema(), 'results');
    // A box is x, y, width and height and needs no sentence each.
    expect(bare.filter((path) => !/box/.test(path))).toEqual([]);
  });
});

describe('SARIF', () => {
  const read = (report: Report, maxResults?: number) =>
    JSON.parse(renderSarif(report, maxResults === undefined ? {} : { maxResults })).runs[0];

  it('names file and region, rule and stable fingerprints', () => {
    const run = read(sample());
    expect(run.results[0]).toMatchObject({
      ruleId: 'image-alt',
      ruleIndex: 0,
      kind: 'fail',
      level: 'error',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'index.html' }, region: { startLine: 12, startColumn: 3 } } },
      ],
      partialFingerprints: {
        'stageflowCause/v2': 'a'.repeat(32),
        'stageflowPlace/v2': `${'a'.repeat(32)}:/index.html:1`,
      },
    });
    expect(run.tool.driver.rules[run.results[0].ruleIndex].id).toBe('image-alt');
  });

  it('marks what needs review as review and with no level', () => {
    const run = read(sample([cause({ outcome: 'needs-review', occurrences: [place({ outcome: 'needs-review' })] })]));
    expect(run.results[0]).toMatchObject({ kind: 'review', level: 'none' });
  });

  it('drops the mildest beyond the cap and states how many', () => {
    const report = sample([
      cause({ occurrences: many(3) }),
      cause({ fingerprint: 'b'.repeat(32), severity: 'minor', occurrences: many(4) }),
    ]);
    const run = read(report, 5);
    expect(run.results.map((r: { level: string }) => r.level)).toEqual(['error', 'error', 'error', 'note', 'note']);
    expect(run.properties).toMatchObject({ resultsTotal: 7, resultsDropped: 2 });
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toContain('2 milder results of 7');
  });

  it('gives equal fingerprints for the same page on another host', () => {
    const on = (url: string) =>
      read(sample([cause({ occurrences: [place({ url, file: null, line: null, column: null })] })])).results[0];
    const [a, b] = [on('http://site.localhost/a?b=1'), on('https://shop.example/a?b=1')];
    expect(a.partialFingerprints).toEqual(b.partialFingerprints);
    expect(b.locations[0].physicalLocation).toEqual({ artifactLocation: { uri: 'https://shop.example/a?b=1' } });
  });
});

describe('JUnit', () => {
  it('has a suite per page, a failure per finding and an error per crashed module', () => {
    const base = sample([
      cause(),
      cause({
        fingerprint: 'b'.repeat(32),
        outcome: 'needs-review',
        occurrences: [place({ outcome: 'needs-review' })],
      }),
    ]);
    const report: Report = {
      ...base,
      coverage: {
        ...base.coverage,
        pages: base.coverage.pages.map((p) => ({
          ...p,
          modules: [
            ...p.modules,
            { scanner: 'seo', outcome: 'timeout', code: 'cell_timeout', reason: 'Too slow.', milliseconds: 1 },
          ],
        })),
      },
    };
    const [suite] = parseXml(renderJunit(report)).children;
    expect(suite?.attributes).toMatchObject({
      name: 'http://site.localhost/index.html',
      tests: '4',
      failures: '1',
      errors: '1',
      skipped: '1',
    });
    const kinds = suite?.children.map((c) => c.children[0]?.name ?? 'pass');
    expect(kinds).toEqual(['failure', 'skipped', 'pass', 'error']);
    expect(suite?.children[0]?.children[0]?.text).toContain('index.html:12');
  });

  it('stays lawful XML whatever a page wrote', () => {
    const [suite] = parseXml(renderJunit(hostileReport())).children;
    const failure = suite?.children[0]?.children[0];
    expect(failure?.attributes['message']).toContain('</script><script>alert(1)</script>');
    expect(failure?.text).toContain("=cmd|' /C calc'!A0");
  });
});

describe('CSV', () => {
  it('has one row per place and reads back as it was', () => {
    const rows = parseCsv(
      renderCsv(sample([cause({ title: 'A "quoted", title\nof two lines', occurrences: many(2) })])),
    );
    expect(rows).toHaveLength(3);
    expect(rows[1]?.[rows[0]?.indexOf('title') ?? -1]).toBe('A "quoted", title\nof two lines');
  });

  it.each(['=1+1', '+1', '-1+cmd', '@SUM(A1)', '\t=1', '\r=1', '  =1', '\u00a0=1', '＝1', '%0a', "=cmd|' /C calc'!A0"])(
    'makes text of %j',
    (attack) => {
      const rows = parseCsv(
        renderCsv(sample([cause({ occurrences: [place({ message: attack, selector: attack, file: attack })] })])),
      );
      for (const column of ['message', 'selector', 'file']) {
        expect(rows[1]?.[rows[0]?.indexOf(column) ?? -1]).toMatch(/^'/);
      }
    },
  );
});

describe('Markdown', () => {
  it('stays under 60 KB with the verdict first and the rest counted', () => {
    const long = 'ä'.repeat(3000);
    const findings = Array.from({ length: 300 }, (_, i) =>
      cause({
        id: `f${i}`,
        title: `${i} ${long}`,
        howToFix: long,
        occurrences: [place({ selector: long.slice(0, 1000), file: long.slice(0, 900) })],
      }),
    );
    const text = renderMarkdown(sample(findings));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
    expect(text).toContain('**300 things to fix on 1 page.**');
    expect(text).toMatch(/\d+ more causes are in the full report\.\n$/);
  });

  it('lets no hostile text become markup, a mention or a link', () => {
    // What stands between fences is shown as it is.
    const text = renderMarkdown(hostileReport(), { reportUrl: 'https://x.example/a>b' }).replace(
      /(`{4,}) .*? \1/g,
      'code',
    );
    expect(text).toContain('First seen: code');
    expect(text).not.toMatch(/(?<!\\)<script|(?<!\\)<img/);
    expect(text).not.toContain('@everyone');
    expect(text).not.toMatch(/(?<!\\)\[x(?<!\\)\]\(javascript/);
    expect(text.match(/\]\(</g)).toHaveLength(1);
    expect(text).not.toMatch(/[\u0000-\u0008\u001b]/);
  });
});

describe('GitLab', () => {
  it('writes code quality issues with file, line and fingerprints of their own', () => {
    const issues = JSON.parse(
      renderGitlab(sample([cause({ occurrences: many(3) })]))['gl-code-quality-report.json'] ?? '',
    );
    expect(issues[1]).toMatchObject({
      check_name: 'axe/image-alt',
      severity: 'blocker',
      location: { path: 'index.html', lines: { begin: 2 } },
    });
    expect(new Set(issues.map((i: { fingerprint: string }) => i.fingerprint)).size).toBe(3);
  });

  it('writes accessibility failures as pa11y does, and pages without any as passes', () => {
    const review = cause({ outcome: 'needs-review', occurrences: [place({ outcome: 'needs-review' })] });
    const read = (findings: ReturnType<typeof cause>[]) =>
      JSON.parse(renderGitlab(sample(findings))['gl-accessibility.json'] ?? '');
    expect(read([cause()])).toMatchObject({
      total: 1,
      passes: 0,
      errors: 1,
      results: { 'http://site.localhost/index.html': [{ type: 'error', selector: 'header > img' }] },
    });
    expect(read([review])).toMatchObject({ passes: 1, errors: 0 });
  });
});

it('gives every form of a hostile report without throwing', () => {
  const report = hostileReport();
  expect(report.verdict.sentence).toBe(HOSTILE);
  for (const text of [
    renderSarif(report),
    renderJunit(report),
    renderCsv(report),
    renderMarkdown(report),
    ...Object.values(renderGitlab(report)),
  ]) {
    expect(text.length).toBeGreaterThan(50);
  }
});
