import { readFileSync } from 'node:fs';
import path from 'node:path';
import { imageContents } from './contents.ts';
import { Lockfile, productionClosure } from './lockfile.ts';

/** Files and folders of a clone, by their paths from its root. */
export interface PackagedParts {
  /** What the scanner image is made from, beside packages. */
  readonly files: readonly string[];
  /** Folders of installed packages: those of the image and those that the workspaces need at run time. */
  readonly packages: readonly string[];
}

/** What a package of the program has to bring besides its own code, so that it can make the scanner image where it is installed. */
export function packagedParts(root: string, workspaces: readonly string[]): PackagedParts {
  const { sources, packages } = imageContents(root);
  const lock = Lockfile.parse(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')));
  const image = ['Containerfile', 'fonts.conf', 'recipe.json'].map((name) => `scanners/image/${name}`);
  const folders = [...packages, ...productionClosure(lock, workspaces)].map(({ folder }) => folder);
  return {
    files: [...sources.map((source) => source.path), ...image, 'package-lock.json'],
    packages: [...new Set(folders)].toSorted(),
  };
}
