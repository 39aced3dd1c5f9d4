import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { familyOf, processRow, processTable } from './process-table.ts';

/** Environment variable that marks every process of a pod; children inherit it, also those that left the process group. */
export const POD_MARK = 'STAGEFLOW_POD';

/** Something that is to be ended: a process id, and its start time where that is known. */
export interface Mortal {
  readonly pid: number;
  readonly started: string;
}

/** All processes of a pod: the ones we started, everything below them, and every other one that bears the mark. */
export function familyOfPod(pod: string, started: readonly Mortal[]): Mortal[] {
  const table = processTable();
  if (table.length === 0) return [...started];
  // A process id that now belongs to somebody else must not be touched.
  const roots = table.filter(
    (row) => started.some(({ pid, started }) => pid === row.pid && started === row.started) || bears(row.pid, pod),
  );
  const found = new Map(roots.flatMap((root) => familyOf(root.pid, table)).map((row) => [row.pid, row]));
  return [...found.values()];
}

function bears(pid: number, pod: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${POD_MARK}=${pod}`);
  } catch {
    return false;
  }
}

/** Ends processes now. Where there is no process table, a whole process group (or tree, on Windows) is ended by its leader. */
export function endFamily(family: readonly Mortal[]): void {
  for (const { pid, started } of family) {
    if (started !== '' && processRow(pid)?.started !== started) continue;
    try {
      if (process.platform === 'win32')
        execFileSync('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore' });
      else process.kill(process.platform === 'linux' ? pid : -pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
