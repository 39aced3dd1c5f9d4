import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXACT, Expected, expectedOf, judge, type JudgedReport, type Judgement } from './judge.ts';
import { faultsIn } from './variants.ts';

type Finding = JudgedReport['findings'][number];
type Place = Finding['occurrences'][number];

const LIST = Expected.parse({
  site: 'toy',
  faults: [
    {
      id: 'bare-mug',
      afterScript: false,
      what: 'The picture of the mug has no alternative text.',
      found: [
        { scanner: 'axe', rule: 'image-alt', page: '/mug', at: 'img.hero', source: 'mug.html:12' },
        { scanner: 'seo', rule: 'image-alt', page: '/mug', at: 'img.hero' },
      ],
    },
    {
      id: 'pale-prices',
      afterScript: false,
      what: 'The two prices are too pale to read.',
      found: [{ scanner: 'axe', rule: 'color-contrast', page: '/mug', at: '.price', times: 2 }],
    },
  ],
  review: [
    {
      what: 'The words stand on a picture, whose colours axe cannot read.',
      twins: ['broken', 'repaired'],
      found: [{ scanner: 'axe', rule: 'color-contrast', page: '/mug', at: '.caption' }],
    },
  ],
  facts: [
    {
      what: 'The build names no headers, which the host may add.',
      twins: ['broken', 'repaired'],
      found: [
        {
          scanner: 'security-headers',
          rule: 'headers-not-declared',
          page: '/mug',
          only: { form: 'zip', because: 'A server sends its headers, so that there is nothing to declare.' },
        },
      ],
    },
  ],
});

const place = (more: Partial<Place> = {}): Place => ({
  pageId: 'p1',
  outcome: 'fail',
  selector: 'img.hero',
  snippet: null,
  target: null,
  message: null,
  file: 'mug.html',
  line: 12,
  scanners: ['axe', 'seo'],
  ...more,
});
const finding = (scanners: readonly string[], rule: string, occurrences: readonly Place[]): Finding => ({
  severity: 'serious',
  category: 'accessibility',
  outcome: 'fail',
  witnesses: scanners.map((scanner) => ({ scanner, rule })),
  occurrences,
});

const MUG = finding(['axe', 'seo'], 'image-alt', [place()]);
const price = (nth: number) => place({ selector: `.price:nth-child(${nth})`, scanners: ['axe'] });
const PRICES = finding(['axe'], 'color-contrast', [price(1), price(2)]);
const caption = place({ selector: '.caption', outcome: 'needs-review', scanners: ['axe'] });
const REVIEW: Finding = { ...finding(['axe'], 'color-contrast', [caption]), outcome: 'needs-review' };
const FACT: Finding = {
  ...finding(['security-headers'], 'headers-not-declared', [place({ selector: null, scanners: ['security-headers'] })]),
  severity: 'info',
  category: 'security',
};
const BROKEN = [MUG, PRICES, REVIEW, FACT];

const report = (
  findings: readonly Finding[],
  modules = ['axe', 'seo', 'security-headers', 'lighthouse'],
): JudgedReport => ({
  job: { modules },
  pages: [{ id: 'p1', path: '/mug' }],
  findings,
});
const counts = (judgement: Judgement) => Object.entries(judgement).map(([kind, found]) => `${found.length} ${kind}`);

