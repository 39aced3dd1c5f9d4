import { readdir, readFile } from 'node:fs/promises';
import type { SandboxProof } from '@stageflow/engine/sdk';

/** What `/proc` says of one process. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly seccomp: number | null;
  /** Filters in force on it, the container's included; null where the kernel does not count them. */
  readonly filters: number | null;
  /** How many pid namespaces deep it lives, seen from ours. */
  readonly namespaces: number;
}

/** One line of `/proc/<pid>/status`. */
function field(status: string, name: string): string | null {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? null;
}

function numberOf(status: string, name: string): number | null {
  const text = field(status, name);
  return text === null ? null : Number(text);
}

async function factsOf(pid: number): Promise<ProcessFacts | null> {
  try {
    const [status, command] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    return {
      pid,
      parent: Number(field(status, 'PPid')),
      command: command.replaceAll('\0', ' '),
      seccomp: numberOf(status, 'Seccomp'),
      filters: numberOf(status, 'Seccomp_filters'),
      namespaces: (field(status, 'NSpid') ?? '').split(/\s+/).filter(Boolean).length,
    };
  } catch {
    return null;
  }
}

/** Processes that descend from `root`, `root` left out. */
export function descendants(all: readonly ProcessFacts[], root: number): ProcessFacts[] {
  const found: ProcessFacts[] = [];
  const parents = new Set([root]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const process of all) {
      if (parents.has(process.pid) || !parents.has(process.parent)) continue;
      parents.add(process.pid);
      found.push(process);
      grew = true;
    }
  }
  return found;
}

/** Judges the browser's processes. `own` is this process's status file. */
export function judge(browser: readonly ProcessFacts[], own: string): SandboxProof {
  const renderers = browser.filter((p) => p.command.includes('--type=renderer'));
  const base = numberOf(own, 'Seccomp_filters');
  // Kernels before 5.9 count no filters. Where this process has none, whatever a renderer has is its own.
  const uncounted = numberOf(own, 'Seccomp') === 0 ? (p: ProcessFacts) => [p.seccomp === 2 ? 1 : 0] : () => [];
  const filters = renderers.flatMap((p) => (p.filters === null || base === null ? uncounted(p) : [p.filters - base]));
  const levels = renderers.map((p) => p.seccomp ?? 0);
  return {
    rendererSeccomp: levels.length === 0 ? null : Math.min(...levels),
    ownFilters: filters.length === 0 ? null : Math.min(...filters),
    ownNamespaces: renderers.length > 0 && renderers.every((p) => p.namespaces > 1),
    flagsClean:
      browser.length > 0 &&
      browser.every((p) => !/--no-sandbox|--disable-setuid-sandbox|--disable-seccomp-filter-sandbox/.test(p.command)),
    capEff: field(own, 'CapEff') ?? '',
    noNewPrivs: field(own, 'NoNewPrivs') === '1',
  };
}

/** Reads the proof from `/proc`; where there is none (macOS, Windows) it says that nothing is proved. */
export async function proveSandbox(): Promise<SandboxProof> {
  const names = await readdir('/proc').catch(() => [] as string[]);
  const all = (await Promise.all(names.filter((n) => /^\d+$/.test(n)).map((n) => factsOf(Number(n))))).filter(
    (p) => p !== null,
  );
  const own = await readFile('/proc/self/status', 'utf8').catch(() => '');
  return judge(descendants(all, process.pid), own);
}

/** True when the browser's own sandbox is shown to be on: a renderer with its own filter, in its own namespaces, no flag against it. What cannot be told does not hold. */
export function sandboxHolds(proof: SandboxProof): boolean {
  const filtered = proof.rendererSeccomp === 2 && proof.ownFilters !== null && proof.ownFilters > 0;
  return filtered && proof.ownNamespaces && proof.flagsClean;
}
