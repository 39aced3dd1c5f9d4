import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, createHome, leftovers } from './cli.ts';

// The smallest archive there is: an end record and nothing else.
const EMPTY_ZIP = Buffer.from([0x50, 0x4b, 5, 6, ...Array.from({ length: 18 }, () => 0)]);

const home = createHome();
const folder = mkdtempSync(join(tmpdir(), 'stageflow-bad-input-'));
const file = (name: string, content: string | Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

beforeAll(() => {
  file('text.zip', 'this is no archive');
  file('empty.zip', EMPTY_ZIP);
  mkdirSync(join(folder, 'no-html'));
  file('no-html/readme.txt', 'no page here');
  mkdirSync(join(folder, 'nothing'));
});
afterAll(() => {
  home.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('bad input gets one sentence and the right exit code', () => {
  const cases: readonly {
    readonly what: string;
    readonly args: readonly string[];
    readonly exit: number;
    readonly code: string;
  }[] = [
    { what: 'no such file', args: ['scan', 'missing.zip'], exit: 2, code: 'file_not_found' },
    { what: 'not a ZIP', args: ['scan', join(folder, 'text.zip')], exit: 2, code: 'not_a_zip' },
    { what: 'an empty ZIP', args: ['scan', join(folder, 'empty.zip')], exit: 4, code: 'zip_empty' },
    { what: 'an empty folder', args: ['scan', join(folder, 'nothing')], exit: 4, code: 'zip_empty' },
    { what: 'a folder without HTML', args: ['scan', join(folder, 'no-html')], exit: 4, code: 'zip_no_html' },
    { what: 'a bad URL', args: ['scan', 'ftp://example.org/'], exit: 2, code: 'bad_url' },
    {
      what: 'an unresolvable host',
      args: ['scan', 'http://no-such-host.invalid/', '-m', 'seo'],
      exit: 4,
      code: 'host_unresolvable',
    },
    {
      what: 'a closed port',
      args: ['scan', 'http://127.0.0.1:9/', '--allow-host', '127.0.0.1:9', '-m', 'seo'],
      exit: 4,
      code: 'host_unreachable',
    },
    { what: 'a private address', args: ['scan', 'http://192.168.1.1/'], exit: 2, code: 'private_address' },
    { what: 'the metadata address', args: ['scan', 'http://169.254.169.254/latest'], exit: 2, code: 'private_address' },
    { what: 'no modules', args: ['scan', 'https://example.org', '-m', ','], exit: 2, code: 'no_modules' },
    { what: 'an unknown module', args: ['scan', 'https://example.org', '-m', 'axle'], exit: 2, code: 'unknown_module' },
    { what: 'an unknown option', args: ['scan', 'https://example.org', '--fast'], exit: 2, code: 'usage' },
    {
      what: 'a score between 0 and 1',
      args: ['scan', 'https://example.org', '--min-score', 'performance=0.9'],
      exit: 2,
      code: 'bad_option',
    },
    { what: 'nothing at all', args: ['scan'], exit: 2, code: 'usage' },
    { what: 'nothing to resume', args: ['scan', '--resume'], exit: 2, code: 'nothing_to_resume' },
  ];
  it.each(cases)('$what: exit $exit', async ({ args, exit, code }) => {
    const result = await cli(args, { home: home.path });
    expect(result, result.stderr).toMatchObject({ code: exit });
    expect(result.stderr).toContain(`[${code}]`);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(leftovers(home.path)).toEqual([]);
  });
});

it('doctor --archive judges an empty ZIP as a scan does', async () => {
  const result = await cli(['doctor', '--archive', join(folder, 'empty.zip'), '--json'], { home: home.path });
  expect(result.code, result.stderr).toBe(4);
  expect(JSON.parse(result.stdout)).toMatchObject({ verdict: 'accept', code: 'zip_empty' });
});
