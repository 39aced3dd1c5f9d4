import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Lockfile, productionClosure } from './lockfile.ts';
import type { LockedFolder } from './lockfile.ts';
import { IMAGE_NAME, readRecipe } from './recipe.ts';
import type { Recipe } from './recipe.ts';
import { readSources, workspacesOf } from './sources.ts';
import type { SourceFile } from './sources.ts';

/** Everything that goes into the scanner image, and the image's name that follows from it. */
export interface ImageContents {
  readonly ref: string;
  /** Name of the base image: follows from the parts of the recipe that make it. */
  readonly baseRef: string;
  readonly recipe: Recipe;
  readonly containerfile: Buffer;
  readonly fonts: Buffer;
  readonly sources: readonly SourceFile[];
  readonly packages: readonly LockedFolder[];
  readonly workspaces: readonly { readonly name: string; readonly folder: string }[];
}

/** Reads a clone and names its image. About 20 ms; nothing is written and no program is started. */
export function imageContents(root: string, arch: string = process.arch): ImageContents {
  const recipe = readRecipe(root);
  const containerfile = readFileSync(path.join(root, 'scanners/image/Containerfile'));
  const fonts = readFileSync(path.join(root, 'scanners/image/fonts.conf'));
  const sources = readSources(root, recipe);
  const workspaces = workspacesOf(sources);
  const lock = Lockfile.parse(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')));
  const roots = workspaces.map((workspace) => workspace.folder);
  const packages = productionClosure(lock, roots, { engine: recipe.enginePackages });

  const hash = createHash('sha256');
  const add = (label: string, data: string | Buffer): void => {
    hash.update(`${label} ${data.length}\n`).update(data);
  };
  add('arch', arch);
  add('recipe', JSON.stringify(recipe));
  add('Containerfile', containerfile);
  add('fonts.conf', fonts);
  for (const file of sources) add(file.path, file.data);
  for (const item of packages) add(item.folder, item.identity);
  const base = createHash('sha256').update(`${arch} ${recipe.suite} ${recipe.registryBase}`).digest('hex');
  return {
    ref: `${IMAGE_NAME}:${hash.digest('hex').slice(0, 16)}`,
    baseRef: `localhost/stageflow/base:${recipe.suite}-${base.slice(0, 8)}`,
    recipe,
    containerfile,
    fonts,
    sources,
    packages,
    workspaces,
  };
}
