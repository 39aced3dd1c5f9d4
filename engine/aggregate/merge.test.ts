import { describe, expect, it } from 'vitest';
import type { Confidence, Occurrence, Outcome, Severity } from '../scanner/index.ts';
import { judge, mergeWitnesses } from './merge.ts';
import { createSightingReader, type Sighting } from './sighting.ts';
import { finding, manifest, page } from './test/job.ts';

const manifests = new Map(['axe', 'lighthouse', 'seo'].map((id) => [id, manifest(id)]));

function seen(scanner: string, place: Occurrence, more: Parameters<typeof finding>[0] = {}): Sighting[] {
  const reader = createSightingReader(manifests, [], new Set([page(1)]));
  return reader.read(scanner, page(1), [finding({ ...more, occurrences: [place] })], () => new Set());
}

const merged = (...lists: Sighting[][]) => mergeWitnesses(lists.flat(), ['axe', 'lighthouse', 'seo']);

describe('witnesses of one node', () => {
  const rows: readonly [string, Occurrence, Occurrence, number][] = [
    ['one selector in two spellings', { selector: 'main > img' }, { selector: 'main>img' }, 1],
    [
      'one place in a file',
      { selector: 'a', file: 'i.html', line: 3, column: 5 },
      { selector: 'b', file: 'i.html', line: 3, column: 5 },
      1,
    ],
    [
      'one start tag with attributes in another order',
      { selector: 'x', snippet: '<img src="a.png" class=b>' },
      { selector: 'y', snippet: "<IMG class='b'\n src='a.png' />" },
      1,
    ],
    [
      'one drawn box',
      { selector: 'x', box: { x: 1, y: 2, width: 30, height: 4 } },
      { selector: 'y', box: { x: 1.2, y: 2, width: 30, height: 4 } },
      1,
    ],
    ['the document itself, once as html and once not named', { selector: 'html' }, {}, 1],
    ['once an element, once nothing named', { selector: 'meta[name=viewport]' }, {}, 1],
    [
      'different nodes',
      { selector: 'a', snippet: '<img src="a.png">' },
      { selector: 'b', snippet: '<img src="b.png">' },
      2,
    ],
  ];
  it.each(rows)('joins or keeps apart: %s', (_, a, b, faults) => {
    expect(merged(seen('axe', a), seen('seo', b))).toHaveLength(faults);
  });

  it('have a picture when one of them has one, and else the reason that the first of them gives', () => {
    const selector = 'main > img';
    const bare = seen('axe', { selector, noPicture: 'limit' });
    expect(merged(bare, seen('lighthouse', { selector, screenshot: 'own.jpg' }))[0]?.place).toEqual({
      selector,
      screenshot: 'own.jpg',
    });
    expect(merged(bare, seen('seo', { selector }))[0]?.place).toEqual({ selector, noPicture: 'limit' });
  });

  it('never joins two equal elements that one scanner told apart', () => {
    const snippet = '<img src="a.png">';
    expect(merged(seen('axe', { selector: '#a', snippet }), seen('axe', { selector: '#b', snippet }))).toHaveLength(2);
    expect(
      merged(
        seen('axe', { selector: '#a', snippet }),
        seen('axe', { selector: '#b', snippet }),
        seen('seo', { selector: '#c', snippet }),
      ),
    ).toHaveLength(3);
  });

  it('keeps two rules of one scanner under one issue as two faults, and gives the other witness to the worse', () => {
    const rule = {
      title: 'A rule title',
      category: 'seo',
      howToFix: 'Do it the right way.',
      issue: 'canonical',
    } as const;
    const seo = manifest('seo', {
      rules: {
        bad: { ...rule, severity: 'moderate', confidence: 'certain', standards: [] },
        relative: { ...rule, severity: 'minor', confidence: 'certain', standards: [] },
      },
    });
    const reader = createSightingReader(new Map([...manifests, ['seo', seo]]), [], new Set([page(1)]));
    const say = (scanner: string, id: string, severity: Severity) =>
      reader.read(
        scanner,
        page(1),
        [finding({ rule: id, issue: 'canonical', severity, occurrences: [{ selector: 'link' }] })],
        () => new Set(),
      );
    const faults = merged(
      say('lighthouse', 'canonical', 'moderate'),
      say('seo', 'relative', 'minor'),
      say('seo', 'bad', 'moderate'),
    );
    expect(faults.map((f) => [f.issue, f.sightings.length])).toEqual([
      ['canonical:bad', 2],
      ['canonical:relative', 1],
    ]);
  });

  it('gives the same faults whatever order the sightings come in', () => {
    const lists = [
      seen('axe', { selector: 'main > img' }),
      seen('seo', { selector: 'main>img' }),
      seen('lighthouse', { selector: 'html' }),
    ];
    expect(merged(...lists.toReversed())).toEqual(merged(...lists));
  });
});

describe('what several witnesses come to', () => {
  type Say = [string, Outcome, Severity, Confidence];
  const rows: readonly [string, Say[], [Outcome, Severity, Confidence]][] = [
    ['one fail', [['axe', 'fail', 'minor', 'likely']], ['fail', 'minor', 'likely']],
    [
      'two that agree raise confidence',
      [
        ['axe', 'fail', 'minor', 'possible'],
        ['seo', 'fail', 'serious', 'possible'],
      ],
      ['fail', 'serious', 'likely'],
    ],
    [
      'one scanner twice raises nothing',
      [
        ['axe', 'fail', 'minor', 'possible'],
        ['axe', 'fail', 'minor', 'possible'],
      ],
      ['fail', 'minor', 'possible'],
    ],
    [
      'a certain fail beats a review, and the review does not raise severity',
      [
        ['axe', 'fail', 'minor', 'certain'],
        ['seo', 'needs-review', 'critical', 'likely'],
      ],
      ['fail', 'minor', 'certain'],
    ],
    [
      'a fail that is not certain gives way to a review',
      [
        ['axe', 'fail', 'minor', 'likely'],
        ['seo', 'needs-review', 'serious', 'possible'],
      ],
      ['needs-review', 'serious', 'likely'],
    ],
  ];
  it.each(rows)('%s', (_, says, [outcome, severity, confidence]) => {
    const sayings = says.map(([scanner, o, s, c]) => ({ scanner, outcome: o, severity: s, confidence: c }));
    expect(judge(sayings)).toEqual({ outcome, severity, confidence });
  });
});
