import { createHash } from 'node:crypto';
import { execFile, execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runChecks } from './checks.ts';
import { cgroupResult } from './checks/cgroup.ts';
import { diskResult } from './checks/disk.ts';
import { memoryResult } from './checks/memory.ts';
import { natsResult } from './checks/nats-server.ts';
import { nodeResult } from './checks/node.ts';
import { linuxResult, machineResult } from './checks/platform.ts';
import { podmanResult } from './checks/podman.ts';
import { namespacesResult } from './checks/user-namespaces.ts';
import { carryOut } from './install.ts';
import { fetchRelease, type PinnedArchive, pinnedArchive, releaseCommand, triedLately } from './nats-release.ts';
import { anyServerCommand, bestOf, commandFor, fitnessOf } from './nats-server.ts';
import { asShell, installStep, packagesFor } from './system-packages.ts';
import { findPrograms } from './programs.ts';
import { isAtLeast } from './version.ts';

const everything = { podman: true, runtime: true, newuidmap: true, catatonit: true, bootstrap: true };

describe('versions', () => {
  it.each([
    ['podman version 4.3.1', '4.3', true],
    ['go version go1.26 linux/amd64', '1.21', true],
    ['go version go1.19.8', '1.21', false],
    ['v24.9.0', '24.11', false],
    ['nonsense', '1.0', false],
  ])('%s is at least %s: %s', (text, minimum, expected) => {
    expect(isAtLeast(text, minimum)).toBe(expected);
  });

  it('N1 prefers a nats-server with the known fixes, then one that can write through, and refuses what is too old', () => {
    const fitness = Object.fromEntries(
      ['2.14.5', '2.14.4', '2.12.15', '2.12.14', '2.10.27', '2.9.10', '2.8.4', '3.0.0'].map((version) => [
        version,
        fitnessOf(version),
      ]),
    );
    expect(fitness).toEqual({
      '2.14.5': 'wanted',
      '2.14.4': 'older',
      '2.12.15': 'wanted',
      '2.12.14': 'older',
      '2.10.27': 'older',
      '2.9.10': 'reduced',
      '2.8.4': null,
      '3.0.0': 'wanted',
    });
    const found = (version: string) => ({
      path: `/${version}`,
      version,
      source: 'system' as const,
      fitness: fitnessOf(version) ?? 'reduced',
    });
    expect(bestOf([found('2.9.10'), found('2.10.27')])?.version).toBe('2.10.27');
    expect(bestOf([])).toBeNull();
  });

  it('N1 names reduced durability for a server before 2.10', () => {
    const row = natsResult(
      { path: '/usr/sbin/nats-server', version: '2.9.10', source: 'system', fitness: 'reduced' },
      'go install it',
    );
    expect(row.status).toBe('warning');
    expect(row.detail).toContain('reduced durability');
    expect(row.fix).toBe('go install it');
  });
});

describe('what is installed', () => {
  it('is only what is missing, so that Docker’s containerd is never replaced', () => {
    expect(packagesFor(everything)).toEqual([]);
    expect(packagesFor({ ...everything, newuidmap: false, bootstrap: false })).toEqual(['uidmap', 'mmdebstrap']);
    expect(packagesFor({ ...everything, podman: false })).not.toContain('runc');
  });

  it('can be pasted into a shell as one line, with sudo only for others than root', () => {
    const steps = [installStep(['podman']), { what: 'x', command: ['echo', "it's"], root: false }];
    expect(asShell(steps, false)).toBe(
      "sudo apt-get install -y --no-install-recommends --no-remove podman && echo 'it'\\''s'",
    );
    expect(asShell(steps, true)).toMatch(/^apt-get install/);
  });

  it('is nothing when STAGEFLOW_NO_INSTALL is set: the commands are given instead', async () => {
    const said: string[] = [];
    const refused = carryOut([installStep(['podman', 'runc'])], (line) => said.push(line), {
      STAGEFLOW_NO_INSTALL: '1',
    });
    await expect(refused).rejects.toMatchObject({
      code: 'setup_needed',
      row: { exit: 5 },
      details: { commands: expect.stringContaining('--no-remove podman runc') },
    });
    expect(said).toEqual([]);
  });
});

