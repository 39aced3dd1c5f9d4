import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openMachine, type Programs } from './mend.ts';
import { machineSteps, type PodmanFacts, readMachine, readVersion } from './podman-machine.ts';
import { systemPrograms } from './programs.ts';

const machine = { name: 'podman-machine-default', state: 'running', isRootful: false } as const;

describe('the way to a Podman that scans', () => {
  const way = (platform: string, facts: PodmanFacts) =>
    machineSteps(platform, facts).map(({ id, state, remedy }) => [
      id,
      state,
      remedy === null ? null : remedy.by === 'app' ? remedy.act : remedy.command,
    ]);

  // One row for each state that a computer may be found in; the way is entered at the step that is not done.
  it.each([
    ['nothing is there', { version: null, machine: null }, ['podman', 'now', 'brew install podman']],
    ['Podman is too old', { version: '4.2.1', machine }, ['podman', 'now', 'brew upgrade podman']],
    ['there is no machine', { version: '5.4.2', machine: null }, ['machine', 'now', 'init']],
    ['Podman is broken', { version: '5.4.2', machine: { broken: 'panic' } }, ['machine', 'now', 'podman machine list']],
    ['it is stopped', { version: '5.4.2', machine: { ...machine, state: 'stopped' } }, ['started', 'now', 'start']],
    ['it is starting', { version: '5.4.2', machine: { ...machine, state: 'starting' } }, ['started', 'waits', null]],
    [
      'it is rootful',
      { version: '5.4.2', machine: { ...machine, isRootful: true } },
      [
        'rootless',
        'now',
        'podman machine stop podman-machine-default && podman machine set --rootful=false podman-machine-default',
      ],
    ],
  ] as const)('on macOS, where %s', (_, facts, open) => {
    const steps = way('darwin', facts);
    const at = steps.findIndex(([id]) => id === open[0]);
    expect(steps[at]).toEqual(open);
    expect(steps.slice(0, at).map(([, state]) => state)).toEqual(steps.slice(0, at).map(() => 'done'));
    expect(steps.slice(at + 1).map(([, state]) => state)).toEqual(steps.slice(at + 1).map(() => 'later'));
  });

  it('is done where all is there', () => {
    expect(way('win32', { version: '5.4.2', machine }).map(([, state]) => state)).toEqual(Array(4).fill('done'));
  });

  it('has no machine where containers need none', () => {
    expect(way('linux', { version: '5.4.2', machine: null })).toEqual([['podman', 'done', null]]);
    expect(way('linux', { version: null, machine: null })).toEqual([
      ['podman', 'now', 'sudo apt-get install -y podman'],
    ]);
  });

  it('reads what Podman says, in the words of several of its versions', () => {
    expect(readVersion('podman version 5.4.2\n')).toBe('5.4.2');
    expect(readVersion('podman.exe version 5.0.0-rc1')).toBe('5.0.0');
    expect(readVersion('command not found')).toBeNull();
    expect(readMachine('[]', '')).toBeNull();
    expect(
      readMachine(
        '[{"Name":"other","Running":true},{"Name":"podman-machine-default*","Default":true,"Running":false}]',
        '[{"Name":"podman-machine-default","Rootful":true}]',
      ),
    ).toEqual({ name: 'podman-machine-default', state: 'stopped', isRootful: true });
    expect(readMachine('[{"Name":"a","Starting":true}]', '[]')).toMatchObject({ state: 'starting' });
    expect(readMachine('Error: database is locked', '')).toEqual({ broken: 'Error: database is locked' });
  });
});

describe("Podman's machine", () => {
  it('is made and started on a word of the person, with what Podman says as it goes; one thing at a time', async () => {
    let has = 'nothing';
    const called: string[] = [];
    const gate = Promise.withResolvers<void>();
    const programs: Programs = {
      run: async (_, args, line) => {
        const [, verb = ''] = args;
        if (args[0] === '--version') return { code: 0, text: 'podman version 5.4.2' };
        if (verb === 'inspect') return { code: 0, text: '[]' };
        if (verb === 'list') {
          const text = has === 'nothing' ? '[]' : `[{"Name":"m","Default":true,"Running":${has === 'running'}}]`;
          return { code: 0, text };
        }
        called.push(args.join(' '));
        line?.(`${verb} began`);
        if (verb === 'init') await gate.promise;
        has = verb === 'init' ? 'stopped' : 'running';
        line?.(`${verb} ended`);
        return { code: 0, text: '' };
      },
    };
    const mender = openMachine(programs, 'darwin');
    const told: string[][] = [];
    mender.onChange(({ said }) => told.push(said));
    await expect(mender.mend('start')).rejects.toMatchObject({ code: 'machine_busy' });
    expect((await mender.mend('init')).doing).toBe('init');
    await expect(mender.mend('init')).rejects.toMatchObject({ code: 'machine_busy' });
    gate.resolve();
    await expect.poll(async () => (await mender.read()).doing).toBeNull();
    expect((await mender.read()).said).toEqual(['init began', 'init ended']);
    await mender.mend('start');
    await expect
      .poll(async () => (await mender.read()).steps.map(({ state }) => state))
      .toEqual(['done', 'done', 'done', 'done']);
    expect(called).toEqual(['machine init --cpus 2 --memory 4096 --disk-size 30', 'machine start']);
    await expect.poll(() => told.at(-1)).toEqual(['start began', 'start ended']);
  });

  describe('as a program', () => {
    const folder = mkdtempSync(join(tmpdir(), 'programs-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('is heard line by line, and its answer is apart from what it warns of', async () => {
      const file = join(folder, 'podman');
      writeFileSync(file, '#!/bin/sh\necho warned >&2\necho "[]"\nexit 3\n');
      chmodSync(file, 0o755);
      const lines: string[] = [];
      expect(await systemPrograms.run(file, [], (line) => lines.push(line))).toEqual({ code: 3, text: '[]\n' });
      expect(lines.toSorted()).toEqual(['[]', 'warned']);
      expect(await systemPrograms.run(join(folder, 'none'), [])).toBeNull();
    });
  });
});
