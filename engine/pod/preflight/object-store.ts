import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, withLock } from '../host/index.ts';
import { findGo } from './nats-go.ts';
import { installGoProgram } from './go-program.ts';
import { findPrograms, versionOf } from './programs.ts';

/** The S3-compatible servers on which the artifact store is tested. */
export type ObjectStoreKind = 'minio' | 'versitygw';

interface Pinned {
  readonly module: string;
  /** The pinned version; Go checks it against its public checksum database. */
  readonly version: string;
  /** What a released program says of itself; a build from source says nothing of use, and is not taken from the machine. */
  readonly oldest: { readonly says: RegExp; readonly least: string };
  /** Names the program by its path instead. */
  readonly variable: string;
}

/** MinIO is the last state of its public repository, which is archived; it has known holes and is here for tests only. */
export const OBJECT_STORES: Readonly<Record<ObjectStoreKind, Pinned>> = {
  minio: {
    module: 'github.com/minio/minio',
    version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
    oldest: { says: /RELEASE\.(\d{4}-\d\d-\d\d)T/, least: '2025-01-01' },
    variable: 'STAGEFLOW_MINIO',
  },
  versitygw: {
    module: 'github.com/versity/versitygw/cmd/versitygw',
    version: 'v1.8.0',
    oldest: { says: /Version\s*:\s*v?(1\.\d+\.\d+)/, least: '1.8.0' },
    variable: 'STAGEFLOW_VERSITYGW',
  },
};

/** Where our own build of a server lies. */
export function objectStorePath(kind: ObjectStoreKind, cache: string = cacheFolder()): string {
  return path.join(cache, kind, OBJECT_STORES[kind].version, kind);
}

/** The command that a person can run instead. */
export function objectStoreCommand(kind: ObjectStoreKind): string {
  const { module, version } = OBJECT_STORES[kind];
  return `GOBIN=${path.dirname(objectStorePath(kind))} go install ${module}@${version}`;
}

/** The sentence for a machine that has none of a kind. */
export function objectStoreMissing(kind: ObjectStoreKind): string {
  return `${kind} is not here, so the store's tests on it are skipped. To have it: ${objectStoreCommand(kind)}`;
}

/** True when what a program says of its version is at least what we test with. */
export function isNewEnough(kind: ObjectStoreKind, text: string): boolean {
  const { says, least } = OBJECT_STORES[kind].oldest;
  const numbers = (version: string) => version.split(/[.-]/).map(Number);
  const found = numbers(says.exec(text)?.[1] ?? '');
  const wanted = numbers(least);
  const at = wanted.findIndex((part, index) => part !== found[index]);
  return at === -1 || (found[at] ?? 0) > (wanted[at] ?? 0);
}

/** A server that is already here: the named one, one on PATH of a known version, our own build; null when there is none. Nothing is fetched. */
export async function findObjectStore(
  kind: ObjectStoreKind,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  const named = env[OBJECT_STORES[kind].variable];
  if (named) return existsSync(named) ? named : null;
  for (const program of findPrograms(kind, [], env)) {
    if (isNewEnough(kind, (await versionOf(program)) ?? '')) return program;
  }
  const own = objectStorePath(kind, cacheFolder(env));
  return existsSync(own) ? own : null;
}

/**
 * A server of this kind, built with Go when it is not here (once, several minutes on two processors). Null, after saying how to get it,
 * when it can neither be found nor built: nothing but tests needs it.
 */
export async function bringObjectStore(
  kind: ObjectStoreKind,
  say: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  const here = await findObjectStore(kind, env);
  if (here !== null) return here;
  const { module, version, variable } = OBJECT_STORES[kind];
  if (!env[variable] && !env.STAGEFLOW_NO_INSTALL) {
    const target = objectStorePath(kind, cacheFolder(env));
    const folder = path.dirname(path.dirname(target));
    mkdirSync(folder, { recursive: true });
    const built = await withLock(path.join(folder, 'bring.lock'), async () => {
      if (existsSync(target)) return true;
      const go = await findGo();
      return go !== null && (await installGoProgram({ go, module, version, target, say }));
    });
    if (built) return target;
  }
  say(objectStoreMissing(kind));
  return null;
}
