import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { againstPublishedSchema } from '../conformance/published-schema.ts';
import { cli, createHome, leftovers, site } from '../e2e/cli.ts';
import { EXACT, expectedOf, judge, reportAt } from './judge.ts';

const home = createHome();
afterAll(() => home.dispose());
const expected = expectedOf('navigator');

it.each([
  { variant: 'broken', archive: 'navigator.zip' },
  { variant: 'repaired', archive: 'navigator-repaired.zip' },
] as const)(
  'the $variant twin shows the faults that only acting on it brings out, and nothing else',
  async ({ variant, archive }) => {
    const output = join(home.path, 'out', variant);
    const run = await cli(['scan', site(archive), '-m', 'axe,ai-navigator', '-o', output, '-f', 'json'], {
      home: home.path,
    });
    expect(run.code, run.stderr + run.stdout).toBe(0);
    const file = join(output, 'report.json');
    const report = reportAt(file);
    expect(report.verdict.status).toBe('complete');
    expect(judge(report, expected, { variant })).toEqual(EXACT);
    expect(againstPublishedSchema(JSON.parse(readFileSync(file, 'utf8')))).toEqual([]);
    const evidence = report.artifacts.filter((one) => one.scanner === 'ai-navigator').map((one) => one.key);
    for (const name of ['transcript.json', 'path.spec.ts', 'screenshot-state-0.jpg'])
      expect(evidence.some((key) => key.endsWith(`/${name}`))).toBe(true);
    expect(leftovers(home.path)).toEqual([]);
  },
);
