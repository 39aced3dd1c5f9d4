import { describe, expect, it } from 'vitest';
import { aggregate } from '../../engine/aggregate/index.ts';
import { finding, inputOf, manifest } from '../../engine/aggregate/test/job.ts';
import { redactReport, renderJson, type Report } from '../../engine/report/index.ts';
import { cause, hostileReport, place, sample } from '../../engine/report/test/sample.ts';
import { againstPublishedSchema } from './published-schema.ts';

/** A report as a reader of the file meets it. */
const asFile = (report: Report): unknown => JSON.parse(renderJson(report));

const axe = manifest('axe');
const lighthouse = manifest('lighthouse', {
  lane: 'machine',
  scores: { performance: { title: 'Performance', weight: 1 } },
});
const urls: Report['job']['source'] = { kind: 'urls', urls: ['https://shop.example/'], mode: 'crawl' };

describe('the published schema of report.json, read by a validator of its own', () => {
  it.each<[string, () => Report | Promise<Report>]>([
    ['a plain one', () => sample()],
    ['one without a finding', () => sample([])],
    ['one of addresses', () => ({ ...sample(), job: { ...sample().job, source: urls } })],
    ['one with a box, a picture and a target', () => sample([cause({ occurrences: [place(drawn)] })])],
    ['one full of hostile text', () => hostileReport()],
    ['one that was redacted', () => redactReport(hostileReport()).report],
    [
      'an aggregated one',
      () =>
        aggregate(
          inputOf({
            manifests: [axe, lighthouse],
            cells: {
              1: {
                axe: [finding()],
                lighthouse: { scores: [{ id: 'performance', value: 90, spread: [88, 92], runs: 3 }] },
              },
              2: { axe: [], lighthouse: {} },
              _site: { axe: [finding({ occurrences: [] })] },
            },
            refused: { 1: ['stylesheet'] },
            skipped: [{ reason: 'page-cap', count: 2, examples: ['http://site.localhost/c'] }],
          }),
        ),
    ],
    [
      'one of a job that failed',
      () =>
        aggregate(
          inputOf({
            manifests: [axe],
            cells: { 1: { axe: [] } },
            outcomes: { '1/axe': 'failed' },
            statuses: { 1: { status: 'failed', code: 'page_failed' } },
            failure: { code: 'pod_failed', sentence: 'The pod ended.' },
          }),
        ),
    ],
  ])('accepts %s', async (_, make) => {
    expect(againstPublishedSchema(asFile(await make()))).toEqual([]);
  });

  it.each<[string, (report: Loose) => unknown, string]>([
    ['another version', (r) => ({ ...r, contractVersion: '1.0.0' }), '/contractVersion must be equal to constant'],
    ['a missing verdict', (r) => without(r, 'verdict'), " must have required property 'verdict'"],
    ['an unknown field', (r) => ({ ...r, score: 100 }), ' must NOT have additional properties'],
    ['an unknown severity', (r) => first(r, { severity: 'fatal' }), '/findings/0/severity must be equal to one of the'],
    ['a place without a page', (r) => first(r, { occurrences: [{}] }), '/findings/0/occurrences/0 must have required'],
    ['a count that is none', (r) => first(r, { pagesAffected: -1 }), '/findings/0/pagesAffected must be >= 0'],
    [
      'a time that is none',
      (r) => ({ ...r, job: { ...r.job, startedAt: 'today' } }),
      '/job/startedAt must match format',
    ],
    ['an outcome of its own', (r) => first(r, { outcome: 'pass' }), '/findings/0/outcome must be equal to one of the'],
    ['no report at all', () => [], ' must be object'],
  ])('refuses %s', (_, spoil, complaint) => {
    const broken = spoil(asFile(sample()) as Loose);
    expect(againstPublishedSchema(broken)).toContainEqual(expect.stringContaining(complaint));
  });
});

type Loose = Record<string, object> & { readonly findings: readonly object[] };
const drawn = { box: { x: 0, y: 1.5, width: 20, height: 10 }, screenshot: 'job1/axe/evidence/a.png', target: '/b' };
const first = (report: Loose, more: object) => ({ ...report, findings: [{ ...report.findings[0], ...more }] });
const without = (report: Loose, name: string) =>
  Object.fromEntries(Object.entries(report).filter(([field]) => field !== name));
