import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './run-program.ts';
import { leftOutOfShort, oneByOne, SIDE_BY_SIDE } from './side-by-side.ts';

it.each(SIDE_BY_SIDE)(
  '%s is there and may run beside another: no Lighthouse, no clock, a data folder of its own',
  (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    expect(text).toContain('createHome()');
    expect(text).not.toMatch(/lighthouse|performance\.now|Date\.now/);
  },
);

it('all other files run one by one, scanners’ own included', () => {
  const files = oneByOne();
  expect(files).toContain('test/e2e/crash.integration.test.ts');
  expect(files).toContain('scanners/seo/test/collect.integration.test.ts');
  expect(files.filter((file) => SIDE_BY_SIDE.includes(file) || file.includes('node_modules'))).toEqual([]);
});

it('the short form leaves out pages in a browser, and keeps one file of each folder and all that starts pods', () => {
  const kept = oneByOne().filter((file) => !leftOutOfShort(file));
  expect(kept).toContain('test/integration/web/signin.integration.test.ts');
  expect(kept).toContain('test/integration/report/screens.integration.test.ts');
  expect(kept).toContain('test/integration/pod/podman.integration.test.ts');
  expect(kept).not.toContain('test/integration/web/accessible.integration.test.ts');
});
