import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { runProgram } from './run-program.ts';

/** Programs of the cache that are the same for every account. */
const PROGRAMS = ['nats-server', 'node', 'minio', 'versitygw'];

/** True for a path of the clone, relative to it, that belongs into a copy: sources, but nothing that was built here. */
export function isSource(path: string): boolean {
  const parts = path.split(sep);
  if (['.git', '.cache', 'node_modules'].includes(parts[0] ?? '')) return false;
  return parts.includes('node_modules') || !['out', 'dist'].includes(parts.at(-1) ?? '');
}

/**
 * Copies a clone with its installed packages (and the stamp by which the launcher knows them) and the programs of its cache, so that
 * nothing has to be fetched or built again. An older copy is removed first. What is in it belongs to the caller still.
 */
export async function copyClone(from: { readonly root: string; readonly cache: string }, to: string): Promise<void> {
  rmSync(to, { recursive: true, force: true });
  cpSync(from.root, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => source === from.root || isSource(relative(from.root, source)),
  });
  const packages = join(to, 'node_modules');
  await copy([join(from.root, 'node_modules')], packages);
  for (const name of ['.vite', '.vite-temp', '.vitest-cache'])
    rmSync(join(packages, name), { recursive: true, force: true });
  const programs = PROGRAMS.map((name) => join(from.cache, name)).filter((path) => existsSync(path));
  mkdirSync(join(to, '.cache'));
  await copy(programs, join(to, '.cache'));
}

/** Twenty thousand files: `cp` is several times faster than we are, and shares the blocks where the disk can. */
async function copy(paths: readonly string[], to: string): Promise<void> {
  if (paths.length === 0) return;
  const code = await runProgram('cp', ['-a', '--reflink=auto', ...paths, to]);
  if (code !== 0) throw new Error(`${paths.join(', ')} could not be copied to ${to}`);
}

/** Another account's environment for a copy: nothing of the caller's own places; programs of the caller's cache are those of the copy. */
export function environmentFor(
  account: { readonly name: string; readonly home: string },
  from: { readonly env: NodeJS.ProcessEnv; readonly cache: string; readonly copy: string },
): NodeJS.ProcessEnv {
  const kept = Object.entries(from.env).flatMap(([name, value]) => {
    if (/^(HOME|USER|LOGNAME|XDG_|npm_|SUDO_|STAGEFLOW_(CACHE|HOME)$|NODE_COMPILE_CACHE)/.test(name)) return [];
    const ours = /^STAGEFLOW_(NATS_SERVER|MINIO|VERSITYGW)$/.test(name) && value?.startsWith(`${from.cache}/`);
    return [[name, ours ? `${from.copy}/.cache${value?.slice(from.cache.length)}` : value]];
  });
  return { ...Object.fromEntries(kept), HOME: account.home, USER: account.name, LOGNAME: account.name };
}
