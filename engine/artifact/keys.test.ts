import { describe, expect, it } from 'vitest';
import { artifactKeys, belongsTo, isSafeKey, stagingKeys } from './keys.ts';

const JOB = '01j9z3k4m5n6p7q8r9s0t1v2w3';
const PAGE = 'p0123456789abcdef';

describe('keys', () => {
  it('are those of the contract', () => {
    expect([
      artifactKeys.provenance(JOB),
      artifactKeys.reportJson(JOB),
      artifactKeys.reportHtml(JOB),
      artifactKeys.cell(JOB, 'axe', PAGE),
      artifactKeys.cell(JOB, 'seo', '_site'),
      artifactKeys.cellFindings(JOB, 'axe', PAGE),
      artifactKeys.scannerResults(JOB, 'link-checker'),
      artifactKeys.scannerReport(JOB, 'lighthouse'),
      artifactKeys.fromContainer(JOB, `axe/evidence/${PAGE}/crop-1.png`),
      artifactKeys.fromContainer(JOB, `page/evidence/${PAGE}/full.png`),
      stagingKeys.archive(JOB, 'dist.zip'),
    ]).toEqual([
      `${JOB}/provenance.json`,
      `${JOB}/report.json`,
      `${JOB}/report.html`,
      `${JOB}/axe/cells/${PAGE}.json.zst`,
      `${JOB}/seo/cells/_site.json.zst`,
      `${JOB}/axe/cells/${PAGE}.findings.json.zst`,
      `${JOB}/link-checker/results.json`,
      `${JOB}/lighthouse/report.html`,
      `${JOB}/axe/evidence/${PAGE}/crop-1.png`,
      `${JOB}/page/evidence/${PAGE}/full.png`,
      `staging/${JOB}/dist.zip`,
    ]);
  });

  it.each([
    () => artifactKeys.reportJson('../x'),
    () => artifactKeys.reportJson(JOB.toUpperCase()),
    () => artifactKeys.reportJson(''),
    () => artifactKeys.cell(JOB, 'AXE', PAGE),
    () => artifactKeys.cell(JOB, 'axe/../seo', PAGE),
    () => artifactKeys.cell(JOB, 'axe', '../x'),
    () => artifactKeys.fromContainer(JOB, 'axe/results.json'),
    () => artifactKeys.fromContainer(JOB, 'report.json'),
    () => artifactKeys.fromContainer(JOB, '../other/report.json'),
    () => artifactKeys.fromContainer(JOB, 'axe/evidence/../../x/y.png'),
    () => artifactKeys.fromContainer(JOB, 'axe/evidence/p1/.hidden'),
    () => stagingKeys.archive(JOB, 'a/b.zip'),
    () => stagingKeys.archive(JOB, '..zip'),
    () => stagingKeys.archive(JOB, 'dist.tar'),
  ])('L10 are never built from parts that are not ours: %s', (build) => {
    expect(build).toThrow(expect.objectContaining({ code: 'store_failed' }));
  });

  it('of another job are not readable', () => {
    expect(belongsTo(JOB, `${JOB}/axe/results.json`)).toBe(true);
    expect(belongsTo(JOB, `${JOB}x/axe/results.json`)).toBe(false);
    expect(belongsTo(JOB, `01j9z3k4m5n6p7q8r9s0t1v2w4/report.json`)).toBe(false);
    expect(belongsTo(JOB, `${JOB}/../01j9z3k4m5n6p7q8r9s0t1v2w4/report.json`)).toBe(false);
    expect(isSafeKey(artifactKeys.job(JOB))).toBe(false);
  });
});
