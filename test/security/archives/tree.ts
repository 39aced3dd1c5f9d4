import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { ARCHIVE_LIMITS } from '@stageflow/engine/sdk';
import { unpackEntry } from '../../../scanners/runtime/extractor/unpack/index.ts';
import { bufferSource, validateArchive } from '../../../scanners/runtime/extractor/validate/index.ts';

/** The files of an archive as `checksum path` lines, sorted; folders have no line. */
export type Tree = readonly string[];

/** One line of a tree; `./a` and `a` are the same file. */
export const line = (sha256: string, path: string): string => `${sha256} ${posix.normalize(path)}`;

/** True when a command can be started on this machine. */
export const has = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;

/** The tree that our extractor gives. */
export async function ours(bytes: Buffer): Promise<Tree> {
  const source = bufferSource(bytes);
  const tree: string[] = [];
  for (const entry of validateArchive(source, ARCHIVE_LIMITS).entries) {
    const hash = createHash('sha256');
    await unpackEntry(source, entry, (part) => hash.update(part));
    if (!entry.folder) tree.push(line(hash.digest('hex'), entry.path));
  }
  return tree.sort();
}
