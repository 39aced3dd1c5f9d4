import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Expected, expectedOf, judge, type JudgedReport } from './judge.ts';
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
        { scanner: 'axe', rule: 'image-alt', page: '/mug', at: 'img.hero' },
        { scanner: 'seo', rule: 'image-alt', page: '/mug', at: 'img.hero' },
      ],
    },
  ],
  review: [{ scanner: 'axe', rule: 'color-contrast', page: '/mug' }],
  repairedInfo: [{ scanner: 'security-headers', rule: 'headers-not-declared', page: '/mug' }],
});

const place = (more: Partial<Place> = {}): Place => ({
  pageId: 'p1',
  outcome: 'fail',
  selector: 'img.hero',
  snippet: null,
  target: null,
  message: null,
  scanners: ['axe', 'seo'],
  ...more,
});

const MUG: Finding = {
  severity: 'serious',
  category: 'accessibility',
  witnesses: [
    { scanner: 'axe', rule: 'image-alt' },
    { scanner: 'seo', rule: 'image-alt' },
  ],
  occurrences: [place()],
};
const REVIEW: Finding = {
  severity: 'serious',
  category: 'accessibility',
  witnesses: [{ scanner: 'axe', rule: 'color-contrast' }],
  occurrences: [place({ outcome: 'needs-review', scanners: ['axe'] })],
};
const FACT: Finding = {
  severity: 'info',
  category: 'security',
  witnesses: [{ scanner: 'security-headers', rule: 'headers-not-declared' }],
  occurrences: [place({ selector: null, scanners: ['security-headers'] })],
};

const report = (
  findings: readonly Finding[],
  modules = ['axe', 'seo', 'security-headers', 'lighthouse'],
): JudgedReport => ({
  job: { modules },
  pages: [{ id: 'p1', path: '/mug' }],
  findings,
});

describe('judging a report by its list', () => {
  it('finds an exact report exact, in either twin', () => {
    expect(judge(report([MUG, REVIEW, FACT]), LIST, 'broken')).toEqual({ missing: [], unexplained: [] });
    expect(judge(report([FACT]), LIST, 'repaired')).toEqual({ missing: [], unexplained: [] });
  });

  it('misses a fault that one of its witnesses did not see', () => {
    const half = { ...MUG, occurrences: [place({ scanners: ['axe'] })] };
    const { missing } = judge(report([half, REVIEW, FACT]), LIST, 'broken');
    expect(missing).toHaveLength(1);
    expect(missing[0]).toContain('bare-mug: {"scanner":"seo"');
  });

  it('misses a fault that was seen elsewhere, and does not explain that sighting', () => {
    const elsewhere = { ...MUG, occurrences: [place({ selector: 'img.logo' })] };
    const { missing, unexplained } = judge(report([elsewhere, REVIEW, FACT]), LIST, 'broken');
    expect(missing).toHaveLength(2);
    expect(unexplained).toHaveLength(2);
  });

  it('misses a place for review that came as a fault', () => {
    const sure = { ...REVIEW, occurrences: [place({ scanners: ['axe'] })] };
    const { missing, unexplained } = judge(report([MUG, sure, FACT]), LIST, 'broken');
    expect(missing).toHaveLength(1);
    expect(unexplained).toHaveLength(1);
  });

  it('allows a repaired twin no fault, and a listed fact only while it is a fact', () => {
    expect(judge(report([MUG, FACT]), LIST, 'repaired').unexplained).toHaveLength(2);
    expect(judge(report([{ ...FACT, severity: 'minor' }]), LIST, 'repaired').unexplained).toHaveLength(1);
    expect(judge(report([]), LIST, 'repaired').missing).toHaveLength(1);
  });

  it("leaves Lighthouse's measurements out, and rows of modules that were not asked for", () => {
    const slow: Finding = {
      ...FACT,
      category: 'performance',
      witnesses: [{ scanner: 'lighthouse', rule: 'unused-javascript' }],
      occurrences: [place({ scanners: ['lighthouse'] })],
    };
    expect(judge(report([FACT, slow]), LIST, 'repaired').unexplained).toEqual([]);
    expect(judge(report([FACT], ['security-headers']), LIST, 'broken').missing).toEqual([]);
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
