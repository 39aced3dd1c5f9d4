import { describe, expect, it } from 'vitest';
import { aggregate } from './aggregate.ts';
import { compareReports } from './compare.ts';
import { finding, inputOf, manifest, type TestJob } from './test/job.ts';

const axe = manifest('axe');
const logo = finding();
const label = finding({
  rule: 'label',
  issue: 'label',
  title: 'Fields must have labels',
  occurrences: [{ selector: 'input', snippet: '<input name="q">' }],
});

async function compared(before: Omit<TestJob, 'manifests'>, after: Omit<TestJob, 'manifests'>) {
  const result = compareReports(
    await aggregate(inputOf({ manifests: [axe], ...before })),
    await aggregate(inputOf({ manifests: [axe], ...after })),
  );
  const issues = (list: readonly { issue: string }[]) => list.map((f) => f.issue);
  return {
    new: issues(result.new),
    fixed: issues(result.fixed),
    same: issues(result.same),
    notComparable: issues(result.notComparable),
    cautions: result.cautions,
  };
}

describe('comparing two reports', () => {
  it('tells new, fixed and same apart, on another host too', async () => {
    const result = await compared(
      { cells: { 1: { axe: [logo] }, 2: { axe: [finding({ rule: 'x', issue: 'x' })] } } },
      { origin: 'https://next.example', cells: { 1: { axe: [logo, label] }, 2: { axe: [] } } },
    );
    expect(result).toEqual({ new: ['label'], fixed: ['x'], same: ['image-alt'], notComparable: [], cautions: [] });
  });

  it('calls nothing fixed where nobody looked again', async () => {
    const result = await compared(
      { cells: { 1: { axe: [logo] }, 2: { axe: [] } } },
      { cells: { 1: { axe: [] }, 2: { axe: [] } }, outcomes: { '1/axe': 'failed' } },
    );
    expect(result.fixed).toEqual([]);
    expect(result.notComparable).toEqual(['image-alt']);
    expect(result.cautions).toContain('At least one of the reports is incomplete.');
  });

  it('calls nothing new on a page that the earlier scan had not seen', async () => {
    const result = await compared({ cells: { 1: { axe: [] } } }, { cells: { 1: { axe: [] }, 2: { axe: [label] } } });
    expect(result).toMatchObject({ new: [], notComparable: ['label'], cautions: ['The sets of pages differ.'] });
  });

  it('takes a look at the site as a whole for no look at its pages', async () => {
    const [seo] = [manifest('seo', { site: true })];
    const both = { 1: { seo: [] }, 2: { seo: [label] }, _site: { seo: [logo] } };
    const first = { 1: { seo: [] }, _site: { seo: [] } };
    const pair = async (before: TestJob['cells'], after: TestJob['cells']) => {
      const result = compareReports(
        await aggregate(inputOf({ manifests: [seo], cells: before })),
        await aggregate(inputOf({ manifests: [seo], cells: after })),
      );
      const issues = (list: readonly { issue: string }[]) => list.map((f) => f.issue);
      return { new: issues(result.new), fixed: issues(result.fixed), notComparable: issues(result.notComparable) };
    };
    expect(await pair(both, first)).toEqual({ new: [], fixed: ['image-alt'], notComparable: ['label'] });
    expect(await pair(first, both)).toEqual({ new: ['image-alt'], fixed: [], notComparable: ['label'] });
  });
});
