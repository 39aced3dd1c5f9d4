import { existsSync } from 'node:fs';
import path from 'node:path';
import { StageflowError } from '../../kernel/index.ts';
import { commandAs, machineEnvironment, podmanEnvironment } from './command.ts';
import { readIdentity } from './engine-user.ts';
import { stateFolders } from './folders.ts';
import type { StateFolders } from './folders.ts';
import type { Identity } from './identity.ts';
import { prepareFolders } from './prepare.ts';
import { probeHost } from './probe.ts';
import type { HostFacts } from './probe.ts';
import type { CommandLine } from './run-command.ts';

/** Podman as it is to be run on this machine. */
export interface PodmanHost {
  /** The command line for `podman <args>`; start it with exactly this environment and working folder. */
  command(args: readonly string[]): CommandLine;
  /** The command line for another program run as the same user, `extra` added to its environment. */
  as(program: string, args: readonly string[], extra?: Readonly<Record<string, string>>): CommandLine;
  /** Name of the account that owns the pods. */
  readonly user: string;
  readonly rootless: true;
  /** `limits`: memory and process limits given to a container are really enforced. */
  readonly cgroup: { readonly version: 1 | 2; readonly controllers: readonly string[]; readonly limits: boolean };
  /** OCI runtime in use, for example `runc`. */
  readonly runtime: string;
  /** Podman's version, for example `4.3.1`. */
  readonly version: string;
  /** Our seccomp profile, readable by the Podman user. */
  readonly seccompProfile: string;
  readonly folders: StateFolders;
}

let remembered: Promise<PodmanHost> | null = null;

/**
 * Decides once per process how Podman is run. The first call on a machine probes the runtimes with a one-second container (about
 * 2 s) and remembers the answer on disk; later calls take milliseconds. Throws `setup_needed`, `podman_missing` or `podman_failed`.
 */
export function podmanHost(): Promise<PodmanHost> {
  remembered ??= decide().catch((error: unknown) => {
    remembered = null;
    throw error;
  });
  return remembered;
}

async function decide(): Promise<PodmanHost> {
  const identity = readIdentity();
  const folders = stateFolders(identity);
  const podman = findPodman(identity);
  if (podman === null) throw new StageflowError('podman_missing');
  prepareFolders(identity, folders);
  const bus = sessionBus(identity);
  const env = identity.kind === 'machine' ? machineEnvironment(process.env) : podmanEnvironment(identity, folders, bus);
  const as: PodmanHost['as'] = (program, args, extra = {}) =>
    commandAs(identity, program, args, { ...env, ...extra }, folders.home);
  const command: PodmanHost['command'] = (args) => as(podman, args);
  const facts: HostFacts = await probeHost({ identity, folders, podman, command, session: bus !== null });
  return {
    command,
    as,
    user: identity.name,
    rootless: true,
    cgroup: facts.cgroup,
    runtime: facts.runtime,
    version: facts.version,
    seccompProfile: path.join(folders.config, 'seccomp.json'),
    folders,
  };
}

/** Podman's absolute path. Root looks only in system folders: a program from a writable PATH must not be run on its behalf. */
export function findPodman(identity: Pick<Identity, 'kind'>, env: NodeJS.ProcessEnv = process.env): string | null {
  const system = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/opt/podman/bin'];
  const own = identity.kind === 'engine-user' ? [] : (env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute);
  const name = process.platform === 'win32' ? 'podman.exe' : 'podman';
  return [...system, ...own].map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** Address of the account's systemd session, which can delegate cgroups; null where there is none. */
function sessionBus(identity: Identity): string | null {
  const socket = `/run/user/${identity.uid}/bus`;
  return identity.kind !== 'machine' && existsSync(socket) && existsSync(`/run/user/${identity.uid}/systemd`)
    ? `unix:path=${socket}`
    : null;
}
