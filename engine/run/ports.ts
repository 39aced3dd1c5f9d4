import type { ArtifactStore } from '../artifact/store.ts';
import type { Bus } from '../bus/port.ts';
import type { Clock, Log } from '../kernel/index.ts';
import type { Ledger } from '../ledger/port.ts';
import type { DialAnswer, PodRuntime } from '../pod/runtime.ts';
import type { Failure, JobSpec } from '../event/index.ts';
import type { Planner } from '../model/index.ts';
import type { Manifest, SiteSummary } from '../scanner/index.ts';
import type { MachineLock } from './machine-lock.ts';
import type { SecretFolder } from './secrets.ts';
import type { RunnerSurroundings } from './session/assignment.ts';
import type { RobotsJudge } from './session/crawl.ts';

/** One job's way to the web, opened for one attempt. */
export interface JobEgress {
  dial(authority: string, tls?: boolean): Promise<DialAnswer>;
  /** Connections made and refused, bounded, for the provenance. */
  records(): readonly Readonly<Record<string, unknown>>[];
  close(): void;
}

/** Everything the engine touches of the world. The same engine runs on real parts and, in simulation, on fakes of these. */
export interface EnginePorts {
  readonly ledger: Ledger;
  readonly bus: Bus;
  readonly store: ArtifactStore;
  /** Folder of the reports that commands write for people; null or left out where there is none. */
  readonly reports?: string | null;
  readonly pods: (isolation: JobSpec['isolation']) => Promise<PodRuntime>;
  readonly egress: (job: {
    readonly id: string;
    readonly spec: JobSpec;
    readonly site: SiteSummary | null;
  }) => JobEgress;
  readonly robots: RobotsJudge;
  /** Opens the way to the model for one attempt; null or left out where none is configured. */
  readonly planner?: (() => Planner) | null;
  readonly secrets: SecretFolder;
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly lock: MachineLock;
  readonly clock: Clock;
  readonly log: Log;
  /** Reference of the scanner image; asked for only when a pod is needed. */
  readonly image: () => Promise<string>;
  readonly surroundings: RunnerSurroundings;
  /** Writes the report of a job that ended, from ledger and store alone. */
  readonly report: ReportWriter;
  /** Identity of this data folder's engine, for labels, records and reaping. */
  readonly engineId: string;
  /** `STAGEFLOW_NODE`. */
  readonly node: string;
}

/** Facts of one attempt for the provenance. */
export interface AttemptFacts {
  readonly attempt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly end: string;
  readonly pod: Readonly<Record<string, string | number | boolean>>;
  readonly notes: readonly string[];
  readonly browser: string | null;
  readonly sandbox: Readonly<Record<string, unknown>> | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly egress: readonly Readonly<Record<string, unknown>>[];
}

/** Aggregation and rendering behind one call, for an attempt of a job: when a newer one has begun, nothing is stored (`fenced`). `failure` is what the job is about to end with; null when it is not failing, or has said so already. */
export type ReportWriter = (
  job: { readonly id: string; readonly attempt: number },
  failure: Failure | null,
) => Promise<{
  readonly report: { readonly key: string; readonly sha256: string; readonly size: number };
  readonly html: { readonly key: string; readonly sha256: string; readonly size: number };
  readonly verdict: 'complete' | 'incomplete';
  /** False when there is nothing trustworthy to show; then `code` says why. */
  readonly trustworthy: boolean;
  readonly code: 'nothing_scanned' | 'all_blocked' | 'host_unresolvable' | 'host_unreachable' | null;
  readonly about: string | null;
  readonly counts: {
    readonly critical: number;
    readonly serious: number;
    readonly moderate: number;
    readonly minor: number;
    readonly info: number;
    readonly review: number;
  };
}>;
