import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { processRow } from './process-table.ts';
import type { Role } from './runtime.ts';

/** File with the process id of the monitor of a pod's container. */
export const monitorFileOf = (folder: string, pod: string, role: Role): string =>
  join(folder, `${pod}-${role}.monitor`);

/** Removes the monitor files of a pod that is gone: an engine that was killed could not do it. */
export function clearMonitorFiles(folder: string, pod: string): void {
  for (const role of ['extractor', 'runner'] as const) rmSync(monitorFileOf(folder, pod, role), { force: true });
}

/**
 * Removes what the container runtime (runc, crun) keeps in `folder` of containers that Podman knows no more. Usually a container's monitor
 * clears that up; one that was killed leaves it until the next boot. Podman is asked only when there is something of the kind, and after
 * looking: it knows a container before the runtime does.
 */
export async function clearRuntimeRecords(
  folder: string,
  known: () => Promise<ReadonlySet<string> | null>,
): Promise<void> {
  const dead = readNames(folder).filter((id) => isDead(join(folder, id)));
  if (dead.length === 0) return;
  const kept = await known();
  if (kept === null) return;
  for (const id of dead) if (!kept.has(id)) rmSync(join(folder, id), { recursive: true, force: true });
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name));
  } catch {
    return [];
  }
}

/** True when the first process of the container whose record this is has ended; a record that cannot be read yet is left alone. */
function isDead(record: string): boolean {
  for (const [file, field] of [
    ['state.json', 'init_process_pid'],
    ['status', 'pid'],
  ] as const) {
    try {
      const pid: unknown = (JSON.parse(readFileSync(join(record, file), 'utf8')) as Record<string, unknown>)[field];
      if (typeof pid === 'number') return processRow(pid) === null;
    } catch {
      // The other runtime's, or one that is being written.
    }
  }
  return false;
}
