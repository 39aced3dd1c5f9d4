import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { StageflowError } from '../../kernel/index.ts';

/**
 * Runs `work` while holding a lock file that names our process; others wait, and a lock whose process is gone is broken.
 * `onWait` is called once when somebody else holds it.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options: { readonly waitMs?: number; readonly onWait?: (pid: number) => void } = {},
): Promise<T> {
  const deadline = Date.now() + (options.waitMs ?? 30 * 60_000);
  let told = false;
  while (!create(file)) {
    const holder = holderOf(file);
    if (holder !== null && !alive(holder)) {
      breakStale(file);
      continue;
    }
    if (Date.now() > deadline) {
      throw new StageflowError('internal', { reason: `process ${holder ?? '?'} has held ${file} for too long` });
    }
    if (!told && holder !== null) {
      told = true;
      options.onWait?.(holder);
    }
    await pause(100);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function create(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The process named in the lock, null while it is just being written or released. */
function holderOf(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Two waiters must not both remove the file, or the second would remove the first one's new lock: a second file decides who may. */
function breakStale(file: string): void {
  const guard = `${file}.breaking`;
  if (!create(guard)) {
    const age = statSync(guard, { throwIfNoEntry: false });
    if (age && Date.now() - age.mtimeMs > 10_000) rmSync(guard, { force: true });
    return;
  }
  try {
    const holder = holderOf(file);
    if (holder !== null && !alive(holder)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}
