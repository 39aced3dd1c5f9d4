import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One timed run of a program. */
export interface Timed {
  readonly seconds: number;
  readonly code: number | null;
  readonly output: string;
  /** Peak of the summed proportional memory of the program and all that it started, MiB; 0 where /proc does not say. */
  readonly peakMiB: number;
}

/** Processes below `root`, itself included. */
function family(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // Ended between listing and reading.
    }
  }
  const members = [root];
  for (const member of members) for (const [pid, parent] of parents) if (parent === member) members.push(pid);
  return members;
}

/** Proportional memory of processes, MiB: shared pages are counted once, which summed resident sizes never do. */
export function proportionalMiB(pids: readonly number[]): number {
  let kib = 0;
  for (const pid of pids) {
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // Ended, or another user's.
    }
  }
  return kib / 1024;
}

/** How a program is run. */
export interface TimedOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Command lines, told by what was printed so far, whose processes belong to the program although it is not their parent. */
  readonly alsoMatching?: (output: string) => RegExp | null;
  /** Ends what the program leaves running: a tool that breaks off may leave its browser, which would slow all that follows. */
  readonly sweep?: boolean;
}

/** Runs a program to its end, watching its memory twice a second. */
export function timed(file: string, args: readonly string[], options: TimedOptions = {}): Promise<Timed> {
  const began = performance.now();
  const child: ChildProcess = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let peak = 0;
  const seen = new Map<number, string>();
  const watch = setInterval(() => {
    if (child.pid === undefined) return;
    const pattern = options.alsoMatching?.(output) ?? null;
    const more = pattern === null ? [] : matching(pattern).flatMap((pid) => family(pid));
    const own = family(child.pid);
    if (options.sweep) for (const pid of own) seen.set(pid, seen.get(pid) ?? startOf(pid));
    peak = Math.max(peak, proportionalMiB([...new Set([...own, ...more])]));
  }, 500);
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      for (const [pid, started] of seen) if (started !== '' && startOf(pid) === started) process.kill(pid, 'SIGKILL');
      resolve({ seconds: (performance.now() - began) / 1000, code, output, peakMiB: peak });
    });
  });
}

/** When a process began, in ticks after boot; empty when it is gone. Tells it from a later one with the same id. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function matching(pattern: RegExp): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return pattern.test(readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
