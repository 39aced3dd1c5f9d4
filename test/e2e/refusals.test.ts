import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nextState } from '../../engine/fsm/index.ts';
import { asStageflowError, systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { explain } from '../../server/cli/explain.ts';
import { buildProgram } from '../../server/cli/program.ts';
import { cli, createHome, site, startCli } from './cli.ts';

const home = createHome();
const root = mkdtempSync(join(tmpdir(), 'stageflow-refusals-'));
const at = (...names: string[]) => join(root, ...names);

beforeAll(() => {
  writeFileSync(at('text.zip'), 'this is no archive');
  writeFileSync(at('plain'), 'a file');
  mkdirSync(at('nothing'));
  mkdirSync(at('no-html'));
  writeFileSync(at('no-html', 'inner.zip'), 'PK\u0003\u0004');
  mkdirSync(at('dist'));
  writeFileSync(at('dist', 'index.html'), '<h1>hi</h1>');
  writeFileSync(at('huge.zip'), 'PK\u0003\u0004');
  truncateSync(at('huge.zip'), 5 * 2 ** 30);
  spawnSync('mkfifo', [at('pipe.zip')]);
  symlinkSync(at('gone'), at('dangling'));
  mkdirSync(at('taken', 'report.json'), { recursive: true });
  writeFileSync(at('locked.zip'), 'PK\u0003\u0004');
  chmodSync(at('locked.zip'), 0);
});
afterAll(() => {
  home.dispose();
  rmSync(root, { recursive: true, force: true });
});

/** Whatever gets as far as setting the machine up ends at once as `nats_unsafe`: a queue is named without its token. */
const NO_SET_UP = { STAGEFLOW_NATS_URL: 'nats://127.0.0.1:1' };
beforeAll(() => {
  for (const [name, value] of Object.entries({ ...NO_SET_UP, STAGEFLOW_HOME: home.path })) vi.stubEnv(name, value);
});
afterAll(() => vi.unstubAllEnvs());

/** How a command is refused: its exit code, and the line that a person reads. */
async function refused(args: readonly string[]): Promise<{ readonly exit: number; readonly line: string }> {
  try {
    const exit = await buildProgram(new AbortController().signal).run(args);
    return { exit, line: 'it was not refused' };
  } catch (thrown) {
    const error = asStageflowError(thrown);
    return { exit: error.row.exit, line: explain(error, false) };
  }
}

it('a scan that nothing speaks against gets as far as the set-up', async () => {
  const { exit, line } = await refused(['scan', site('shop.zip'), '-o', at('good', 'out')]);
  expect([exit, line]).toEqual([5, expect.stringContaining('[nats_unsafe]')]);
  expect(readdirSync(at('good', 'out'))).toEqual([]);
});

it('Ctrl-C while the machine is set up ends as interrupted, whatever the set-up then says', async () => {
  expect(await buildProgram(AbortSignal.abort()).run(['scan', site('shop.zip')])).toBe(130);
});

const DIST = at('dist');
const CASES: readonly (readonly [string, readonly string[], number, string, RegExp])[] = [
  ['a file that is no ZIP', [at('text.zip')], 2, 'not_a_zip', /Pack the build folder/],
  ['a pipe', [at('pipe.zip')], 2, 'not_a_zip', /is not a ZIP archive/],
  ['a file of 5 GiB', [at('huge.zip')], 2, 'zip_size', /more than 200 MiB/],
  ['a file that is not there', [at('gone.zip')], 2, 'file_not_found', /no file or folder/],
  ['a word that is no host', ['build/site'], 2, 'file_not_found', /no file or folder at build\/site/],
  ['an empty folder', [at('nothing')], 4, 'zip_empty', /holds no files/],
  ['a folder that holds only a ZIP', [at('no-html')], 4, 'zip_no_html', /no HTML page/],
  ['two folders', [DIST, at('nothing')], 2, 'usage', /one archive or folder/],
  ['a login in the address', ['https://me:hunter2@example.org'], 2, 'bad_url', /--basic-auth/],
  ['a port that is not open', ['example.org:2222'], 2, 'bad_url', /--allow-host example\.org:2222/],
  ['output below a file', [DIST, '-o', at('plain', 'sub')], 2, 'bad_option', /plain.* is a file|part of the path/],
  ['output that is a file', [DIST, '-o', at('plain')], 2, 'bad_option', /plain is a file/],
  ['output at a dangling link', [DIST, '-o', at('dangling')], 2, 'bad_option', /a link that leads to no folder/],
  ['output without a name', [DIST, '-o', ''], 2, 'bad_option', /it is empty/],
  ['output that is the scanned folder', [DIST, '-o', DIST], 2, 'bad_option', /in the scanned folder/],
  ['output in the scanned folder', [DIST, '-o', at('dist', 'out')], 2, 'bad_option', /in the scanned folder/],
  ['a folder where the report goes', [DIST, '-o', at('taken')], 2, 'bad_option', /report\.json is a folder/],
  ['a score of no module', [DIST, '--min-score', 'foo=3'], 2, 'bad_option', /the scores are axe, .*performance/],
  ['a score that its module lacks', [DIST, '--min-score', 'link-checker=3'], 2, 'bad_option', /findings, not a score/],
  ['a score below 1', [DIST, '--min-score', 'performance=0.95'], 2, 'bad_option', /did you mean performance=95/],
  ['a score in percent', [DIST, '--min-score', 'performance=95%'], 2, 'bad_option', /did you mean performance=95\?/],
  ['a score above 100', [DIST, '--min-score', 'seo=101'], 2, 'bad_option', /from 0 to 100/],
  ['a score below 0', [DIST, '--min-score', 'seo=-1'], 2, 'bad_option', /from 0 to 100/],
  ['asset hosts of a site', ['example.org', '--allow-assets', 'cdn.example'], 2, 'bad_option', /archive or a folder/],
  ['an address of a site', ['example.org', '--site-url', 'https://a.example'], 2, 'bad_option', /archive or a folder/],
  ['two headers in one', [DIST, '--header', 'A: b\nC: d'], 2, 'bad_option', /line breaks/],
  ['a word for a number', [DIST, '--scanner-option', 'seo.titleMaxLength=long'], 2, 'bad_option', /from 20 to 200/],
  ['a severity of no kind', [DIST, '--fail-on', 'bad'], 2, 'bad_option', /critical, serious/],
  ['a form of no kind', [DIST, '-f', 'json,pdf'], 2, 'bad_option', /known formats are json/],
  ['no form at all', [DIST, '-f', ','], 2, 'bad_option', /known formats are json/],
  ['an unknown module', [DIST, '-m', 'axle'], 2, 'unknown_module', /Known modules: .*\baxe, lighthouse/],
  ['pages of no kind', [DIST, '--pages', 'most'], 2, 'usage', /sample, all/],
  ['part of a page', [DIST, '--max-pages', '0.95'], 2, 'bad_option', /a whole number from 1/],
  ['no Lighthouse run', [DIST, '--lighthouse-runs', '0'], 2, 'bad_option', /from 1 to 9/],
];

describe('a scan is refused before anything is set up', () => {
  it.each(CASES)('for %s', async (_, args, wanted, code, words) => {
    const { exit, line } = await refused(['scan', ...args]);
    expect([exit, line]).toEqual([wanted, expect.stringContaining(`[${code}]`)]);
    expect(line).toMatch(words);
    expect(line.split('\n')).toHaveLength(1);
    expect(existsSync(at('dist', 'out'))).toBe(false);
    expect(existsSync(at('gone'))).toBe(false);
  });

  // Root reads everything.
  it.skipIf(process.getuid?.() === 0)('for a file that this account may not read', async () => {
    const { exit, line } = await refused(['scan', at('locked.zip')]);
    expect([exit, line]).toEqual([2, expect.stringContaining('[file_unreadable]')]);
  });

  it('for a data folder that cannot be', async () => {
    vi.stubEnv('STAGEFLOW_HOME', at('plain', 'x'));
    const { exit, line } = await refused(['scan', DIST]);
    vi.stubEnv('STAGEFLOW_HOME', home.path);
    expect([exit, line]).toEqual([2, expect.stringMatching(/of STAGEFLOW_HOME cannot be used: .*\[bad_option\]/)]);
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://[fd00:ec2::254]/',
    'http://metadata.google.internal/',
    'http://0.0.0.0/',
    'http://224.0.0.1/',
  ])('for %s, and --allow-host is not advised, since it would not help', async (url) => {
    const plain = await refused(['scan', url]);
    expect([plain.exit, plain.line]).toEqual([
      2,
      expect.stringMatching(/nothing can allow this one.*\[private_address\]/),
    ]);
    expect(plain.line).not.toContain('--allow-host');
    expect(await refused(['scan', url, '--allow-host', `${new URL(url).host}:80`])).toEqual(plain);
  });
});

it.each([
  [['scan', DIST, '-o', '/proc/stageflow/x'], {}],
  [['scan', DIST], { STAGEFLOW_HOME: '/proc/stageflow/x' }],
  [['backup', '-o', '/proc/stageflow/x'], {}],
])('%j ends with %j, though no folder can be made below /proc', async (args, env: Record<string, string>) => {
  const ledger = openLedger({ path: join(home.path, 'ledger.db'), clock: systemClock, nextState });
  ledger.close();
  const run = startCli(args, { home: home.path, env: { ...NO_SET_UP, ...env } });
  const given = setTimeout(() => run.child.kill('SIGKILL'), 15_000);
  const { code, stderr, stdout } = await run.done;
  clearTimeout(given);
  expect([code, stderr, stdout]).toEqual([
    2,
    expect.stringMatching(/no folder can be made there. \[bad_option\]\n$/),
    '',
  ]);
});

it('a backup below a file is refused too', async () => {
  const { exit, line } = await refused(['backup', '-o', at('plain', 'sub')]);
  expect([exit, line]).toEqual([2, expect.stringContaining('[bad_option]')]);
});

it('doctor --archive says of a file that is no ZIP what a scan says, without a set-up', async () => {
  const { code, stdout, stderr } = await cli(['doctor', '--archive', at('text.zip'), '--json'], {
    home: home.path,
    env: NO_SET_UP,
  });
  expect([code, stderr]).toEqual([2, '']);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'refuse', code: 'not_a_zip' });
});
