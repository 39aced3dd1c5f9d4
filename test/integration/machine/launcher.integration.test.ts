import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const launcher = path.resolve(import.meta.dirname, '../../../stageflow');
let base: string;
let clone: string;
let tools: string;

/** A small clone with the real launcher, and a folder of tools that is the whole PATH besides the system's. */
beforeEach(() => {
  base = realpathSync(mkdtempSync(path.join(tmpdir(), 'launcher-')));
  clone = path.join(base, 'my clone');
  tools = path.join(base, 'tools');
  mkdirSync(path.join(clone, 'server/cli'), { recursive: true });
  mkdirSync(tools);
  copyFileSync(launcher, path.join(clone, 'stageflow'));
  chmodSync(path.join(clone, 'stageflow'), 0o755);
  writeFileSync(path.join(clone, 'package.json'), '{"name":"clone","version":"1.0.0","type":"module"}');
  writeFileSync(
    path.join(clone, 'package-lock.json'),
    '{"name":"clone","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"clone","version":"1.0.0"}}}',
  );
  writeFileSync(
    path.join(clone, 'server/cli/index.ts'),
    'const words: string[] = process.argv.slice(2);\nconsole.log(JSON.stringify({ words, cwd: process.cwd(), cache: process.env.STAGEFLOW_CACHE }));\nprocess.exitCode = 42;\n',
  );
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const goodNode = path.dirname(process.execPath);

function start(args: string[], env: Record<string, string> = {}, file = path.join(clone, 'stageflow')) {
  const run = spawnSync(file, args, {
    cwd: base,
    encoding: 'utf8',
    env: { HOME: base, PATH: `${goodNode}:/usr/local/bin:/usr/bin:/bin`, ...env },
    timeout: 60_000,
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

function oldNode(): void {
  writeFileSync(path.join(tools, 'node'), '#!/bin/sh\necho v20.20.2\n');
  chmodSync(path.join(tools, 'node'), 0o755);
}

it('ends with a sentence for a cache folder that cannot be made, where Node would never end', () => {
  const run = start(['scan'], { STAGEFLOW_CACHE: '/proc/stageflow' });
  expect(run).toMatchObject({ code: 5, out: '' });
  expect(run.err).toMatch(/cache folder \/proc\/stageflow cannot be made/);
});

it('keeps the caller’s folder, arguments and exit code, and speaks only on stderr', () => {
  const run = start(['scan', 'a b', '--x=$HOME']);
  expect(run.code).toBe(42);
  expect(JSON.parse(run.out)).toEqual({
    words: ['scan', 'a b', '--x=$HOME'],
    cwd: base,
    cache: path.join(clone, '.cache'),
  });
  expect(run.err).toMatch(/^stageflow: installing the npm packages/);
  expect(run.err).not.toMatch(/npm warn/i);
});

it('says nothing and takes under half a second from the second start on, and installs again after a change of the lockfile', () => {
  start([]);
  const before = performance.now();
  expect(start([]).err).toBe('');
  expect(performance.now() - before).toBeLessThan(500);
  writeFileSync(
    path.join(clone, 'package-lock.json'),
    '{"name":"clone","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"clone","version":"1.0.0"}}}',
  );
  expect(start([]).err).toMatch(/installing the npm packages/);
});

it('works through a link from another folder', () => {
  symlinkSync(path.join(clone, 'stageflow'), path.join(tools, 'sf'));
  expect(start(['x'], {}, path.join(tools, 'sf')).code).toBe(42);
});

it('installs nothing under STAGEFLOW_NO_INSTALL: an old Node gives the command to run by hand and 5', () => {
  oldNode();
  const run = start(['scan'], { PATH: `${tools}:/usr/bin:/bin`, STAGEFLOW_NO_INSTALL: '1' });
  expect(run.code).toBe(5);
  expect(run.out).toBe('');
  expect(run.err).toMatch(/Node 24\.11\.0 or newer is missing.*\n {4}npm install --prefix/);
});

it('installs nothing under STAGEFLOW_NO_INSTALL: missing packages give the command to run by hand and 5', () => {
  const run = start(['scan'], { STAGEFLOW_NO_INSTALL: '1' });
  expect(run.code).toBe(5);
  expect(run.err).toContain('npm ci --ignore-scripts');
});

it('names the one missing step where it cannot bring Node', () => {
  oldNode();
  for (const [system, machine, step] of [
    ['Darwin', 'arm64', 'brew install node'],
    ['MINGW64_NT-10.0', 'x86_64', 'winget install OpenJS.NodeJS'],
    ['FreeBSD', 'amd64', 'https://nodejs.org'],
  ] as const) {
    writeFileSync(path.join(tools, 'uname'), `#!/bin/sh\n[ "$1" = -s ] && echo ${system} || echo ${machine}\n`);
    chmodSync(path.join(tools, 'uname'), 0o755);
    const run = start([], { PATH: `${tools}:/usr/bin:/bin` });
    expect(run.code).toBe(5);
    expect(run.err).toContain(step);
  }
});

it('says how to get npm when there is none', () => {
  oldNode();
  for (const name of ['dirname', 'uname', 'id', 'cat', 'mkdir', 'rm', 'cmp', 'getent', 'cut', 'readlink'])
    symlinkSync(`/usr/bin/${name}`, path.join(tools, name));
  const run = start([], { PATH: tools });
  expect(run.code).toBe(5);
  expect(run.err).toMatch(/npm was not found[\s\S]*apt-get install -y nodejs npm/);
});

describe.each([['with flock'], ['where there is no flock']])('several starts at once, %s', (which) => {
  /** The whole PATH: an npm that notes when it runs and whether it is alone, and the system's tools, flock or not. */
  function wholePath(): string {
    const inside = path.join(base, 'inside');
    const log = path.join(base, 'npm.log');
    const npm = `#!/bin/sh\n[ "$1" = --version ] && exit\nmkdir "${inside}" && echo alone >>"${log}" || echo two >>"${log}"\nsleep 0.3\nmkdir -p node_modules\nrmdir "${inside}"\n`;
    writeFileSync(path.join(tools, 'npm'), npm);
    chmodSync(path.join(tools, 'npm'), 0o755);
    if (which === 'with flock') return `${tools}:${goodNode}:/usr/bin:/bin`;
    for (const name of 'sh dirname uname id cat mkdir rmdir rm cp ln find sleep cmp getent cut readlink tail'.split(
      ' ',
    ))
      symlinkSync(
        spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim(),
        path.join(tools, name),
      );
    symlinkSync(process.execPath, path.join(tools, 'node'));
    return tools;
  }

  it('install once, also after an installer that was killed', async () => {
    const cache = path.join(clone, '.cache');
    mkdirSync(cache);
    const gone = spawnSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(gone, path.join(cache, 'installer'));
    const env = { HOME: base, PATH: wholePath() };
    const runs = Array.from({ length: 6 }, () =>
      spawn(path.join(clone, 'stageflow'), [], { cwd: base, env, stdio: 'ignore' }),
    );
    const codes = await Promise.all(runs.map(async (run) => ((await once(run, 'exit')) as [number | null])[0]));
    expect(codes).toEqual(runs.map(() => 42));
    expect(readFileSync(path.join(base, 'npm.log'), 'utf8')).toBe('alone\n');
  });
});

it.runIf(process.getuid?.() === 0)(
  'leaves a clone of another account untouched and runs a copy of it (needs root, which can make one)',
  () => {
    const chown = spawnSync('chown', ['-R', '65534:65534', clone]);
    expect(chown.status).toBe(0);
    const run = start(['x']);
    expect(run.code).toBe(42);
    expect(run.err).toContain('belongs to another account');
    expect(JSON.parse(run.out).cache).toBe(path.join(base, '.cache/stageflow'));
    expect(spawnSync('find', [clone, '-user', '0'], { encoding: 'utf8' }).stdout).toBe('');
    expect(start(['x']).err).toBe('');
  },
);
