import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { has, line, ours } from './tree.ts';

const FILES: Record<string, string> = {
  'index.html': '<!doctype html><title>home</title>',
  'h\u00e9llo/\u4f60\u597d.html': 'unicode',
  'a/b/c.txt': 'x'.repeat(5000),
  empty: '',
};

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stageflow-tools-'));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(home, 'in', name)), { recursive: true });
    writeFileSync(join(home, 'in', name), text);
  }
});
afterAll(() => rmSync(home, { recursive: true }));

const WRITE = `
import zipfile, sys, os
method = {'stored': zipfile.ZIP_STORED, 'deflated': zipfile.ZIP_DEFLATED}[sys.argv[2]]
class Pipe:
    def __init__(self, f): self.f = f
    def write(self, b): return self.f.write(b)
    def flush(self): self.f.flush()
f = open(sys.argv[1], 'wb')
z = zipfile.ZipFile(Pipe(f) if sys.argv[3] == 'stream' else f, 'w', method)
os.chdir(sys.argv[4])
for d, ds, fs in os.walk('.'):
    for n in ds: z.write(os.path.join(d, n))
    for n in fs:
        if sys.argv[3] == 'zip64':
            with z.open(zipfile.ZipInfo.from_file(os.path.join(d, n)), 'w', force_zip64=True) as o: o.write(open(os.path.join(d, n), 'rb').read())
        else: z.write(os.path.join(d, n))
z.close()
`;

/** Tools that may be on this machine, and how each packs the folder. */
const TOOLS: { tool: string; name: string; pack: (out: string, folder: string) => void }[] = [
  ...['stored', 'deflated'].flatMap((method) =>
    ['file', 'stream', 'zip64'].map((form) => ({
      tool: 'python3',
      name: `python3 zipfile, ${method}, ${form}`,
      pack: (out: string, folder: string) => void execFileSync('python3', ['-c', WRITE, out, method, form, folder]),
    })),
  ),
  {
    tool: 'zip',
    name: 'Info-ZIP',
    pack: (out, folder) => void execFileSync('zip', ['-q', '-r', out, '.'], { cwd: folder }),
  },
  {
    tool: 'zip',
    name: 'Info-ZIP as a stream',
    pack: (out, folder) => writeFileSync(out, execFileSync('zip', ['-q', '-r', '-', '.'], { cwd: folder })),
  },
  {
    tool: 'bsdtar',
    name: 'bsdtar',
    pack: (out, folder) => void execFileSync('bsdtar', ['-a', '-c', '-f', out, '.'], { cwd: folder }),
  },
  {
    tool: '7z',
    name: '7-Zip',
    pack: (out, folder) => void execFileSync('7z', ['a', '-tzip', out, '.'], { cwd: folder, stdio: 'ignore' }),
  },
  { tool: 'git', name: 'git archive', pack: gitArchive },
];

function gitArchive(out: string, folder: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder, stdio: 'pipe' });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 't');
  git('archive', '--format=zip', '-o', out, 'HEAD');
  rmSync(join(folder, '.git'), { recursive: true });
}

describe('Z20 archives of real tools are accepted with the right contents', () => {
  for (const { tool, name, pack } of TOOLS) {
    test.skipIf(!has(tool))(`Z20 ${name} (skipped where ${tool} is missing)`, () => compare(name, pack));
  }

  async function compare(name: string, pack: (out: string, folder: string) => void): Promise<void> {
    const out = join(home, `${name.replace(/\W+/g, '-')}.zip`);
    pack(out, join(home, 'in'));
    const expected = Object.entries(FILES)
      .map(([path, text]) => line(createHash('sha256').update(text).digest('hex'), path))
      .sort();
    expect(await ours(readFileSync(out))).toEqual(expected);
  }
});
