import type { Duplex } from 'node:stream';
import type {
  Assignment,
  ContainerMessage,
  MessageAnswer,
  NextRequest,
  PlanAnswer,
  PlanRequest,
  StoredArtifact,
  WorkItem,
} from '../scanner/index.ts';
import type { ContainerLimits, PodPlan } from './plan.ts';

/** The two containers of a job's pod. */
export type Role = 'extractor' | 'runner';

/** How a `CONNECT` ends: a socket to be joined with the tunnel, or a refusal that goes back as a problem document. */
export type DialAnswer =
  | { readonly ok: true; readonly socket: Duplex }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly reason: string };

/**
 * What the engine answers to one container. The channel has already checked sizes and schemas when these are called.
 * A handler that throws a `fenced` error makes the channel answer 409 and end the container.
 */
export interface ChannelHandlers {
  /** May wait (a ZIP job's runner is started while the archive is still being unpacked). */
  assignment(): Promise<Assignment>;
  /** The archive; null for a container that has none. */
  input(): Promise<AsyncIterable<Uint8Array> | null>;
  /** The answer goes back as JSON. */
  message(message: ContainerMessage): Promise<MessageAnswer>;
  /** `wait`: nothing now (the channel answers 204 when the promise takes 20 s or says so); `done`: no more work. */
  next(request: NextRequest, signal: AbortSignal): Promise<WorkItem | 'wait' | 'done'>;
  /** `path` matches `ArtifactPath`. */
  putArtifact(path: string, sha256: string | null, body: AsyncIterable<Uint8Array>): Promise<StoredArtifact>;
  /** Asks the model for a module's next step; null, or left out, where none is configured or the job has no goal. */
  plan?(request: PlanRequest): Promise<PlanAnswer | null>;
  /** An object of the same job by its full key, or null. */
  getArtifact(key: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** `authority` is the raw target of the `CONNECT`, unchecked; `tls`: the container sends plain requests and the engine is to speak TLS to the host. */
  dial(authority: string, tls: boolean): Promise<DialAnswer>;
}

/** How a container ended. */
export interface ExitReport {
  readonly role: Role;
  /** Null when a signal ended the process before it had a code. */
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  /** True when we ended it ourselves. */
  readonly asked: boolean;
  /** True when the monitor that waits for the container was killed, and the container with it. */
  readonly lost?: boolean;
  /** Last lines of stderr, control characters escaped, at most 8 KiB. */
  readonly stderr: string;
  /** Set when the engine ended the container for a fault of its own: breaches of the protocol, memory, a newer attempt. */
  readonly failure?: { readonly code: 'bad_result' | 'pod_oom' | 'fenced'; readonly reason: string };
}

export interface RunningContainer {
  readonly role: Role;
  /** Resolves when the container has ended; never rejects. */
  readonly exited: Promise<ExitReport>;
  /** Milliseconds since the epoch of the last request or message on its channel. */
  lastSeen(): number;
  /** Ends it now. */
  kill(): Promise<void>;
}

export interface RunningPod {
  readonly id: string;
  readonly name: string;
  /** Sentences for the report: limits that do not hold here, reduced isolation, ... */
  readonly notes: readonly string[];
  /** Isolation facts for the provenance: rootless, runtime, cgroup version, limits in force. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** `limits` in place of the plan's, where the pod was made before its job was known. */
  start(role: Role, handlers: ChannelHandlers, limits?: ContainerLimits): Promise<RunningContainer>;
  /** Ends all containers and removes the pod; safe to call twice. */
  remove(): Promise<void>;
}

/** The port: Podman on a machine that has it, plain processes where a person asked for it, a fake in simulation. */
export interface PodRuntime {
  readonly kind: 'podman' | 'process';
  create(plan: PodPlan): Promise<RunningPod>;
  /** Removes pods and processes whose labels say they belong to this engine's data folder but to no live attempt. Returns how many. */
  reap(keep: (labels: { jobId: string; attempt: number }) => boolean): Promise<number>;
}
