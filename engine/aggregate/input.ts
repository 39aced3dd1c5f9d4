import type { SetAside } from '../report/schema.ts';
import type { Manifest } from '../scanner/index.ts';

/** One recorded event, as the ledger keeps it. Types that aggregation does not need are passed over. */
export interface HistoryEvent {
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly data: unknown;
}

/** What was asked for: the part of a job's spec that a report states. A `JobSpec` fits. */
export interface AggregateSpec {
  readonly source:
    | {
        readonly kind: 'zip';
        readonly filename: string;
        readonly bytes: number;
        readonly sha256: string;
        readonly fromFolder: boolean;
      }
    | { readonly kind: 'urls'; readonly urls: readonly string[]; readonly mode: 'crawl' | 'list' };
  readonly modules: readonly { readonly id: string }[];
  readonly pages: {
    readonly max: number;
    readonly depth: number;
    readonly robots: boolean;
    readonly sitemap: boolean;
    readonly sample: 'template' | 'all';
  };
  readonly device: 'desktop' | 'mobile';
  readonly lighthouse: { readonly runs: number };
  readonly egress: { readonly allowAssets: readonly string[]; readonly allowHosts: readonly string[] };
  readonly siteUrl: string | null;
  readonly isolation: 'pod' | 'process';
  readonly access: boolean;
  readonly parent: string | null;
  readonly label: string | null;
}

/** What `provenance.json` holds of one attempt; values that are not plain are told as text. */
export interface AttemptRecord {
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly end: string;
  readonly pod: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
  readonly browser: string | null;
  readonly sandbox: Readonly<Record<string, unknown>> | null;
  readonly versions: Readonly<Record<string, unknown>>;
  readonly egress: readonly Readonly<Record<string, unknown>>[];
}

/** An object of the job in the bucket of artifacts. */
export interface ArtifactRecord {
  readonly key: string;
  readonly size: number;
  /** Null when the store alone knows the object. */
  readonly sha256: string | null;
}

/** All that a report is made of. */
export interface AggregateInput {
  readonly job: {
    readonly id: string;
    readonly attempt: number;
    /** Milliseconds since the epoch. */
    readonly createdAt: number;
    /** When scanning ended, milliseconds since the epoch; null when it never did. */
    readonly finishedAt: number | null;
    /** Why the job failed or was cancelled, or null. The report then says incomplete. */
    readonly failure: { readonly code: string; readonly sentence: string } | null;
  };
  readonly spec: AggregateSpec;
  /** ZIP jobs: origin under which the build was served, or null when it never was. */
  readonly siteOrigin: string | null;
  /** The job's recorded events in order. */
  readonly history: Iterable<HistoryEvent>;
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** Causes that people had set aside when the scan ended, by fingerprint. */
  readonly ignores?: ReadonlyMap<string, Omit<SetAside, 'finding'>>;
  /**
   * The stored findings of one cell, decompressed and parsed as JSON but not yet trusted; null when the object is gone.
   * Asked for one cell after the other, so that only one is in memory.
   */
  readonly loadFindings: (cell: {
    readonly pageId: string;
    readonly scanner: string;
    readonly key: string;
    readonly sha256: string;
  }) => Promise<unknown>;
  /** Objects in the store under the job's folder; hashes are taken from events where they are missing here. */
  readonly artifacts: AsyncIterable<ArtifactRecord> | Iterable<ArtifactRecord>;
  readonly provenance: {
    readonly engine: string;
    readonly node: string | null;
    readonly queue: Readonly<Record<string, unknown>>;
    readonly attempts: readonly AttemptRecord[];
  };
}