describe('checks', () => {
  it.each([
    ['an old Node', nodeResult('v20.20.2', '/usr/bin/node'), 'broken'],
    ['a new Node', nodeResult('v24.11.0', '/usr/bin/node'), 'ok'],
    ['Podman 3.4 (Ubuntu 22.04)', podmanResult('podman version 3.4.4', '/usr/bin/podman'), 'broken'],
    ['Podman 5', podmanResult('podman version 5.4.2', '/usr/bin/podman'), 'ok'],
    ['cgroup v1', cgroupResult({ version: 1, controllers: [], limits: false }, 'u'), 'warning'],
    ['cgroup v2 without delegation', cgroupResult({ version: 2, controllers: ['cpu'], limits: false }, 'u'), 'warning'],
    [
      'cgroup v2 with delegation',
      cgroupResult({ version: 2, controllers: ['memory', 'pids'], limits: true }, 'u'),
      'ok',
    ],
    ['Debian', linuxResult('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', 'x64'), 'ok'],
    ['a kernel that does not count filters', linuxResult('ID=debian\n', 'x64', '5.4.0-216-generic'), 'broken'],
    ['Mint', linuxResult('ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'arm64'), 'ok'],
    ['Fedora', linuxResult('ID=fedora\n', 'x64'), 'warning'],
    ['a 32 bit machine', linuxResult('ID=debian\n', 'arm'), 'broken'],
    ['no podman machine', machineResult('Darwin', '[]'), 'missing'],
    ['a stopped podman machine', machineResult('Darwin', '[{"Running":false}]'), 'missing'],
    ['a running podman machine', machineResult('Darwin', '[{"Running":true}]'), 'ok'],
    ['a podman machine that answers nonsense', machineResult('Darwin', 'Error'), 'broken'],
    ['a full disk', diskResult(0.5, '/var'), 'broken'],
    ['a nearly full disk', diskResult(3, '/var'), 'warning'],
    ['little memory', memoryResult(0.9, 4), 'warning'],
  ])('judge %s', (_, result, status) => {
    expect(result.status).toBe(status);
    expect(result.detail).toMatch(/\.$/);
  });

  it('U10 detect every way in which a system keeps user namespaces from pods, AppArmor’s included', () => {
    const judge = (settings: Record<string, string>) => namespacesResult((name) => settings[name] ?? null);
    expect(judge({}).status).toBe('ok');
    expect(judge({ 'kernel/apparmor_restrict_unprivileged_userns': '1' })).toMatchObject({
      status: 'broken',
      fix: expect.stringContaining('apparmor'),
    });
    expect(judge({ 'kernel/unprivileged_userns_clone': '0' }).status).toBe('broken');
    expect(judge({ 'user/max_user_namespaces': '0' }).status).toBe('broken');
  });

  it('turn one that throws into a broken row and keep the others', async () => {
    const good = { id: 'good', title: 'Good', run: () => ({ status: 'ok' as const, detail: 'Fine.', fix: null }) };
    const bad = { id: 'bad', title: 'Bad', run: () => Promise.reject(new Error('it exploded')) };
    expect((await runChecks([bad, good])).map((row) => [row.id, row.status])).toEqual([
      ['bad', 'broken'],
      ['good', 'ok'],
    ]);
  });
});

describe('the pinned release', () => {
  let folder: string;
  let close: () => void = () => undefined;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-'));
  });
  afterEach(() => {
    close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A release server on loopback with a real archive, and what it is pinned to. */
  async function serve(pin: (sum: string) => string): Promise<PinnedArchive> {
    const { name } = pinnedArchive('linux', 'x64') as PinnedArchive;
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'nats-server'), '#!/bin/sh\necho nats-server: v2.14.5\n');
    const archive = execFileSync('tar', ['-czf', '-', '-C', folder, name]);
    const server = createServer((_request, response) => response.end(archive));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => server.close();
    const sum = createHash('sha256').update(archive).digest('hex');
    return { name, sha256: pin(sum), from: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it('is taken when it is what was pinned', async () => {
    const pinned = await serve((sum) => sum);
    const target = path.join(folder, 'nats/v1/nats-server');
    expect(await fetchRelease(target, () => undefined, pinned)).toBe(true);
    expect(readFileSync(target, 'utf8')).toContain('v2.14.5');
  });

  it('is refused when it is something else, and not asked for again the same day', async () => {
    const pinned = await serve(() => '0'.repeat(64));
    const target = path.join(folder, 'nats/v1/nats-server');
    expect(triedLately(path.join(folder, 'nats'))).toBe(false);
    expect(await fetchRelease(target, () => undefined, pinned)).toBe(false);
    expect(existsSync(target)).toBe(false);
    expect(triedLately(path.join(folder, 'nats'))).toBe(true);
  });

  it('is pinned for each platform that has one, in the version that Go builds', () => {
    for (const platform of ['linux', 'darwin'])
      for (const arch of ['x64', 'arm64'])
        expect(pinnedArchive(platform, arch)?.sha256, `${platform} ${arch}`).toMatch(/^[0-9a-f]{64}$/);
    expect(pinnedArchive('win32', 'x64')).toBeNull();
  });

  const hasCurl = findPrograms('curl').length > 0;
  it.skipIf(!hasCurl)(
    'is brought by the command that a person is told, and only when it is what was pinned',
    async () => {
      const pinned = await serve((sum) => sum);
      const command = releaseCommand(path.join(folder, 'by-hand/nats-server'), pinned);
      await promisify(execFile)('sh', ['-c', command]);
      expect(readFileSync(path.join(folder, 'by-hand/nats-server'), 'utf8')).toContain('v2.14.5');
      const wrong = releaseCommand(path.join(folder, 'never/nats-server'), { ...pinned, sha256: '0'.repeat(64) });
      await expect(promisify(execFile)('sh', ['-c', wrong])).rejects.toThrow();
      expect(existsSync(path.join(folder, 'never/nats-server'))).toBe(false);
    },
  );

  it('is what a machine without Go is told to fetch; one with Go builds, and apt is the last resort', async () => {
    const pinned = pinnedArchive('linux', 'x64');
    const go = Promise.resolve('/usr/local/go/bin/go');
    const none = Promise.resolve(null);
    expect(await commandFor(go, pinned)).toMatch(
      /^GOBIN=\S+ go install github\.com\/nats-io\/nats-server\/v2@v[\d.]+$/,
    );
    expect(await commandFor(none, pinned)).not.toContain('go install');
    expect(await commandFor(none, null)).toMatch(/go install .*Go 1\.21 or newer first/);
    expect(await anyServerCommand(false, go)).not.toContain('apt-get');
    expect(await anyServerCommand(false, none)).toMatch(
      /nats-server\)? \|\| sudo apt-get install -y nats-server$|^mkdir/,
    );
  });
});
