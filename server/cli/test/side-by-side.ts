import { globSync } from 'node:fs';
import { ROOT } from './run-program.ts';

const E2E = ['assets', 'bad-input', 'crawl', 'inspect', 'output', 'secure', 'streams'];

/**
 * Files of the integration suite that run two at a time: they mostly wait for pods to start. A file belongs here only when everything of
 * it is its own (data folder, site, port), when it looks at its own pods only, and when neither a clock nor a score is judged in it.
 */
export const SIDE_BY_SIDE: readonly string[] = [
  ...E2E.map((name) => `test/e2e/${name}.integration.test.ts`),
  'test/sites/secure-sites.integration.test.ts',
];

/** The other files of the suite. */
export function oneByOne(root: string = ROOT): string[] {
  const exclude = (path: string) => /(^|\/)(node_modules|\.cache|out|dist)$/.test(path);
  return globSync('**/*.integration.test.ts', { cwd: root, exclude })
    .filter((file) => !SIDE_BY_SIDE.includes(file))
    .toSorted();
}
