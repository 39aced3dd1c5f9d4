import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

interface Packages {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
}
const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Packages;
const files = ['package.json', ...globSync('{engine,server,main,renderer,scanners/*}/package.json', { cwd: ROOT })];
/** Package, the version that a workspace asks for, and the workspace. Our own workspaces are none. */
const asked = files.flatMap((file) => {
  const { dependencies, devDependencies } = read(file);
  const all = [...Object.entries(dependencies ?? {}), ...Object.entries(devDependencies ?? {})];
  return all.filter(([name]) => !name.startsWith('@stageflow/')).map(([name, version]) => ({ name, version, file }));
});
const locked = (
  JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, Packages> }
).packages;

describe('dependencies', () => {
  it('are asked for by one exact version, the same in every workspace', () => {
    expect(asked.filter(({ version }) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    const versions = Map.groupBy(asked, ({ name }) => name);
    const differing = [...versions].filter(([, rows]) => new Set(rows.map(({ version }) => version)).size > 1);
    expect(differing).toEqual([]);
  });

  it('are locked at that version', () => {
    const other = asked.filter(({ name, version, file }) => {
      const own = locked[`${file.slice(0, -'package.json'.length)}node_modules/${name}`];
      return (own ?? locked[`node_modules/${name}`])?.version !== version;
    });
    expect(other).toEqual([]);
  });

  it('are locked by what is in them', () => {
    const packages = Object.entries(locked).filter(
      // Builds of a tool for other systems: a registry may not carry them.
      ([path, { link, optional }]) => path.includes('node_modules/') && !link && !optional,
    );
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  });
});
