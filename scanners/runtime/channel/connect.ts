import { readFileSync, readdirSync } from 'node:fs';
import { openEngineChannel } from './client.ts';
import type { EngineChannel } from './client.ts';
import { takeChannelStream } from './stdio.ts';

/**
 * The process's own channel to the engine. When the engine goes away the process ends with code 1 at once, and its children with it;
 * after `close()` the caller ends it with `endProcess`.
 */
export function connectEngine(): EngineChannel {
  const channel = openEngineChannel(takeChannelStream());
  let closing = false;
  void channel.closed.then(() => {
    if (!closing) endProcess(1);
  });
  return {
    ...channel,
    close: () => {
      closing = true;
      return channel.close();
    },
  };
}

/** Ends this process and everything it started (a browser keeps running in a process group of its own otherwise). */
export function endProcess(code: number): never {
  for (const pid of descendants(process.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
  process.exit(code);
}

/** Process ids below `root`, from /proc; empty where there is no /proc (a browser there ends when its pipe closes). */
function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  try {
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      if (!Number.isInteger(pid)) continue;
      const parent = parentOf(pid);
      if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
  } catch {
    return [];
  }
  const found: number[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const below = children.get(pid) ?? [];
    found.push(...below);
    open.push(...below);
  }
  return found;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
