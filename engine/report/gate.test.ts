import { describe, expect, it } from 'vitest';
import { gate, type GatePolicy } from './gate.ts';
import type { Report } from './schema.ts';
import { cause, sample } from './test/sample.ts';

const none: GatePolicy = { failOn: null, minScore: {} };
const incomplete: Report['verdict'] = {
  status: 'incomplete',
  sentence: 'Incomplete.',
  reasons: [{ code: 'cell_failed', sentence: 'The module axe failed.', scanner: 'axe', count: 1, pages: [] }],
};
const nothing: Report['verdict'] = { status: 'nothing', sentence: 'Nothing could be judged.', reasons: [] };

function scored(value: number | null): Report {
  const base = sample([]);
  const score = {
    id: 'performance',
    title: 'Performance',
    value,
    band: null,
    spread: null,
    reason: value === null ? 'Not measured.' : null,
    review: null,
    pages: [],
  };
  return {
    ...base,
    scanners: [{ ...base.scanners[0], id: 'lighthouse', scores: [score] } as Report['scanners'][number]],
    summary: {
      ...base.summary,
      byModule: [
        {
          scanner: 'lighthouse',
          causes: base.summary.causes,
          score: value,
          band: null,
          reason: value === null ? 'Not measured.' : null,
        },
      ],
    },
  };
}

describe('the gate', () => {
  const rows: readonly [string, Report, GatePolicy, number][] = [
    ['passes findings when no gate is set', sample(), none, 0],
    ['fails on the severity itself', sample([cause({ severity: 'serious' })]), { ...none, failOn: 'serious' }, 1],
    ['fails on a worse severity', sample([cause({ severity: 'critical' })]), { ...none, failOn: 'minor' }, 1],
    ['passes a milder severity', sample([cause({ severity: 'moderate' })]), { ...none, failOn: 'serious' }, 0],
    ['never counts what needs review', sample([cause({ outcome: 'needs-review' })]), { ...none, failOn: 'info' }, 0],
    ['passes a score that is exactly enough', scored(90), { ...none, minScore: { lighthouse: 90 } }, 0],
    ['fails a score that is one short', scored(89), { ...none, minScore: { performance: 90 } }, 1],
    ['finds a score by module and id', scored(89), { ...none, minScore: { 'lighthouse-performance': 90 } }, 1],
    ['fails a missing score even where 0 is asked for', scored(null), { ...none, minScore: { performance: 0 } }, 1],
    ['fails a score that nobody gives', scored(90), { ...none, minScore: { beauty: 1 } }, 1],
    ['is 3 for an incomplete report', sample([], { verdict: incomplete }), none, 3],
    [
      'is 0 for an incomplete report that the person allows',
      sample([], { verdict: incomplete }),
      { ...none, allowIncomplete: true },
      0,
    ],
    ['is 1 before 3', sample([cause()], { verdict: incomplete }), { ...none, failOn: 'critical' }, 1],
    ['is 4 before 1', sample([cause()], { verdict: nothing }), { ...none, failOn: 'critical' }, 4],
    [
      'is 4 where nothing was judged, incomplete or not',
      sample([], { verdict: nothing }),
      { ...none, allowIncomplete: true },
      4,
    ],
  ];
  it.each(rows)('%s', (_, report, policy, code) => {
    const result = gate(report, policy);
    expect(result.exitCode).toBe(code);
    expect(result.reasons.length > 0).toBe(code !== 0);
  });

  it('says both when a report is failing and incomplete', () => {
    const { reasons } = gate(sample([cause()], { verdict: incomplete }), { ...none, failOn: 'serious' });
    expect(reasons).toEqual([
      'Found 1 critical; the limit is none of severity serious or worse.',
      'The module axe failed.',
    ]);
  });
});
