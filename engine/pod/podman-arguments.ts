import type { PodmanHost } from './host/index.ts';
import type { PodPlan } from './plan.ts';
import type { Role } from './runtime.ts';

/** What decides the arguments, beside the plan. */
export type HostLimits = Pick<PodmanHost, 'cgroup' | 'seccompProfile'>;

const FILES = 4096;

/** `podman pod create`: no network but a loopback of its own, which is the only thing its containers share. */
export function podArguments(plan: PodPlan): string[] {
  return [
    ['pod', 'create', '--replace', '--name', plan.name],
    labels(plan),
    ['--network', 'none', '--share', 'net'],
  ].flat();
}

const labels = (plan: PodPlan): string[] =>
  Object.entries(plan.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);

/** Name of a role's container. */
export const containerName = (plan: PodPlan, role: Role): string => `${plan.name}-${role}`;

/**
 * `podman run` for one container. Its stdin and stdout are the channel: the shell moves them to descriptors 3 and 4 and points 1 to
 * stderr, so that no stray print can break into the protocol. `program` is what Node is started with; Podman writes the process id of the
 * container's monitor into `monitorFile`.
 */
export function runArguments(
  plan: PodPlan,
  role: Role,
  host: HostLimits,
  program: readonly string[] = [`/app/scanners/runtime/${role}/main.ts`],
  monitorFile: string | null = null,
): string[] {
  const limit = plan.limits[role];
  const kernel = host.cgroup.limits
    ? ['--memory', `${limit.memoryMiB}m`, '--memory-swap', `${limit.memoryMiB}m`, '--pids-limit', String(limit.pids)]
    : [];
  const cpus = host.cgroup.limits && host.cgroup.controllers.includes('cpu') ? ['--cpus', String(limit.cpus)] : [];
  return [
    ['run', '--interactive', '--rm', '--init', '--pod', plan.name, '--name', containerName(plan, role)],
    labels(plan),
    monitorFile === null ? [] : ['--conmon-pidfile', monitorFile],
    locks(host, limit),
    kernel,
    cpus,
    ['--env', `NODE_OPTIONS=--max-old-space-size=${heapMiB(role, limit.memoryMiB)}`],
    ['--env', 'STAGEFLOW_CHANNEL_FDS=3,4'],
    [plan.image, 'sh', '-c', 'exec node "$@" 3<&0 4>&1 0</dev/null 1>&2', 'sh', ...program],
  ].flat();
}

/** One locked container without a pod, for a single question on stdin and its answer on stdout. */
export function soloArguments(image: string, host: HostLimits, command: readonly string[]): string[] {
  return [
    ['run', '--interactive', '--rm', '--init', '--network', 'none', '--label', 'io.stageflow.engine=solo'],
    locks(host, { tmpMiB: 512, shmMiB: 1 }),
    host.cgroup.limits ? ['--memory', '1024m', '--pids-limit', '64'] : [],
    [image, ...command],
  ].flat();
}

/** What shuts every container in, whatever it is for. */
function locks(host: HostLimits, { tmpMiB, shmMiB }: { readonly tmpMiB: number; readonly shmMiB: number }): string[] {
  return [
    ['--pull', 'never', '--log-driver', 'none', '--stop-timeout', '1'],
    ['--cap-drop', 'all', '--security-opt', 'no-new-privileges', '--security-opt', `seccomp=${host.seccompProfile}`],
    ['--read-only', '--read-only-tmpfs=false', '--image-volume', 'ignore'],
    ['--tmpfs', `/tmp:rw,nosuid,nodev,noexec,size=${tmpMiB}m,mode=1777`, '--shm-size', `${shmMiB}m`],
    ['--ulimit', `nofile=${FILES}:${FILES}`, '--ulimit', 'core=0:0'],
  ].flat();
}

/** Largest JavaScript heap of a container's Node, in MiB: it must fail by itself before the machine does. */
export function heapMiB(role: Role, memoryMiB: number): number {
  return role === 'extractor' ? 320 : Math.max(512, Math.min(2048, Math.floor(memoryMiB * 0.4)));
}

/** What does not hold on this machine, in sentences for the report. */
export function hostNotes(host: HostLimits): string[] {
  const { limits, controllers, version } = host.cgroup;
  if (!limits) {
    return [
      `Reduced isolation: this machine (cgroup v${version}) does not let an ordinary user limit memory, processor and process count of a container; the engine watched memory and process count itself and Node's heap was capped.`,
    ];
  }
  return controllers.includes('cpu')
    ? []
    : ['Reduced isolation: this machine does not let an ordinary user limit the processor time of a container.'];
}
