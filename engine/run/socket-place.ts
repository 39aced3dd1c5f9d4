import { lstatSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Most bytes of a socket's path: 104 with the closing zero on the strictest system we run on. */
const MOST_BYTES = 103;
const SHORT_FOLDER = /^stageflow-[A-Za-z0-9]{6}$/;

const fits = (path: string) => Buffer.byteLength(path) <= MOST_BYTES;

/**
 * Where the engine of a data folder listens for this machine's owner: a folder that nobody else may enter, inside the data folder or,
 * where that path is too long for a socket, a short one of its own. Null where sockets are no files (Windows).
 */
export function socketPlace(root: string, env: NodeJS.ProcessEnv = process.env): string | null {
  if (process.platform === 'win32') return null;
  const inside = join(root, 'run', 'engine.sock');
  if (fits(inside)) {
    mkdirSync(dirname(inside), { recursive: true, mode: 0o700 });
    return inside;
  }
  const [base = '/tmp'] = [env.XDG_RUNTIME_DIR, tmpdir()].filter(
    (folder) => folder !== undefined && usable(folder) && fits(join(folder, 'stageflow-xxxxxx', 'engine.sock')),
  );
  return join(mkdtempSync(join(base, 'stageflow-')), 'engine.sock');
}

function usable(folder: string): boolean {
  try {
    return lstatSync(folder).isDirectory();
  } catch {
    return false;
  }
}

/** Removes an ended engine's socket, and the short folder that was made for it. */
export function clearSocket(path: string | null): void {
  if (path === null || basename(path) !== 'engine.sock') return;
  rmSync(path, { force: true });
  if (!SHORT_FOLDER.test(basename(dirname(path)))) return;
  try {
    rmdirSync(dirname(path));
  } catch {
    // Something else lies in it, or it is gone: it is not ours to force.
  }
}
