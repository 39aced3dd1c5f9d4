import { spawn } from 'node:child_process';
import path from 'node:path';
import { Duplex } from 'node:stream';
import { z } from 'zod';
import { StageflowError, silentLog } from '../kernel/index.ts';
import type { Log } from '../kernel/index.ts';
import { runContainer } from './container.ts';
import { lastWords } from './exit.ts';
import { clearMonitorFiles, clearRuntimeRecords, monitorFileOf } from './leavings.ts';
import { runCommand } from './host/index.ts';
import type { CommandResult, PodmanHost } from './host/index.ts';
import { containerName, hostNotes, podArguments, runArguments } from './podman-arguments.ts';
import type { PodPlan } from './plan.ts';
import type { PodRuntime, Role, RunningContainer, RunningPod } from './runtime.ts';

/** What the runtime needs. */
export interface PodmanRuntimeOptions {
  readonly host: PodmanHost;
  /** Identity of the data folder's engine, as in the plans. */
  readonly engineId: string;
  /** Bytes that all containers of a job may store together. */
  readonly artifactBytes?: number;
  /** What Node is started with for a role, in place of the image's own programs. */
  readonly programs?: Partial<Record<Role, readonly string[]>>;
  readonly log?: Log;
}

/** Four GiB: far above what a job of 500 pages stores, far below a disk. */
export const ARTIFACT_BYTES_PER_JOB = 4 * 2 ** 30;
const QUICK = 30_000;

/** Pods of rootless Podman. */
export function createPodmanRuntime(options: PodmanRuntimeOptions): PodRuntime {
  const { host, log = silentLog } = options;
  const podman = (...args: string[]): Promise<CommandResult> => runCommand(host.command(args), { timeoutMs: QUICK });

  /** Removes a pod with everything in it. Removing races with containers that end by themselves, so only what is left counts. */
  const removePod = async (name: string): Promise<void> => {
    for (let tries = 0; tries < 4; tries++) {
      const removed = await podman('pod', 'rm', '--force', '--time', '0', name);
      if (removed.code === 0 || (await podman('pod', 'exists', name)).code === 1) {
        clearMonitorFiles(host.folders.runtime, name);
        return;
      }
      log.warn('a pod could not be removed yet', { pod: name, reason: lastWords(removed.stderr) });
    }
    log.error('a pod is left behind; it is removed at the next start', { pod: name });
  };

  const startContainer = (
    plan: PodPlan,
    role: Role,
    handlers: Parameters<RunningPod['start']>[1],
    budget: { left: number },
  ) => {
    const name = containerName(plan, role);
    const monitorFile = monitorFileOf(host.folders.runtime, plan.name, role);
    const started = runArguments(plan, role, host, options.programs?.[role], monitorFile);
    const { file, args, env, cwd } = host.command(started);
    // In a session of its own: Ctrl-C in a terminal is for the engine, which ends its containers in good order.
    const child = spawn(file, [...args], { cwd, env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const limit = plan.limits[role];
    return runContainer(
      {
        role,
        child,
        stdio: Duplex.from({ readable: child.stdout, writable: child.stdin }),
        output: [child.stderr],
        kernelLimits: host.cgroup.limits,
        monitorFile: process.platform === 'linux' ? monitorFile : null,
        strike: async () => {
          await podman('kill', '--signal', 'KILL', name);
        },
        watch: host.cgroup.limits
          ? null
          : { root: () => firstProcess(name), memory: limit.memoryMiB * 2 ** 20, processes: limit.pids },
      },
      handlers,
      budget,
      log.child({ jobId: plan.jobId, pod: plan.name }),
    );
  };
  const firstProcess = async (name: string): Promise<number | null> => {
    const { code, stdout } = await podman('inspect', '--type', 'container', '--format', '{{.State.Pid}}', name);
    const pid = Number(stdout.trim());
    return code === 0 && Number.isInteger(pid) && pid > 1 ? pid : null;
  };

  /** Clears up after monitors that were killed. */
  const clearRecords = () =>
    clearRuntimeRecords(path.join(host.folders.runtime, host.runtime), async () => {
      const { code, stdout } = await podman('ps', '--all', '--no-trunc', '--format', '{{.ID}}');
      return code === 0 ? new Set(stdout.split('\n')) : null;
    });

  return {
    kind: 'podman',
    create: async (plan) => {
      const created = await podman(...podArguments(plan));
      if (created.code !== 0) throw new StageflowError('podman_failed', { reason: lastWords(created.stderr) });
      const budget = { left: options.artifactBytes ?? ARTIFACT_BYTES_PER_JOB };
      const containers: RunningContainer[] = [];
      let removed: Promise<void> | null = null;
      return {
        id: created.stdout.trim(),
        name: plan.name,
        notes: hostNotes(host),
        facts: {
          isolation: 'podman',
          rootless: true,
          podman: host.version,
          runtime: host.runtime,
          cgroupVersion: host.cgroup.version,
          limits: host.cgroup.limits,
          image: plan.image,
        },
        start: async (role, handlers, limits) => {
          if (removed !== null) throw new StageflowError('podman_failed', { reason: 'the pod has been removed' });
          const own = limits === undefined ? plan : { ...plan, limits: { ...plan.limits, [role]: limits } };
          const container = startContainer(own, role, handlers, budget);
          containers.push(container);
          return container;
        },
        remove: () => {
          removed ??= (async () => {
            await Promise.all(containers.map((container) => container.kill()));
            const reports = await Promise.all(containers.map(({ exited }) => exited));
            await removePod(plan.name);
            if (reports.some(({ lost }) => lost)) await clearRecords();
          })();
          return removed;
        },
      };
    },
    reap: async (keep) => {
      const listed = await podman(
        'pod',
        'ps',
        '--filter',
        `label=io.stageflow.engine=${options.engineId}`,
        '--format',
        'json',
      );
      if (listed.code !== 0) throw new StageflowError('podman_failed', { reason: lastWords(listed.stderr) });
      const orphans = Pods.parse(JSON.parse(listed.stdout || '[]') ?? []).filter(
        ({ Labels: labels }) =>
          !keep({ jobId: labels['io.stageflow.job'] ?? '', attempt: Number(labels['io.stageflow.attempt']) }),
      );
      for (const { Name } of orphans) await removePod(Name);
      await clearRecords();
      return orphans.length;
    },
  };
}

const Pods = z.array(z.object({ Name: z.string(), Labels: z.record(z.string(), z.string()) }));
