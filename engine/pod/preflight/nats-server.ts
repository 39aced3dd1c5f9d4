import { existsSync } from 'node:fs';
import path from 'node:path';
import { StageflowError } from '../../kernel/index.ts';
import { cacheFolder, withLock } from '../host/index.ts';
import { mkdirSync } from 'node:fs';
import { carryOut } from './install.ts';
import { NATS_VERSION, buildWithGo, findGo, goInstallCommand } from './nats-go.ts';
import { fetchRelease, pinnedArchive, releaseCommand, triedLately } from './nats-release.ts';
import { findPrograms, versionOf } from './programs.ts';
import { installStep } from './system-packages.ts';
import { isAtLeast, parseVersion } from './version.ts';

/** A nats-server on this machine. */
export interface FoundNatsServer {
  readonly path: string;
  /** For example `2.14.5`. */
  readonly version: string;
  /** `pinned`: our own copy; `system`: the machine's. */
  readonly source: 'pinned' | 'system';
  /** `wanted`: current and with the year's security fixes; `older`: works; `reduced`: cannot write through to disk (before 2.10). */
  readonly fitness: 'wanted' | 'older' | 'reduced';
}

/** How well a version serves: 2.12 from .15 and everything from 2.14.5 on have the known fixes; before 2.9 it lacks what we use. */
export function fitnessOf(version: string): FoundNatsServer['fitness'] | null {
  const [major, minor] = parseVersion(version) ?? [0, 0];
  if (isAtLeast(version, '2.14.5') || (major === 2 && minor === 12 && isAtLeast(version, '2.12.15'))) return 'wanted';
  if (isAtLeast(version, '2.10.0')) return 'older';
  return isAtLeast(version, '2.9.0') ? 'reduced' : null;
}

/** Where our own copy lies. */
export function pinnedPath(cache: string = cacheFolder()): string {
  return path.join(cache, 'nats-server', NATS_VERSION, 'nats-server');
}

/** The one command by which a person brings the pinned server: with Go where that is, else from its release. */
export async function commandFor(go: Promise<string | null> = findGo(), archive = pinnedArchive()): Promise<string> {
  if ((await go) === null && archive !== null) return releaseCommand(pinnedPath(), archive);
  const build = goInstallCommand(pinnedPath());
  return (await go) === null ? `${build}     (Go 1.21 or newer first: https://go.dev/dl)` : build;
}

/** The command for a machine that has no server at all: where the release cannot be reached, the system's own package will do. */
export async function anyServerCommand(isRoot: boolean, go: Promise<string | null> = findGo()): Promise<string> {
  const command = await commandFor(go);
  const own = `${isRoot ? '' : 'sudo '}apt-get install -y nats-server`;
  return (await go) === null && process.platform === 'linux' ? `(${command}) || ${own}` : command;
}

/** The best nats-server that is already here, or null. Nothing is fetched. About 1 ms for our own copy, 20 ms for a system's. */
export async function findNatsServer(): Promise<FoundNatsServer | null> {
  const pinned = pinnedPath();
  if (existsSync(pinned)) return { path: pinned, version: NATS_VERSION.slice(1), source: 'pinned', fitness: 'wanted' };
  const found: FoundNatsServer[] = [];
  for (const program of findPrograms('nats-server')) {
    const version = parseVersion((await versionOf(program)) ?? '')?.join('.');
    const fitness = version === undefined ? null : fitnessOf(version);
    if (version !== undefined && fitness !== null) found.push({ path: program, version, source: 'system', fitness });
  }
  return bestOf(found);
}

/** The fittest; among equals the first found. */
export function bestOf(found: readonly FoundNatsServer[]): FoundNatsServer | null {
  const rank = { wanted: 0, older: 1, reduced: 2 } as const;
  return [...found].sort((a, b) => rank[a.fitness] - rank[b.fitness])[0] ?? null;
}

/**
 * A nats-server, brought when it is not here: built with Go, else the pinned release, else the system's own from 2.10 on, else
 * Debian's package with reduced durability. `say` names each step before it happens. Throws `setup_needed` or `nats_missing`.
 */
export async function bringNatsServer(
  say: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundNatsServer> {
  const here = await findNatsServer();
  if (here?.fitness === 'wanted') return here;
  if (env.STAGEFLOW_NO_INSTALL) {
    if (here !== null) return here;
    throw new StageflowError('setup_needed', {
      what: 'nats-server',
      commands: await anyServerCommand(process.getuid?.() === 0),
    });
  }
  const cache = path.join(cacheFolder(), 'nats-server');
  mkdirSync(cache, { recursive: true });
  return withLock(path.join(cache, 'bring.lock'), async () => {
    const meanwhile = await findNatsServer();
    if (meanwhile?.fitness === 'wanted') return meanwhile;
    const go = await findGo();
    if (go !== null && (await buildWithGo(go, pinnedPath(), say))) return required();
    if (!triedLately(cache) && (await fetchRelease(pinnedPath(), say))) return required();
    if (meanwhile !== null) return meanwhile;
    await carryOut([installStep(['nats-server'])], say, env);
    return required();
  });
}

async function required(): Promise<FoundNatsServer> {
  const found = await findNatsServer();
  if (found === null) throw new StageflowError('nats_missing');
  return found;
}
