import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { StageflowError } from '@stageflow/engine/kernel';

/** SHA-256 of each file of a folder, by its path with forward slashes. */
export type Checksums = Readonly<Record<string, string>>;

/** Files that are read at once. */
const AT_ONCE = 16;

/** Reads a whole folder. */
export async function checksumsOf(folder: string): Promise<Checksums> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted();
  const sums: Record<string, string> = {};
  const take = async () => {
    for (let file = files.shift(); file !== undefined; file = files.shift())
      sums[file] = await hashOf(join(folder, file));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  return Object.fromEntries(Object.entries(sums).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/** How a folder differs from what it should be: nothing when it is as it was packed. Pure. */
export function differences(wanted: Checksums, found: Checksums): readonly string[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...names].toSorted().flatMap((name) => {
    if (wanted[name] === found[name]) return [];
    const what = wanted[name] === undefined ? 'is not of it' : found[name] === undefined ? 'is missing' : 'was changed';
    return [`${name} ${what}`];
  });
}

/** Refuses (`package_damaged`) to start a program that is not what was packed beside it. */
export async function assertUnchanged(folder: string, wanted: Checksums): Promise<void> {
  const [first, ...more] = differences(wanted, await checksumsOf(folder));
  if (first === undefined) return;
  throw new StageflowError('package_damaged', {
    file: more.length === 0 ? first : `${first}, and ${more.length} more`,
  });
}