describe('judging a report by its list', () => {
  it('finds an exact report exact, in either twin', () => {
    expect(judge(report(BROKEN), LIST, { variant: 'broken' })).toEqual(EXACT);
    expect(judge(report([REVIEW, FACT]), LIST, { variant: 'repaired' })).toEqual(EXACT);
  });

  it('asks rows of one form of the site of no other', () => {
    expect(judge(report([REVIEW]), LIST, { variant: 'repaired', form: 'url' })).toEqual(EXACT);
    const { unexplained } = judge(report([REVIEW, FACT]), LIST, { variant: 'repaired', form: 'url' });
    expect(unexplained).toEqual([expect.stringContaining('headers-not-declared')]);
  });

  it('asks for no line of a build where the site came over a network', () => {
    const online = { ...MUG, occurrences: [place({ file: null, line: null })] };
    expect(judge(report([online, PRICES, REVIEW]), LIST, { variant: 'broken', form: 'url' })).toEqual(EXACT);
  });

  it('misses a fault that one of its witnesses did not see', () => {
    const half = finding(['axe'], 'image-alt', [place({ scanners: ['axe'] })]);
    const { missing } = judge(report([half, PRICES, REVIEW, FACT]), LIST, { variant: 'broken' });
    expect(missing).toEqual([expect.stringContaining('bare-mug: {"scanner":"seo"')]);
  });

  it.each<[string, readonly Finding[], readonly string[]]>([
    [
      'a fault that was seen elsewhere',
      [finding(['axe', 'seo'], 'image-alt', [place({ selector: 'img.logo' })]), PRICES, REVIEW, FACT],
      ['2 missing', '0 surplus', '2 unexplained', '0 ambiguous'],
    ],
    [
      'a place that names another line of the build',
      [{ ...MUG, occurrences: [place({ line: 13 })] }, PRICES, REVIEW, FACT],
      ['1 missing', '0 surplus', '1 unexplained', '0 ambiguous'],
    ],
    [
      'one more place of a rule that is known on that page',
      [{ ...MUG, occurrences: [place(), place({ selector: 'img.logo' })] }, PRICES, REVIEW, FACT],
      ['0 missing', '0 surplus', '2 unexplained', '0 ambiguous'],
    ],
    [
      'one place told twice',
      [{ ...MUG, occurrences: [place(), place()] }, PRICES, REVIEW, FACT],
      ['0 missing', '2 surplus', '0 unexplained', '0 ambiguous'],
    ],
    [
      'one cause told twice',
      [MUG, MUG, PRICES, REVIEW, FACT],
      ['0 missing', '2 surplus', '0 unexplained', '0 ambiguous'],
    ],
    [
      'one of two like places left out',
      [MUG, { ...PRICES, occurrences: [price(1)] }, REVIEW, FACT],
      ['1 missing', '0 surplus', '0 unexplained', '0 ambiguous'],
    ],
    [
      'a third of two like places',
      [MUG, { ...PRICES, occurrences: [price(1), price(2), price(3)] }, REVIEW, FACT],
      ['0 missing', '1 surplus', '0 unexplained', '0 ambiguous'],
    ],
    [
      'a place for review that no row names',
      [...BROKEN, { ...REVIEW, occurrences: [{ ...caption, selector: '.stamp' }] }],
      ['0 missing', '0 surplus', '1 unexplained', '0 ambiguous'],
    ],
    [
      'a place for review that came as a fault',
      [MUG, PRICES, { ...REVIEW, outcome: 'fail', occurrences: [{ ...caption, outcome: 'fail' }] }, FACT],
      ['1 missing', '0 surplus', '1 unexplained', '0 ambiguous'],
    ],
    [
      'a fault that came as a place for review',
      [{ ...MUG, occurrences: [place({ outcome: 'needs-review' })] }, PRICES, REVIEW, FACT],
      ['2 missing', '0 surplus', '2 unexplained', '0 ambiguous'],
    ],
    [
      'a fact that weighs more than a fact',
      [MUG, PRICES, REVIEW, { ...FACT, severity: 'minor' }],
      ['1 missing', '0 surplus', '1 unexplained', '0 ambiguous'],
    ],
    [
      'a cause without a place',
      [...BROKEN, finding(['axe'], 'image-alt', [])],
      ['0 missing', '0 surplus', '1 unexplained', '0 ambiguous'],
    ],
    [
      'a witness whose rule cannot be told',
      [{ ...MUG, witnesses: [...MUG.witnesses, { scanner: 'axe', rule: 'role-img-alt' }] }, ...[PRICES, REVIEW, FACT]],
      ['0 missing', '0 surplus', '0 unexplained', '1 ambiguous'],
    ],
  ])('catches %s', (_, findings, told) => {
    expect(counts(judge(report(findings), LIST, { variant: 'broken' }))).toEqual(told);
  });

  it('does not let two rows of a list mean one place', () => {
    const [fault] = LIST.faults;
    const twice = { ...LIST, faults: fault ? [...LIST.faults, { ...fault, id: 'again' }] : [] };
    expect(judge(report(BROKEN), twice, { variant: 'broken' }).ambiguous).toEqual([
      expect.stringContaining('bare-mug, again: {"scanner":"axe"'),
      expect.stringContaining('bare-mug, again: {"scanner":"seo"'),
    ]);
  });

  it('allows a repaired twin no fault', () => {
    expect(counts(judge(report(BROKEN), LIST, { variant: 'repaired' }))).toEqual([
      ...['0 missing', '0 surplus', '4 unexplained', '0 ambiguous'],
    ]);
    expect(judge(report([FACT]), LIST, { variant: 'repaired' }).missing).toHaveLength(1);
  });

  it("leaves Lighthouse's measurements out, and rows of modules that were not asked for", () => {
    const slow: Finding = {
      ...FACT,
      category: 'performance',
      witnesses: [{ scanner: 'lighthouse', rule: 'unused-javascript' }],
      occurrences: [place({ scanners: ['lighthouse'] })],
    };
    expect(judge(report([REVIEW, FACT, slow]), LIST, { variant: 'repaired' })).toEqual(EXACT);
    expect(judge(report([FACT], ['security-headers']), LIST, { variant: 'broken' })).toEqual(EXACT);
  });
});

describe('the lists of the test sites', () => {
  const sites = readdirSync(import.meta.dirname).flatMap(
    (name) => /^(.+)(?<!^awkward)\.expected\.json$/.exec(name)?.[1] ?? [],
  );

  it('name every fault that the sources mark, once, and no other', () => {
    const marked = Object.fromEntries(sites.map((site) => [site, marks(site)]));
    const listed = Object.fromEntries(
      sites.map((site) => [
        site,
        expectedOf(site)
          .faults.map((f) => f.id)
          .toSorted(),
      ]),
    );
    expect(listed).toEqual(marked);
  });
});

/** Ids of the faults marked anywhere in a site's sources. */
function marks(site: string): string[] {
  const root = join(import.meta.dirname, 'source', site);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const ids = files.flatMap((entry) => faultsIn(readFileSync(join(entry.parentPath, entry.name), 'latin1')));
  return [...new Set(ids)].toSorted();
}
