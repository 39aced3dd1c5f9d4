/**
 * Pod: where hostile archives and pages are handled.
 * Enters: a plan and the answers for each container. Leaves: running containers, their ends as coded failures, facts for the report.
 * Called by engine/run. It must never give a container a network, a mount, a credential or a capability, and never leave one behind.
 */
export { planPod } from './plan.ts';
export { createPodPool } from './pool.ts';
export type { PodPool } from './pool.ts';
export type { PodPlan } from './plan.ts';
export type {
  ChannelHandlers,
  DialAnswer,
  ExitReport,
  PodRuntime,
  Role,
  RunningContainer,
  RunningPod,
} from './runtime.ts';
export { exitFailure } from './exit.ts';
export { createPodmanRuntime } from './podman.ts';
export type { PodmanRuntimeOptions } from './podman.ts';
export { createProcessRuntime } from './process.ts';
export type { ProcessRuntimeOptions } from './process.ts';
export { soloArguments } from './podman-arguments.ts';
