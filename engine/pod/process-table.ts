import { readFileSync, readdirSync } from 'node:fs';

/** One process of this machine. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Ticks after boot at which it started; tells a process from a later one with the same id. */
  readonly started: string;
}

/** All processes, from /proc; empty where there is none. */
export function processTable(): ProcessRow[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^[0-9]+$/.test(name))
      .map((name) => processRow(Number(name)))
      .filter((row) => row !== null);
  } catch {
    return [];
  }
}

/** One process, or null when it is gone or there is no /proc. */
export function processRow(pid: number): ProcessRow | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return { pid, parent: Number(fields[1]), started: fields[19] ?? '' };
  } catch {
    return null;
  }
}

/** A process and all below it. */
export function familyOf(root: number, table: readonly ProcessRow[] = processTable()): ProcessRow[] {
  const family = table.filter((row) => row.pid === root);
  for (const member of family)
    family.push(...table.filter((row) => row.parent === member.pid && row.pid !== member.pid));
  return family;
}

/**
 * Memory of a family in bytes: what each process has for itself, and the largest shared part once. Adding up resident sizes would
 * count a browser's shared pages for every one of its processes; reading exact shares costs more than it tells.
 */
export function memoryOf(family: readonly ProcessRow[]): number {
  const page = 4096;
  let own = 0;
  let shared = 0;
  for (const { pid } of family) {
    try {
      const [, resident = 0, common = 0] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
      own += (resident - common) * page;
      shared = Math.max(shared, common * page);
    } catch {
      // It ended meanwhile.
    }
  }
  return own + shared;
}
