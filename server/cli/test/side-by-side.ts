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

/**
 * Files that the short form leaves out: pages in a browser, which are the same for every account. One of each folder stays, to show that
 * this account can build the pages and start the browser.
 */
const SAME_FOR_EVERY_ACCOUNT = [
  /^test\/integration\/web\/(?!signin\.)/,
  /^test\/integration\/report\/(?!screens\.)/,
  /^test\/security\/egress\/(browser-redirects|spelled-hosts)\./,
  /^test\/e2e\/own-(report|app)\./,
];

/** True for a file that an account's second run need not repeat. */
export const leftOutOfShort = (file: string): boolean => SAME_FOR_EVERY_ACCOUNT.some((name) => name.test(file));
