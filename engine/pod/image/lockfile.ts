import { z } from 'zod';

const Names = z.record(z.string(), z.string()).optional();
const LockedPackage = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  dependencies: Names,
  optionalDependencies: Names,
  os: z.array(z.string()).optional(),
});
export const Lockfile = z.looseObject({ packages: z.record(z.string(), LockedPackage) });
export type Lockfile = z.infer<typeof Lockfile>;

/** One installed package that goes into the image. */
export interface LockedFolder {
  /** Folder relative to the repository, for example `node_modules/zod`. */
  readonly folder: string;
  /** Version and integrity, which stand for the content. */
  readonly identity: string;
}

/**
 * The packages that the workspaces under `roots` need at run time, by Node's own lookup through the lockfile: nearest `node_modules`
 * first. `only` limits a workspace to some of its dependencies. Sorted by folder; our own workspaces are left out. Throws when the lockfile lacks one.
 */
export function productionClosure(
  lock: Lockfile,
  roots: readonly string[],
  only: Readonly<Record<string, readonly string[]>> = {},
): LockedFolder[] {
  const found = new Map<string, string>();
  const visit = (from: string, allowed?: readonly string[]): void => {
    const entry = lock.packages[from];
    if (entry === undefined) throw new Error(`package-lock.json does not know ${from}; run npm install`);
    const required = Object.keys(entry.dependencies ?? {});
    const optional = Object.keys(entry.optionalDependencies ?? {});
    for (const name of [...required, ...optional]) {
      if (allowed !== undefined && !allowed.includes(name)) continue;
      const folder = lookup(lock, from, name);
      if (folder === null) {
        if (optional.includes(name)) continue;
        throw new Error(`package-lock.json does not say where ${from || 'the root'} finds ${name}; run npm install`);
      }
      const target = lock.packages[folder];
      if (target === undefined || target.link || found.has(folder)) continue;
      // A binary package for one system cannot be taken from this machine's node_modules into a Linux image.
      if (target.os !== undefined) continue;
      found.set(folder, `${target.version ?? ''} ${target.integrity ?? ''}`);
      visit(folder);
    }
  };
  for (const root of roots) visit(root, only[root]);
  return [...found].map(([folder, identity]) => ({ folder, identity })).sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Folder in which code under `from` finds package `name`, or null. */
function lookup(lock: Lockfile, from: string, name: string): string | null {
  for (let base = from; ; base = parentOf(base)) {
    const folder = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (lock.packages[folder] !== undefined) return folder;
    if (base === '') return null;
  }
}

function parentOf(folder: string): string {
  const cut = folder.lastIndexOf('/');
  const parent = cut < 0 ? '' : folder.slice(0, cut);
  return parent === 'node_modules' ? '' : parent;
}
