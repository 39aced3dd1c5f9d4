import { readFileSync, rmSync } from 'node:fs';
import { processRow } from './process-table.ts';

/** How often it is looked, in milliseconds. */
const EVERY = 500;

/**
 * Watches the monitor (conmon) that waits for a container on Podman's behalf. When it is killed, Podman says so only after twenty
 * seconds; the process table says it at once. A monitor also ends in good order, shortly after its container: `lost` then
 * resolves too, and whoever waits for it gives the container's own end a moment to be told.
 */
export function watchMonitor(file: string): { readonly lost: Promise<void>; gone(): boolean; stop(): void } {
  const lost = Promise.withResolvers<void>();
  let pid: number | null = null;
  const timer = setInterval(() => {
    pid ??= readPid(file);
    if (pid === null || processRow(pid) !== null) return;
    clearInterval(timer);
    lost.resolve();
  }, EVERY);
  timer.unref();
  return {
    lost: lost.promise,
    gone: () => pid !== null && processRow(pid) === null,
    stop: () => {
      clearInterval(timer);
      rmSync(file, { force: true });
    },
  };
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}
