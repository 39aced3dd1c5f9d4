import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Recipe } from './recipe.ts';

/** One file of ours that goes into the image, read once so that the hash and the image cannot disagree. */
export interface SourceFile {
  /** Path under /app, with forward slashes. */
  readonly path: string;
  readonly data: Buffer;
}

const LEFT_OUT_FOLDERS = new Set(['node_modules', 'test', 'tests', 'fixtures', 'image']);
const TAKEN = /\.(ts|mts|js|mjs|json|css|html|txt|pem)$/;

/** Our sources as they run inside a pod: the scanners, and the engine's folders that scanners may import. Tests and pages for people stay out. */
export function readSources(root: string, recipe: Recipe): SourceFile[] {
  const files: SourceFile[] = [];
  const take = (relative: string): void => {
    files.push({ path: relative, data: readFileSync(path.join(root, relative)) });
  };
  const walk = (folder: string): void => {
    const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
    const names = new Set(entries.map(({ name }) => name));
    for (const entry of entries) {
      // In a package of the desktop app what runs outside lies beside its own source.
      if (entry.name.endsWith('.js') && names.has(`${entry.name.slice(0, -3)}.ts`)) continue;
      const relative = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !LEFT_OUT_FOLDERS.has(entry.name) && !entry.name.startsWith('.')) walk(relative);
      if (entry.isFile() && TAKEN.test(entry.name) && !/\.test\.\w+$/.test(entry.name)) take(relative);
    }
  };
  take('package.json');
  take('engine/package.json');
  for (const folder of recipe.engineFolders) walk(`engine/${folder}`);
  walk('scanners');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The workspaces among the sources: package name and folder, taken from their package.json files; the root is not one. */
export function workspacesOf(files: readonly SourceFile[]): { name: string; folder: string }[] {
  return files
    .filter((file) => file.path.endsWith('/package.json'))
    .map((file) => ({
      name: String((JSON.parse(file.data.toString('utf8')) as { name?: unknown }).name ?? ''),
      folder: path.posix.dirname(file.path),
    }))
    .filter((workspace) => workspace.name !== '');
}
