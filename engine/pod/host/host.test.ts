import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandAs, podmanEnvironment } from './command.ts';
import { cacheFolder, stateFolders } from './folders.ts';
import { countSubIds, createUserCommands, parsePasswd, subIdCommands } from './identity.ts';
import type { Identity } from './identity.ts';
import { withLock } from './lock.ts';
import { runCommand, runPiped } from './run-command.ts';
import { combinations, containersConf, storageConf } from './settings.ts';

const engineUser: Identity = {
  kind: 'engine-user',
  name: 'stageflow',
  uid: 999,
  gid: 995,
  home: '/x',
  subUids: 65536,
  subGids: 65536,
};
const person: Identity = {
  kind: 'self',
  name: 'dev',
  uid: 1001,
  gid: 1001,
  home: '/home/dev',
  subUids: 65536,
  subGids: 65536,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'host-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('who runs Podman', () => {
  it('reads an account and its subordinate ids, by name and by number', () => {
    expect(parsePasswd('root:x:0:0::/root:/bin/sh\ndev:x:1001:1002:Dev:/home/dev:/bin/sh\n', 'dev')).toEqual({
      name: 'dev',
      uid: 1001,
      gid: 1002,
      home: '/home/dev',
    });
    expect(parsePasswd('developer:x:1:1::/:/bin/sh\n', 'dev')).toBeNull();
    expect(countSubIds('dev:100000:65536\nother:1:2\n1001:300000:10\n', 'dev', 1001)).toBe(65546);
    expect(countSubIds('', 'dev', 1001)).toBe(0);
  });

  it('makes the account when it is missing and otherwise only what it lacks', () => {
    expect(createUserCommands(null)[0]?.[0]).toBe('useradd');
    expect(createUserCommands(engineUser)).toEqual([]);
    expect(subIdCommands({ ...person, subGids: 0 }).map((command) => command[1])).toEqual(['--add-subgids']);
  });

  it('gives two accounts ranges that do not overlap', () => {
    const range = (uid: number) => subIdCommands({ ...person, uid, subUids: 0 })[0]?.[2];
    expect(range(1000)).toBe('602406912-602472447');
    expect(range(1001)).toBe('602472448-602537983');
  });

  it('keeps our images apart from the person’s own Podman and from other accounts', () => {
    expect(stateFolders(person, {}).storage).toBe('/home/dev/.local/share/stageflow/storage');
    expect(stateFolders(person, { XDG_RUNTIME_DIR: '/run/user/1001' }).runtime).toBe('/run/user/1001/stageflow');
    expect(stateFolders(engineUser, { XDG_RUNTIME_DIR: '/run/user/0' }).runtime).toBe('/run/stageflow-999');
  });

  it('steps down from root and hands on nothing of our environment', () => {
    const env = podmanEnvironment(engineUser, stateFolders(engineUser), null);
    const command = commandAs(engineUser, '/usr/bin/podman', ['ps'], env, '/var/lib/stageflow/podman');
    expect(command.file).toBe('/usr/bin/setpriv');
    expect(command.args).toEqual([
      '--reuid=999',
      '--regid=995',
      '--init-groups',
      '--inh-caps=-all',
      '--',
      '/usr/bin/podman',
      'ps',
    ]);
    expect(Object.keys(env).sort()).toEqual([
      'CONTAINERS_CONF',
      'CONTAINERS_STORAGE_CONF',
      'HOME',
      'LANG',
      'LOGNAME',
      'PATH',
      'USER',
      'XDG_RUNTIME_DIR',
    ]);
    expect(commandAs(person, 'podman', ['ps'], env, '/').file).toBe('podman');
  });

  it('never writes into a clone that is not ours', () => {
    expect(cacheFolder({ STAGEFLOW_CACHE: '/c' }, folder)).toBe('/c');
    expect(cacheFolder({}, folder)).toBe(path.join(folder, '.cache'));
    expect(cacheFolder({ XDG_CACHE_HOME: '/home/dev/.cache' }, path.join(folder, 'gone'))).toBe(
      '/home/dev/.cache/stageflow',
    );
  });
});

describe('settings', () => {
  it('tries runc first on cgroup v1, crun and a systemd session first on v2, and fuse only after the kernel’s own overlay', () => {
    const both = { runtimes: ['crun', 'runc'] as const, fuse: false };
    expect(combinations({ ...both, cgroupVersion: 1, session: true }).map((parts) => parts.runtime)).toEqual([
      'runc',
      'crun',
    ]);
    expect(combinations({ ...both, cgroupVersion: 2, session: true })[0]).toEqual({
      runtime: 'crun',
      cgroupManager: 'systemd',
      storage: 'native-overlay',
    });
    expect(
      combinations({ runtimes: ['runc'], cgroupVersion: 1, session: false, fuse: true }).map((parts) => parts.storage),
    ).toEqual(['native-overlay', 'fuse-overlayfs']);
  });

  it('writes no container output to disk and no image outside our storage', () => {
    const parts = { runtime: 'runc', cgroupManager: 'cgroupfs', storage: 'native-overlay' } as const;
    expect(containersConf(parts)).toContain('log_driver = "none"');
    const storage = storageConf(parts, stateFolders(engineUser));
    expect(storage).toContain('rootless_storage_path = "/var/lib/stageflow/podman/storage"');
    expect(storage).not.toContain('mount_program');
  });
});

describe('lock', () => {
  it('lets one in at a time and frees the lock also after a failure', async () => {
    const file = path.join(folder, 'lock');
    const order: string[] = [];
    const first = withLock(file, async () => {
      order.push('first in');
      await new Promise((resolve) => setImmediate(resolve));
      order.push('first out');
      throw new Error('work failed');
    });
    const second = withLock(file, async () => order.push('second in'));
    await expect(first).rejects.toThrow('work failed');
    await second;
    expect(order).toEqual(['first in', 'first out', 'second in']);
    expect(existsSync(file)).toBe(false);
  });

  it('breaks the lock of a process that is gone', async () => {
    const file = path.join(folder, 'lock');
    const gone = await runCommand({ file: process.execPath, args: ['-p', 'process.pid'], env: {}, cwd: '/' });
    writeFileSync(file, gone.stdout);
    expect(await withLock(file, async () => readFileSync(file, 'utf8').trim())).toBe(String(process.pid));
  });
});

describe('programs', () => {
  const node = (code: string) => ({ file: process.execPath, args: ['-e', code], env: { ONLY: 'this' }, cwd: folder });

  it('run with exactly the given environment and folder', async () => {
    const done = await runCommand(node('console.log(JSON.stringify([Object.keys(process.env), process.cwd()]))'));
    expect(JSON.parse(done.stdout)).toEqual([['ONLY'], folder]);
  });

  it('report their code, a start that fails and an end by the clock', async () => {
    expect((await runCommand(node('process.exit(3)'))).code).toBe(3);
    expect((await runCommand({ ...node(''), file: '/nowhere/x' })).code).toBe(127);
    expect((await runCommand(node('setInterval(() => {}, 1e6)'), { timeoutMs: 200 })).code).toBe(137);
  });

  it('can be piped, and the failure of the first is the failure of both', async () => {
    const reader = node('process.stdin.pipe(process.stdout)');
    expect((await runPiped(node('console.log("data")'), reader)).stdout).toBe('data\n');
    expect((await runPiped(node('console.log("half"); process.exitCode = 9'), reader)).code).toBe(9);
  });
});
