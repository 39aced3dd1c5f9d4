import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { StageflowError } from '../../kernel/index.ts';
import type { StateFolders } from './folders.ts';
import type { Identity } from './identity.ts';
import { withLock } from './lock.ts';
import { runMended } from './mend.ts';
import { probeImageTar } from './probe-image.ts';
import { runCommand } from './run-command.ts';
import type { CommandLine } from './run-command.ts';
import { stageflowProfile } from './seccomp.ts';
import { combinations, containersConf, storageConf } from './settings.ts';
import type { PodmanParts } from './settings.ts';

const Facts = z.object({
  key: z.string(),
  version: z.string(),
  runtime: z.string(),
  storage: z.string(),
  cgroup: z.object({
    version: z.union([z.literal(1), z.literal(2)]),
    controllers: z.array(z.string()),
    limits: z.boolean(),
  }),
});
/** What a probe found out; remembered in the configuration folder under a key of everything that could change the answer. */
export type HostFacts = z.infer<typeof Facts>;

interface ProbeInput {
  readonly identity: Identity;
  readonly folders: StateFolders;
  readonly podman: string;
  readonly command: (args: readonly string[]) => CommandLine;
  readonly session: boolean;
}

/** Raised when the form of our settings changes, so that remembered answers of an older program are not used. */
const SETTINGS_VERSION = 3;
const STOCK_PROFILES = ['/usr/share/containers/seccomp.json', '/etc/containers/seccomp.json'];

/** Facts of this machine's Podman, from disk when nothing has changed, else by trying. Writes containers.conf, storage.conf and seccomp.json. */
export async function probeHost(input: ProbeInput): Promise<HostFacts> {
  const file = path.join(input.folders.config, 'host.json');
  const key = machineKey(input);
  const known = readFacts(file, key);
  if (known !== null) return known;
  return withLock(path.join(input.folders.config, 'host.lock'), async () => {
    const meanwhile = readFacts(file, key);
    if (meanwhile !== null) return meanwhile;
    await writeProfile(input);
    const facts = {
      key,
      ...(input.identity.kind === 'machine' ? await askMachine(input) : await tryCombinations(input)),
    };
    writeWhole(file, JSON.stringify(facts, null, 2));
    return facts;
  });
}

function readFacts(file: string, key: string): HostFacts | null {
  try {
    const facts = Facts.parse(JSON.parse(readFileSync(file, 'utf8')));
    return facts.key === key ? facts : null;
  } catch {
    return null;
  }
}

/** Changes with Podman, its runtimes, the kernel and the boot (delegation of cgroups is decided at boot and login). */
function machineKey(input: ProbeInput): string {
  const hash = createHash('sha256').update(
    `${SETTINGS_VERSION} ${os.release()} ${input.session} ${JSON.stringify(input.folders)}`,
  );
  for (const file of [input.podman, '/usr/bin/runc', '/usr/sbin/runc', '/usr/bin/crun', ...STOCK_PROFILES]) {
    const found = statSync(file, { throwIfNoEntry: false });
    hash.update(`${file} ${found?.size} ${found?.mtimeMs}\n`);
  }
  const boot = '/proc/sys/kernel/random/boot_id';
  if (existsSync(boot)) hash.update(readFileSync(boot));
  return hash.digest('hex');
}

/** Written beside and renamed, so that a reader never sees half a file. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o644 });
  renameSync(`${file}.new`, file);
}

async function writeProfile(input: ProbeInput): Promise<void> {
  const stock = STOCK_PROFILES.find((file) => existsSync(file));
  const text =
    input.identity.kind === 'machine'
      ? (await runCommand(input.command(['machine', 'ssh', `cat ${STOCK_PROFILES[0]}`]), { timeoutMs: 30_000 })).stdout
      : stock && readFileSync(stock, 'utf8');
  try {
    writeWhole(
      path.join(input.folders.config, 'seccomp.json'),
      JSON.stringify(stageflowProfile(JSON.parse(text || ''))),
    );
  } catch (cause) {
    throw new StageflowError(
      'podman_failed',
      { reason: `its seccomp profile ${STOCK_PROFILES[0]} is missing or damaged` },
      { cause },
    );
  }
}

async function tryCombinations(input: ProbeInput): Promise<Omit<HostFacts, 'key'>> {
  const runtimes = (['runc', 'crun'] as const).filter((name) =>
    ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'].some((folder) => existsSync(`${folder}/${name}`)),
  );
  const offered = {
    runtimes,
    cgroupVersion: existsSync('/sys/fs/cgroup/cgroup.controllers') ? (2 as const) : (1 as const),
    session: input.session,
    fuse: existsSync('/usr/bin/fuse-overlayfs') && existsSync('/dev/fuse'),
  };
  let reason = 'neither runc nor crun is installed';
  for (const parts of combinations(offered)) {
    const failure = await tryParts(input, parts);
    if (failure === null) return { ...(await askPodman(input)), storage: parts.storage };
    reason = `${parts.runtime}: ${failure}`;
  }
  throw new StageflowError('podman_failed', { reason });
}

/** Runs a one-second container with the parts; null when it worked, else the last line of what Podman said. */
async function tryParts(input: ProbeInput, parts: PodmanParts): Promise<string | null> {
  writeWhole(path.join(input.folders.config, 'containers.conf'), containersConf(parts));
  writeWhole(path.join(input.folders.config, 'storage.conf'), storageConf(parts, input.folders));
  const image = 'localhost/stageflow/probe:1';
  const tar = probeImageTar('/usr/bin/catatonit');
  if (tar === null) return 'catatonit is not installed';
  const imported = await runMended(input.command, ['import', '--quiet', '-', image], {
    input: () => tar,
    timeoutMs: 60_000,
  });
  if (imported.code !== 0) return lastLine(imported.stderr);
  const args = ['run', '--rm', '--network', 'none', '--cap-drop', 'all', '--security-opt', 'no-new-privileges', image];
  const ran = await runCommand(input.command([...args, '/catatonit', '--version']), { timeoutMs: 60_000 });
  return ran.code === 0 ? null : lastLine(ran.stderr);
}

const Info = z.object({
  host: z.object({
    cgroupVersion: z.string(),
    cgroupControllers: z.array(z.string()).nullish(),
    ociRuntime: z.object({ name: z.string() }),
    security: z.object({ rootless: z.boolean() }),
  }),
  version: z.object({ Version: z.string() }),
});

/** Podman's own account of itself. */
async function askPodman(input: ProbeInput): Promise<Omit<HostFacts, 'key' | 'storage'>> {
  const asked = await runCommand(input.command(['info', '--format', 'json']), { timeoutMs: 60_000 });
  if (asked.code !== 0) throw new StageflowError('podman_failed', { reason: lastLine(asked.stderr) });
  const { host, version } = Info.parse(JSON.parse(asked.stdout));
  if (!host.security.rootless) throw new StageflowError('podman_failed', { reason: 'it does not run rootless' });
  const controllers = host.cgroupControllers ?? [];
  const cgroupVersion = host.cgroupVersion === 'v2' ? 2 : 1;
  const limits = cgroupVersion === 2 && controllers.includes('memory') && controllers.includes('pids');
  return {
    version: version.Version,
    runtime: host.ociRuntime.name,
    cgroup: { version: cgroupVersion, controllers, limits },
  };
}

async function askMachine(input: ProbeInput): Promise<Omit<HostFacts, 'key'>> {
  return { ...(await askPodman(input)), storage: 'machine' };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) || 'it ended without a word';
}
