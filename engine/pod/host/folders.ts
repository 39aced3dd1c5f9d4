import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { Identity } from './identity.ts';

/** Where this room keeps what it writes for one identity; all absolute. */
export interface StateFolders {
  /** Configuration handed to Podman and remembered probes; owned by the engine, only read by the Podman user. */
  readonly config: string;
  /** `HOME` of Podman. */
  readonly home: string;
  /** Images and layers. */
  readonly storage: string;
  /** Scratch space of the Podman user, for image builds. */
  readonly work: string;
  /** `XDG_RUNTIME_DIR` of Podman, mode 0700; gone after a reboot. */
  readonly runtime: string;
}

/** The folder that holds package.json: three levels above this file. */
export function repositoryFolder(): string {
  return path.resolve(import.meta.dirname, '../../..');
}

/** Where downloads and builds of ours are kept. The same rule as in the launcher, so that both find the same files. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, root: string = repositoryFolder()): string {
  if (env.STAGEFLOW_CACHE) return path.resolve(env.STAGEFLOW_CACHE);
  if (isOurs(root)) return path.join(root, '.cache');
  const base = env.XDG_CACHE_HOME || path.join(env.HOME || '/tmp', '.cache');
  return path.join(base, 'stageflow');
}

/** A clone that belongs to someone else is never written to, not even by root: files of two owners in one cache break both. */
function isOurs(root: string): boolean {
  try {
    if (process.getuid && statSync(root).uid !== process.getuid()) return false;
    accessSync(root, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Folders for an identity. As root they lie under /var/lib/stageflow, whose `config` belongs to root and whose `podman` belongs to
 * the engine's user; as an ordinary user they lie under that user's own data folder, apart from the user's own Podman.
 */
export function stateFolders(identity: Identity, env: NodeJS.ProcessEnv = process.env): StateFolders {
  if (identity.kind === 'engine-user') {
    const root = '/var/lib/stageflow';
    return {
      config: `${root}/config`,
      home: `${root}/podman`,
      storage: `${root}/podman/storage`,
      work: `${root}/podman/work`,
      runtime: `/run/stageflow-${identity.uid}`,
    };
  }
  const data = path.join(env.XDG_DATA_HOME || path.join(identity.home, '.local/share'), 'stageflow');
  return {
    config: path.join(data, 'config'),
    home: identity.home,
    storage: path.join(data, 'storage'),
    work: path.join(data, 'work'),
    runtime: env.XDG_RUNTIME_DIR ? path.join(env.XDG_RUNTIME_DIR, 'stageflow') : `/tmp/stageflow-run-${identity.uid}`,
  };
}
