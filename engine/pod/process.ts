import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { StageflowError, silentLog } from '../kernel/index.ts';
import type { Log } from '../kernel/index.ts';
import { runContainer } from './container.ts';
import { repositoryFolder } from './host/index.ts';
import type { PodPlan } from './plan.ts';
import { ARTIFACT_BYTES_PER_JOB } from './podman.ts';
import { heapMiB } from './podman-arguments.ts';
import { endFamily, familyOfPod, POD_MARK } from './process-family.ts';
import { processRow } from './process-table.ts';
import type { ChannelHandlers, PodRuntime, Role, RunningContainer } from './runtime.ts';

/** What the runtime needs. */
export interface ProcessRuntimeOptions {
  /** Identity of the data folder's engine, as in the plans. */
  readonly engineId: string;
  /** Folder of this engine for the temporary folders of its processes; absolute, and short: Chromium's socket path below it may have 108 characters. */
  readonly folder: string;
  /** Bytes that all processes of a job may store together. */
  readonly artifactBytes?: number;
  /** What Node is started with for a role, in place of our own programs. */
  readonly programs?: Partial<Record<Role, readonly string[]>>;
  readonly log?: Log;
}

const RECORD = 'pod.json';
const POD_FOLDER = /^pod-[A-Za-z0-9]{6}$/;
const PodRecord = z.object({
  engineId: z.string(),
  jobId: z.string(),
  attempt: z.number(),
  processes: z.array(z.object({ pid: z.number().int().positive(), started: z.string() })),
});
type PodRecord = z.infer<typeof PodRecord>;

/**
 * Pods that are plain processes of this user: for a person's own build on a machine without Podman, never chosen silently. They share
 * the user's files and network; only the browser's own sandbox stands between a page and the machine.
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): PodRuntime {
  const log = options.log ?? silentLog;
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  return {
    kind: 'process',
    create: async (plan) => {
      const folder = mkdtempSync(path.join(options.folder, 'pod-'));
      const record: PodRecord = { engineId: plan.engineId, jobId: plan.jobId, attempt: plan.attempt, processes: [] };
      writeRecord(folder, record);
      const budget = { left: options.artifactBytes ?? ARTIFACT_BYTES_PER_JOB };
      const containers: RunningContainer[] = [];
      let removed: Promise<void> | null = null;
      return {
        id: path.basename(folder),
        name: plan.name,
        notes: [
          'Reduced isolation: the scan ran as plain processes of this user (--isolation process); pages and archive were not shut off from the files and the network of this machine.',
        ],
        facts: { isolation: 'process', rootless: process.getuid?.() !== 0, limits: false },
        start: async (role, handlers) => {
          if (removed !== null) throw new StageflowError('internal', { reason: 'the pod has been removed' });
          const container = startProcess(options, plan, role, folder, record, handlers, budget, log);
          containers.push(container);
          return container;
        },
        remove: () => {
          removed ??= (async () => {
            await Promise.all(containers.map((container) => container.kill()));
            endFamily(familyOfPod(path.basename(folder), record.processes));
            removeFolder(folder);
          })();
          return removed;
        },
      };
    },
    reap: async (keep) => {
      let reaped = 0;
      // The folder may hold other things of the engine; only what has the form of a pod's name is ours.
      for (const name of readdirSync(options.folder).filter((name) => POD_FOLDER.test(name))) {
        const folder = path.join(options.folder, name);
        const record = readRecord(folder);
        if (record !== null && (record.engineId !== options.engineId || keep(record))) continue;
        endFamily(familyOfPod(name, record?.processes ?? []));
        removeFolder(folder);
        reaped += 1;
      }
      return reaped;
    },
  };
}

/**
 * A program as it is started: Chromium's sandbox refuses to run as root, so root's process becomes an ordinary user of a namespace of its
 * own, in which it is nobody outside.
 */
function unprivileged(command: readonly string[]): string[] {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return [...command];
  return ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--', ...command];
}

function startProcess(
  options: ProcessRuntimeOptions,
  plan: PodPlan,
  role: Role,
  folder: string,
  record: PodRecord,
  handlers: ChannelHandlers,
  budget: { left: number },
  log: Log,
): RunningContainer {
  const home = path.join(folder, role);
  mkdirSync(home, { mode: 0o700 });
  const limit = plan.limits[role];
  const program = options.programs?.[role] ?? [path.join(repositoryFolder(), 'scanners/runtime', role, 'main.ts')];
  const [file = process.execPath, ...args] = unprivileged([process.execPath, ...program]);
  const child = spawn(file, args, {
    cwd: home,
    env: processEnvironment(process.env, home, path.basename(folder), heapMiB(role, limit.memoryMiB)),
    // Its own session: Ctrl-C in a terminal is for the engine, and the whole group can be ended at once.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const { pid } = child;
  const started = pid === undefined ? null : { pid, started: processRow(pid)?.started ?? '' };
  if (started !== null) {
    record.processes.push(started);
    writeRecord(folder, record);
  }
  return runContainer(
    {
      role,
      child,
      stdio: child.stdio[3] as Duplex,
      output: [child.stdout, child.stderr],
      kernelLimits: false,
      monitorFile: null,
      strike: async () => endFamily(familyOfPod(path.basename(folder), started === null ? [] : [started])),
      watch: { root: async () => pid ?? null, memory: limit.memoryMiB * 2 ** 20, processes: limit.pids },
    },
    handlers,
    budget,
    log.child({ jobId: plan.jobId, pod: plan.name }),
  );
}

/** The few names of our environment that a process needs; everything else, secrets among it, stays here. */
export function processEnvironment(
  env: NodeJS.ProcessEnv,
  home: string,
  pod: string,
  heap: number,
): Record<string, string> {
  const kept = ['PATH', 'SystemRoot', 'SYSTEMROOT', 'DISPLAY', 'FONTCONFIG_PATH'];
  return {
    ...Object.fromEntries(kept.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    HOME: home,
    USERPROFILE: home,
    TMPDIR: home,
    TMP: home,
    TEMP: home,
    XDG_CACHE_HOME: home,
    XDG_CONFIG_HOME: home,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    NODE_ENV: 'production',
    NODE_OPTIONS: `--max-old-space-size=${heap}`,
    STAGEFLOW_CHANNEL_FDS: '3',
    [POD_MARK]: pod,
  };
}

function writeRecord(folder: string, record: PodRecord): void {
  writeFileSync(path.join(folder, RECORD), JSON.stringify(record), { mode: 0o600 });
}

function readRecord(folder: string): PodRecord | null {
  try {
    return PodRecord.parse(JSON.parse(readFileSync(path.join(folder, RECORD), 'utf8')));
  } catch {
    return null;
  }
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
