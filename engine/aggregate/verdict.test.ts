import { describe, expect, it } from 'vitest';
import { gate } from '../report/gate.ts';
import { Report } from '../report/schema.ts';
import { aggregate } from './aggregate.ts';
import { compareReports } from './compare.ts';
import { finding, inputOf, manifest, type TestJob } from './test/job.ts';

const axe = manifest('axe');
const seo = manifest('seo', { site: true });
const base: TestJob = { manifests: [axe], cells: { 1: { axe: [] }, 2: { axe: [] } } };

const rows: readonly [string, TestJob, 'complete' | 'incomplete' | 'nothing'][] = [
  ['every cell ended well', base, 'complete'],
  ['a cell failed', { ...base, outcomes: { '2/axe': 'failed' } }, 'incomplete'],
  ['a cell timed out', { ...base, outcomes: { '2/axe': 'timeout' } }, 'incomplete'],
  ['a cell that was asked for never ended', { ...base, outcomes: { '2/axe': null } }, 'incomplete'],
  [
    'a page was blocked',
    { ...base, statuses: { 2: { status: 'blocked', code: 'page_blocked' } }, outcomes: { '2/axe': null } },
    'incomplete',
  ],
  [
    'a page failed to load',
    { ...base, statuses: { 2: { status: 'failed', code: 'page_failed' } }, outcomes: { '2/axe': null } },
    'incomplete',
  ],
  ['a page was never reached', { ...base, statuses: { 2: null }, outcomes: { '2/axe': null } }, 'incomplete'],
  [
    'the job was cancelled',
    { ...base, failure: { code: 'cancelled', sentence: 'The job was cancelled.' } },
    'incomplete',
  ],
  [
    'a link led to something that is no page',
    { ...base, statuses: { 2: { status: 'failed', code: 'page_not_html' } }, outcomes: { '2/axe': null } },
    'complete',
  ],
  [
    'a page was left out as a duplicate',
    { ...base, statuses: { 2: { status: 'skipped', code: null } }, outcomes: { '2/axe': null } },
    'complete',
  ],
  ['something cannot be measured here', { ...base, outcomes: { '2/axe': 'not-measurable' } }, 'complete'],
  ['pages lie beyond the cap', { ...base, skipped: [{ reason: 'page-cap', count: 9, examples: [] }] }, 'complete'],
  [
    'only things to review were found',
    { ...base, cells: { 1: { axe: [finding({ outcome: 'needs-review' })] } } },
    'complete',
  ],
  ['the look at the whole site never ended', { manifests: [seo], cells: { 1: { seo: [] } } }, 'incomplete'],
  ['no cell ended well', { ...base, outcomes: { '1/axe': 'failed', '2/axe': 'failed' } }, 'nothing'],
  ['no page was found', { manifests: [axe], cells: {} }, 'nothing'],
];

describe('what people set aside', () => {
  const word = { reason: 'It comes from a widget that goes in May.', owner: 'ann', until: '2027-05-01T00:00:00.000Z' };
  const input = inputOf({ ...base, cells: { 1: { axe: [finding()] }, 2: { axe: [] } } });

  it('is in the report with who, why and until when, in no count and no gate, and the verdict says so', async () => {
    const before = await aggregate(input);
    const [cause] = before.findings;
    const ignores = new Map([[cause?.fingerprint ?? '', word]]);
    const report = await aggregate({ ...input, ignores });
    expect(Report.parse(report)).toEqual(report);
    expect(report.ignored).toEqual([{ finding: cause, ...word }]);
    expect([report.findings, report.summary.causes.critical, report.summary.fixFirst]).toEqual([[], 0, []]);
    expect(report.verdict).toMatchObject({
      status: 'complete',
      sentence: 'Nothing to fix was found on 2 pages. 1 was set aside by people.',
    });
    const policy = { failOn: 'critical', minScore: {} } as const;
    expect([gate(before, policy).exitCode, gate(report, policy).exitCode]).toEqual([1, 0]);
    expect(compareReports(before, report)).toMatchObject({ new: [], fixed: [], same: [cause] });
    expect(compareReports(report, before)).toMatchObject({ new: [], fixed: [], same: [cause] });
  });
});

describe('verdict', () => {
  it.each(rows)('is right when %s', async (_, job, status) => {
    const report = await aggregate(inputOf(job));
    expect(report.verdict.status).toBe(status);
    expect(report.verdict.reasons.length > 0).toBe(
      status === 'incomplete' || (status === 'nothing' && Object.keys(job.cells).length > 0),
    );
  });

  it('says in one sentence what came out', async () => {
    const cells = {
      1: {
        axe: [
          finding(),
          finding({ rule: 'x', issue: 'x', severity: 'minor' }),
          finding({ rule: 'y', issue: 'y', outcome: 'needs-review' }),
        ],
      },
    };
    const report = await aggregate(inputOf({ manifests: [axe], cells }));
    expect(report.verdict.sentence).toBe('2 things to fix on 1 page, 1 critical. 1 more needs a person to decide.');
  });
});
