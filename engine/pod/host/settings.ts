import type { StateFolders } from './folders.ts';

/** One combination of parts that rootless Podman can be run with. */
export interface PodmanParts {
  readonly runtime: 'runc' | 'crun';
  readonly cgroupManager: 'systemd' | 'cgroupfs';
  readonly storage: 'native-overlay' | 'fuse-overlayfs';
}

/** What decides which combinations are worth a try. */
export interface PartsOffered {
  /** Found on the machine. */
  readonly runtimes: readonly ('runc' | 'crun')[];
  readonly cgroupVersion: 1 | 2;
  /** A systemd session of the Podman user can be asked for delegated cgroups. */
  readonly session: boolean;
  readonly fuse: boolean;
}

/**
 * Combinations in the order of trying. On cgroup v1 and hybrid layouts runc comes first (older crun refuses them), elsewhere crun;
 * a systemd session comes first because only it delegates limits to an ordinary user. vfs is left out: it copies the whole image per container.
 */
export function combinations(offered: PartsOffered): PodmanParts[] {
  const order = offered.cgroupVersion === 2 ? (['crun', 'runc'] as const) : (['runc', 'crun'] as const);
  const runtimes = order.filter((name) => offered.runtimes.includes(name));
  const managers =
    offered.session && offered.cgroupVersion === 2 ? (['systemd', 'cgroupfs'] as const) : (['cgroupfs'] as const);
  const storages = offered.fuse ? (['native-overlay', 'fuse-overlayfs'] as const) : (['native-overlay'] as const);
  return storages.flatMap((storage) =>
    runtimes.flatMap((runtime) => managers.map((cgroupManager) => ({ runtime, cgroupManager, storage }))),
  );
}

/** Text of containers.conf. The log driver is `none` because a container's stdout is a channel, which conmon would write to disk. */
export function containersConf(parts: PodmanParts): string {
  return [
    '[containers]',
    'log_driver = "none"',
    'http_proxy = false',
    '[engine]',
    `runtime = "${parts.runtime}"`,
    `cgroup_manager = "${parts.cgroupManager}"`,
    'events_logger = "file"',
    '',
  ].join('\n');
}

/** Text of storage.conf. Podman 4.3 reads only `rootless_storage_path` when it is rootless; later ones read `graphroot`. */
export function storageConf(parts: PodmanParts, folders: StateFolders): string {
  return [
    '[storage]',
    'driver = "overlay"',
    `graphroot = ${JSON.stringify(folders.storage)}`,
    `rootless_storage_path = ${JSON.stringify(folders.storage)}`,
    `runroot = ${JSON.stringify(`${folders.runtime}/containers`)}`,
    ...(parts.storage === 'fuse-overlayfs'
      ? ['[storage.options.overlay]', 'mount_program = "/usr/bin/fuse-overlayfs"']
      : []),
    '',
  ].join('\n');
}
