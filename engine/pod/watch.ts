import { familyOf, memoryOf } from './process-table.ts';

/** Bounds that the engine keeps where the kernel will not. */
export interface MemoryWatch {
  /** Process id on this machine of the container's first process; null while it is not known yet. */
  readonly root: () => Promise<number | null>;
  /** In bytes. */
  readonly memory: number;
  readonly processes: number;
  /** Called once, with the reason. */
  readonly exceeded: (reason: string) => void;
  /** Milliseconds between looks. */
  readonly everyMs?: number;
}

/** Looks at a container's processes until the returned function is called. */
export function watchMemory(watch: MemoryWatch): () => void {
  let root: number | null = null;
  let looking = false;
  const look = async () => {
    root ??= await watch.root();
    if (root === null) return;
    const family = familyOf(root);
    const used = memoryOf(family);
    if (family.length > watch.processes) stop(`it had more than ${watch.processes} processes`);
    else if (used > watch.memory)
      stop(`it used ${Math.round(used / 2 ** 20)} MiB of ${Math.round(watch.memory / 2 ** 20)} MiB`);
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look()
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
  }, watch.everyMs ?? 2_000);
  timer.unref();
  const stop = (reason: string) => {
    clearInterval(timer);
    watch.exceeded(reason);
  };
  return () => clearInterval(timer);
}
