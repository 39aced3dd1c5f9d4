import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CellFindings, type JobFacts, Manifest } from '@stageflow/engine/sdk';
import { audit } from '../audit.ts';
import { medianRun, unansweredOf } from '../collect.ts';
import type { LighthouseAudit, LighthouseRaw } from '../raw.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const manifest = Manifest.parse(read('../manifest.json'));
const raw = read('./faulty-page.raw.json') as LighthouseRaw;
const zip: JobFacts = { source: 'zip', origin: 'http://site.localhost', productionOrigin: null, device: 'desktop' };
const judge = (of: LighthouseRaw = raw, job: JobFacts = zip) => audit(of, { manifest, job, options: {} });
const changed = (id: string, change: Partial<LighthouseAudit>): LighthouseRaw => ({
  ...raw,
  report: {
    ...raw.report,
    audits: { ...raw.report.audits, [id]: { ...(raw.report.audits[id] as LighthouseAudit), ...change } },
  },
});

describe('the audit of Lighthouse’s stored result', () => {
  it('gives findings that fit the schema, and the same ones every time', () => {
    expect(CellFindings.parse(judge())).toEqual(judge());
  });

  it('names accessibility faults as axe does, down to the selector', () => {
    const finding = judge().findings.find((f) => f.rule === 'button-name');
    expect(finding).toMatchObject({
      issue: 'button-name',
      severity: 'critical',
      outcome: 'fail',
      category: 'accessibility',
    });
    expect(finding?.occurrences[0]?.selector).toBe('x-host >>> button');
  });

  it("gives axe's reasons in the words of the axe module, so that a report says them once", () => {
    const said = (rule: string) => judge().findings.find((f) => f.rule === rule)?.occurrences[0]?.message;
    expect(said('html-has-lang')).toBe('The <html> element does not have a lang attribute');
    expect(said('color-contrast')).toBe('contrast 2.32:1, needed 4.5:1 (text #aaaaaa on #ffffff)');
    expect(said('image-alt')).toMatch(/^one of: Element does not have an alt attribute; aria-label attribute does not/);
  });

  it('says where in a script, a document or robots.txt a fault stands, and of what no picture could be taken', () => {
    const source = { type: 'source-location', url: 'http://site.localhost/js/a.js', line: 4, column: 8 };
    const call = { value: 'Synchronous XMLHttpRequest is deprecated', source };
    const line = { index: '2', line: 'Dissallow: /', message: 'Unknown directive' };
    const missing = { source: 'network', description: '404', sourceLocation: { ...source, line: 0, column: 0 } };
    const placesOf = (id: string, items: unknown[], elements: LighthouseRaw['elements'] = {}) => {
      const details = { type: 'table', items };
      const fault = { id, title: id, description: id, score: 0, scoreDisplayMode: 'binary', details };
      const of = { ...changed(id, fault), elements };
      return judge(of).findings.find((f) => f.rule === id)?.occurrences;
    };
    expect(placesOf('deprecations', [call])).toEqual([
      { url: source.url, message: call.value, textUrl: source.url, line: 5, column: 9 },
    ]);
    expect(placesOf('robots-txt', [line])).toMatchObject([
      {
        message: 'line 2: Dissallow: / (Unknown directive)',
        textUrl: expect.stringMatching(/\/robots\.txt$/),
        line: 2,
      },
    ]);
    expect(placesOf('errors-in-console', [missing])).toEqual([{ url: source.url, message: '404' }]);
    const node = { lhId: '1-0-IMG', selector: 'img', snippet: '<img>' };
    expect(placesOf('image-aspect-ratio', [{ node }], { '1-0-IMG': { noPicture: 'gone' } })).toMatchObject([
      { selector: 'img', noPicture: 'gone' },
    ]);
  });

  it('leaves for review what a script that was not loaded might have written', () => {
    const bare = changed('document-title', { score: 0, scoreDisplayMode: 'binary' });
    expect(judge(bare).findings.find((f) => f.rule === 'document-title')?.dependsOn).toEqual(['script']);
  });

  it('shares issue names with the other scanners but for performance', () => {
    for (const f of judge().findings) expect(f.issue).toBe(f.category === 'performance' ? undefined : f.rule);
  });

  it('leaves speed and drawing for review when an asset was not loaded, and says which host', () => {
    const judged = judge();
    expect(judged.facts['performance needs review']).toBe('asset_blocked: nothing was loaded from cdn.example');
    const open = judged.findings.filter((f) => f.category === 'performance' || f.rule === 'color-contrast');
    expect(open.length).toBeGreaterThan(1);
    expect(open.every((f) => f.outcome === 'needs-review')).toBe(true);
    const whole = judge({ ...raw, unanswered: [] });
    expect(whole.findings.find((f) => f.rule === 'color-contrast')?.outcome).toBe('fail');
  });

  it('does not report console lines that the closed network caused', () => {
    const items = [
      {
        description: 'Failed to load resource: net::ERR_TUNNEL_CONNECTION_FAILED',
        sourceLocation: { url: 'https://cdn.example/a.js' },
      },
    ];
    const judged = judge(changed('errors-in-console', { score: 0, details: { type: 'table', items } }));
    expect(judged.findings.map((f) => f.rule)).not.toContain('errors-in-console');
    expect(judge().findings.map((f) => f.rule)).toContain('errors-in-console');
  });

  it('does not judge our own server in a ZIP job, and does judge a real one', () => {
    const insecure = changed('is-on-https', { score: 0, scoreDisplayMode: 'binary' });
    expect(judge(insecure).findings.map((f) => f.rule)).not.toContain('is-on-https');
    expect(judge(insecure).facts['not measurable here']).toContain('is-on-https');
    const live = judge(insecure, { ...zip, source: 'urls' });
    expect(live.findings.find((f) => f.rule === 'is-on-https')).toMatchObject({
      severity: 'serious',
      issue: 'is-on-https',
    });
  });

  it.each([
    [{ LCP: 1500 }, 'serious'],
    [{ FCP: 300 }, 'moderate'],
    [{ TBT: 20 }, 'minor'],
    [{ CLS: 0.3 }, 'serious'],
    [{ LCP: 0 }, 'info'],
    [undefined, 'info'],
  ])('weighs a performance fault that would save %o as %s', (metricSavings, severity) => {
    const audits = changed('unsized-images', { score: 0.5, ...(metricSavings ? { metricSavings } : {}) });
    if (!metricSavings) delete (audits.report.audits['unsized-images'] as { metricSavings?: unknown }).metricSavings;
    expect(judge(audits).findings.find((f) => f.rule === 'unsized-images')?.severity).toBe(severity);
  });

  it('gives a null score where Lighthouse has none, never a pass', () => {
    const none = { ...raw, runs: raw.runs.map((run) => ({ ...run, scores: { ...run.scores, seo: null } })) };
    expect(judge(none).scores.find((s) => s.id === 'seo')).toEqual({ id: 'seo', value: null });
  });
});

describe('the runs of one page', () => {
  const run = (performance: number | null) => ({ scores: { performance }, benchmarkIndex: 1000, milliseconds: 1 });
  it.each([
    [[90, 50, 70], 2],
    [[90, 50], 1],
    [[90], 0],
    [[null, 80, 90], 1],
  ])('keeps the median of %o', (scores, index) => {
    expect(medianRun(scores.map(run))).toBe(index);
  });

  it('lists the addresses that gave no answer', () => {
    expect(raw.unanswered).toEqual(['https://cdn.example/a.css']);
    expect(unansweredOf({ ...raw.report, audits: {} })).toEqual([]);
  });
});
