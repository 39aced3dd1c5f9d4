import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extract } from '../../../scanners/runtime/extractor/run.ts';
import { engineWith } from '../../integration/extractor/assignment.ts';
import { zip } from './zip-writer.ts';

const MAIN = join(import.meta.dirname, '../../../scanners/runtime/extractor/verdict-main.ts');
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stageflow-verdict-'));
});
afterAll(() => {
  expect(readdirSync(home)).toEqual(['good.zip']);
  rmSync(home, { recursive: true });
});

function run(path: string[], input?: Buffer): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...path], {
    input,
    encoding: 'utf8',
    env: { TMPDIR: home },
  });
  return { status, stdout, stderr };
}

const good = zip([{ name: 'index.html', data: 'home' }]);

test('the verdict on a file is one line of JSON and exit 0', () => {
  writeFileSync(join(home, 'good.zip'), good);
  const { status, stdout } = run([join(home, 'good.zip')]);
  expect([status, JSON.parse(stdout)]).toEqual([
    0,
    expect.objectContaining({ verdict: 'accept', entries: 1, bytes: 4 }),
  ]);
});

test('an archive on standard input is judged alike and leaves no file', () => {
  expect(JSON.parse(run(['-'], good).stdout)).toMatchObject({ verdict: 'accept' });
  const { status, stdout } = run(['-'], zip([{ name: '../x', data: 'x' }]));
  expect([status, JSON.parse(stdout)]).toEqual([
    2,
    expect.objectContaining({ verdict: 'refuse', code: 'zip_path', entry: '../x' }),
  ]);
});

const ends: readonly (readonly [string, Buffer, string | null, number])[] = [
  ['a page', good, null, 0],
  ['no entry', zip([]), 'zip_empty', 4],
  ['folders alone', zip([{ name: 'a/', data: '' }]), 'zip_empty', 4],
  ['only what a system puts there', zip([{ name: '__MACOSX/._index.html', data: 'x' }]), 'zip_empty', 4],
  ['files and no page', zip([{ name: 'a/style.css', data: 'x' }]), 'zip_no_html', 4],
  ['a way out', zip([{ name: '../index.html', data: 'x' }]), 'zip_path', 2],
];
test.each(ends)('the verdict on an archive with %s is that of the scan', async (_, archive, code, exit) => {
  const { status, stdout } = run(['-'], archive);
  expect([status, (JSON.parse(stdout) as { code: string }).code]).toEqual([exit, code]);
  const { assignment, input } = engineWith(archive, { directory: join(home, 'site') });
  const { message, served } = await extract(assignment, input());
  await served?.close();
  rmSync(join(home, 'site'), { recursive: true });
  expect(message.type === 'extractor.refused' ? message.code : null).toBe(code);
});

test.each<[string, string[], RegExp]>([
  ['no argument', [], /No archive was named/],
  ['no such file', ['/nowhere/x.zip'], /no file or folder at \/nowhere\/x.zip/],
  ['a folder', [tmpdir()], /is not a ZIP archive/],
])('%s is one sentence and exit 2', (_, args, sentence) => {
  const { status, stdout, stderr } = run(args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
