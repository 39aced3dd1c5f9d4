import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StageflowError } from '../kernel/index.ts';
import { Manifest } from './manifest.ts';

/** Folders beside the scanners that are no scanners. */
const NOT_SCANNERS = new Set(['runtime', 'image', 'node_modules']);

/**
 * Every scanner of a `scanners/` folder, by id: each folder with a `manifest.json`. A folder without one is no scanner yet.
 * Throws `internal` naming the file and the field when a manifest is wrong, or when its id is not its folder's name.
 */
export async function discoverScanners(folder: string): Promise<readonly Manifest[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((e) => e.isDirectory() && !NOT_SCANNERS.has(e.name)).map((e) => e.name);
  const found = await Promise.all(names.toSorted().map((name) => readManifest(folder, name)));
  return found.filter((manifest) => manifest !== null);
}

async function readManifest(folder: string, name: string): Promise<Manifest | null> {
  const path = join(folder, name, 'manifest.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw cause;
  }
  const wrong = (reason: string, cause?: unknown) =>
    new StageflowError('internal', { reason: `${path}: ${reason}` }, { cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrong('it is not JSON', cause);
  }
  const parsed = Manifest.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw wrong(`${issue?.path.join('.') || 'the document'}: ${issue?.message}`);
  }
  if (parsed.data.id !== name) throw wrong(`its id is ${parsed.data.id}, its folder ${name}`);
  return parsed.data;
}
