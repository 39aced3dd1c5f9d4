import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, fstatSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that can be full: a tmpfs of its own. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all space but `left` bytes. */
  fill(left?: number): void;
  /** Gives the space back. */
  free(): void;
  dispose(): void;
}

/** Mounts a disk of `mebibytes`; null where this account may not mount. */
export function createSmallDisk(mebibytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'stageflow-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path]);
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    return null;
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: (left = 0) => {
      const file = openSync(filler, 'w');
      const block = Buffer.alloc(64 * 2 ** 10);
      try {
        for (;;) writeSync(file, block);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        ftruncateSync(file, Math.max(0, fstatSync(file).size - left));
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    dispose: () => {
      // Lazily: a process that still ends holds a file for a moment longer.
      spawnSync('umount', ['--lazy', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
