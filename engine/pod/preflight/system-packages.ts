/** Which programs of the system are there, as far as pods need them. */
export interface ProgramsFound {
  readonly podman: boolean;
  /** runc or crun. */
  readonly runtime: boolean;
  readonly newuidmap: boolean;
  readonly catatonit: boolean;
  /** mmdebstrap, or debootstrap for root. */
  readonly bootstrap: boolean;
}

/**
 * Debian packages that bring what is missing. Only what is missing is asked for: on a machine with Docker's own containerd.io,
 * asking for runc would remove it.
 */
export function packagesFor(found: ProgramsFound): string[] {
  const packages: string[] = [];
  if (!found.podman) packages.push('podman', 'netavark', 'aardvark-dns', 'slirp4netns', 'fuse-overlayfs');
  if (!found.runtime) packages.push('runc');
  if (!found.newuidmap) packages.push('uidmap');
  if (!found.catatonit) packages.push('catatonit');
  if (!found.bootstrap) packages.push('mmdebstrap');
  return packages;
}

/** A command that a person or we ourselves run. */
export interface SetupStep {
  /** What it brings, for a sentence. */
  readonly what: string;
  readonly command: readonly string[];
  /** Needs root rights. */
  readonly root: boolean;
}

/** `apt-get install` of packages; `--no-remove` because a set-up must never take anything away. */
export function installStep(packages: readonly string[]): SetupStep {
  return {
    what: packages.join(', '),
    command: ['apt-get', 'install', '-y', '--no-install-recommends', '--no-remove', ...packages],
    root: true,
  };
}

/** The steps as one line that can be pasted into a shell. */
export function asShell(steps: readonly SetupStep[], isRoot: boolean): string {
  return steps
    .map((step) => [...(step.root && !isRoot ? ['sudo'] : []), ...step.command].map(quote).join(' '))
    .join(' && ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./^-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
