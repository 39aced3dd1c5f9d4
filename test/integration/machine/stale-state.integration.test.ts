import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { podmanHost, runCommand, runMended } from '../../../engine/pod/host/index.ts';
import type { CommandLine, PodmanHost } from '../../../engine/pod/host/index.ts';
import { probeImageTar } from '../../../engine/pod/host/probe-image.ts';

/** A storage and a runtime folder of the test's own: the machine's real ones may have live pods. */
let host: PodmanHost;
let folder: string;
let command: (args: readonly string[]) => CommandLine;
const sh = (script: string) => runCommand(host.as('/bin/sh', ['-c', script, 'sh', folder]), { timeoutMs: 60_000 });

beforeAll(async () => {
  host = await podmanHost();
  folder = `/tmp/stale-${randomBytes(4).toString('hex')}`; // Podman takes no path of more than 50 characters here
  await sh('mkdir -m 700 "$1" "$1/run"');
  command = (args) =>
    host.as('/usr/bin/podman', ['--root', `${folder}/storage`, '--runroot', `${folder}/root`, ...args], {
      XDG_RUNTIME_DIR: `${folder}/run`,
    });
});

afterAll(async () => {
  await runCommand(command(['rm', '--all', '--force', '--time', '0']), { timeoutMs: 60_000 });
  await sh('kill -9 $(cat "$1/run/libpod/tmp/pause.pid"); podman unshare rm -rf "$1"; rm -rf "$1"');
});

it('a machine that stopped hard and kept its runtime folder scans again: stale records of Podman are set right', async () => {
  const image = 'localhost/stale:1';
  const tar = probeImageTar('/usr/bin/catatonit');
  const importing = ['import', '--quiet', '-', image];
  const imported = await runMended(command, importing, { input: () => tar as Buffer, timeoutMs: 60_000 });
  expect(imported, imported.stderr).toMatchObject({ code: 0 });
  const run = ['run', '--detach', '--network', 'none', '--name', 'a', image, '/catatonit', '-P'];
  expect(await runCommand(command(run), { timeoutMs: 60_000 })).toMatchObject({ code: 0 });
  const pids = await runCommand(command(['inspect', '--format', '{{.State.Pid}} {{.State.ConmonPid}}', 'a']));
  const pause = `${folder}/run/libpod/tmp/pause.pid`;
  expect(existsSync(pause)).toBe(true);
  await sh(`kill -9 $(cat ${pause}) ${pids.stdout.trim()}; sleep 0.2; rm -f ${pause}`);

  const refused = await runCommand(command(['ps', '--quiet']), { timeoutMs: 60_000 });
  expect(refused.stderr).toContain('invalid internal status');
  const mended = await runMended(command, ['ps', '--quiet'], { timeoutMs: 60_000 });
  expect(mended).toMatchObject({ code: 0, stdout: '' });
});
