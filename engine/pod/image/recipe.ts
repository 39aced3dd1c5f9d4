import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** Repository part of the scanner image's name; the tag is the hash of its content. */
export const IMAGE_NAME = 'localhost/stageflow/scanner';

const Recipe = z.object({
  /** Debian suite of the base. */
  suite: z.string(),
  /** Package mirror used when the machine itself is not Debian. */
  mirror: z.string(),
  securityMirror: z.string(),
  /** The same base in a registry, used where the registry answers. */
  registryBase: z.string(),
  /** Range of the Node release that runs inside. */
  node: z.string(),
  /** Folders of the engine that scanners import. */
  engineFolders: z.array(z.string()),
  /** Dependencies of the engine that those folders import; the ledger's and the queue's stay out of the image. */
  enginePackages: z.array(z.string()),
});
/** What the image is made of, as scanners/image/recipe.json says. */
export type Recipe = z.infer<typeof Recipe>;

/** The recipe of a clone. */
export function readRecipe(root: string): Recipe {
  return Recipe.parse(JSON.parse(readFileSync(path.join(root, 'scanners/image/recipe.json'), 'utf8')));
}
