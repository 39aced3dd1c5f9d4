import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryFolder } from '../host/index.ts';
import { machineMirrors, sourcesList } from './apt-mirror.ts';
import { imageContents } from './contents.ts';
import { contextEntries } from './context.ts';
import { productionClosure } from './lockfile.ts';
import { superseded } from './prune.ts';
import { tarStream } from './tar.ts';

describe('the closure of production dependencies', () => {
  const lock = {
    packages: {
      '': {},
      'scanners/axe': { dependencies: { a: '1', '@stageflow/engine': '0' } },
      engine: { dependencies: { zod: '4', minio: '8' } },
      'node_modules/@stageflow/engine': { link: true },
      'node_modules/a': { version: '1', dependencies: { b: '2' }, optionalDependencies: { absent: '1', native: '1' } },
      'node_modules/b': { version: '1' },
      'node_modules/a/node_modules/b': { version: '2', dependencies: { a: '1' } },
      'node_modules/native': { version: '1', os: ['linux'] },
      'node_modules/zod': { version: '4' },
      'node_modules/minio': { version: '8' },
    },
  };

  it('follows Node’s lookup, nearest first, and survives cycles', () => {
    expect(productionClosure(lock, ['scanners/axe']).map((item) => item.folder)).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
    ]);
  });

  it('leaves out what a workspace has for other uses', () => {
    expect(productionClosure(lock, ['engine'], { engine: ['zod'] }).map((item) => item.folder)).toEqual([
      'node_modules/zod',
    ]);
  });

  it('says which package the lockfile lacks', () => {
    expect(() => productionClosure({ packages: { x: { dependencies: { gone: '1' } } } }, ['x'])).toThrow(/gone/);
  });
});

describe('the image’s name', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'image-'));
    for (const name of [
      'package.json',
      'engine/package.json',
      'engine/kernel',
      'engine/scanner',
      'scanners/image',
      'scanners/axe/package.json',
    ]) {
      cpSync(path.join(repositoryFolder(), name), path.join(root, name), { recursive: true });
    }
    cpSync(path.join(repositoryFolder(), 'package-lock.json'), path.join(root, 'package-lock.json'));
    mkdirSync(path.join(root, 'scanners/axe/test'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is the same for the same content and another for another processor', () => {
    expect(imageContents(root, 'x64').ref).toBe(imageContents(root, 'x64').ref);
    expect(imageContents(root, 'x64').ref).not.toBe(imageContents(root, 'arm64').ref);
    expect(imageContents(root).ref).toMatch(/^localhost\/stageflow\/scanner:[0-9a-f]{16}$/);
  });

  it('changes with a source and the recipe, but not with tests and pages for people', () => {
    const before = imageContents(root).ref;
    writeFileSync(path.join(root, 'scanners/axe/README.md'), 'words');
    writeFileSync(path.join(root, 'scanners/axe/audit.test.ts'), 'test');
    writeFileSync(path.join(root, 'scanners/axe/test/fixture.json'), '{}');
    expect(imageContents(root).ref).toBe(before);
    writeFileSync(path.join(root, 'scanners/axe/audit.ts'), 'export const x = 1;');
    const after = imageContents(root);
    expect(after.ref).not.toBe(before);
    writeFileSync(path.join(root, 'scanners/image/Containerfile'), 'FROM scratch');
    expect(imageContents(root).ref).not.toBe(after.ref);
    expect(imageContents(root).baseRef).toBe(after.baseRef);
  });

  it('is found fast enough for every start', () => {
    const started = performance.now();
    imageContents(repositoryFolder());
    expect(performance.now() - started).toBeLessThan(200);
  });
});

describe('the build context', () => {
  it('holds the scanners as links, so that types are stripped, and nothing of the ledger, the queue or the store', () => {
    const root = repositoryFolder();
    const paths = [...contextEntries(root, imageContents(root), process.execPath)].map((entry) => entry.path);
    expect(paths).toContain('sources/engine/scanner/index.ts');
    expect(paths).toContain('sources/node_modules/@stageflow/engine');
    expect(paths).toContain('dependencies/node_modules/zod/package.json');
    expect(
      paths.filter((name) => /better-sqlite3|minio|@nats-io|\.test\.ts$|sources\/engine\/(run|ledger|bus)/.test(name)),
    ).toEqual([]);
  });

  it('is a tar stream that depends on nothing but its entries and that tar unpacks, long names and links included', () => {
    const long = `${'deep/'.repeat(30)}file.txt`;
    const entries = [
      { kind: 'file', path: long, executable: false, data: Buffer.from('long') },
      { kind: 'file', path: 'bin/run', executable: true, data: Buffer.from('#!') },
      { kind: 'link', path: 'bin/alias', target: 'run' },
    ] as const;
    const stream = Buffer.concat([...tarStream(entries)]);
    expect(Buffer.concat([...tarStream(entries)]).equals(stream)).toBe(true);
    const listed = execFileSync('tar', ['-tv', '--utc', '-f', '-'], {
      input: stream,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    expect(listed).toContain(long);
    expect(listed).toMatch(/^-rwxr-xr-x .* bin\/run$/m);
    expect(listed).toMatch(/bin\/alias -> run$/m);
    expect(listed).toMatch(/2020-01-01/);
  });
});

describe('the base', () => {
  const otherwise = { main: 'http://deb.debian.org/debian', security: 'http://deb.debian.org/debian-security' };

  it('comes from the machine’s own mirrors, in either form of apt’s sources', () => {
    const oneLine = 'deb [arch=amd64] https://mirror.corp/debian/ bookworm main\n# deb http://no/debian x\n';
    const deb822 = 'Types: deb\nURIs: http://mirror.corp/debian-security\nSuites: bookworm-security\n';
    expect(machineMirrors([oneLine, deb822], otherwise)).toEqual({
      main: 'https://mirror.corp/debian',
      security: 'http://mirror.corp/debian-security',
    });
  });

  it('comes from Debian on a machine that is not Debian', () => {
    expect(machineMirrors(['deb http://archive.ubuntu.com/ubuntu noble main'], otherwise)).toEqual(otherwise);
  });

  it('includes security updates, which bring the browser’s fixes', () => {
    expect(
      sourcesList('bookworm', otherwise).some((line) => line.includes('debian-security bookworm-security main')),
    ).toBe(true);
  });
});

it('keeps the newest few superseded images, the current one and everybody else’s', () => {
  const image = (tag: string, created: number) => ({ Names: [`localhost/stageflow/scanner:${tag}`], Created: created });
  const listed = [
    image('a', 1),
    image('b', 2),
    image('c', 3),
    image('d', 4),
    image('now', 0),
    { Names: ['localhost/other:1'], Created: 0 },
    { Names: null },
  ];
  expect(superseded(listed, 'localhost/stageflow/scanner:now')).toEqual(['localhost/stageflow/scanner:a']);
});
