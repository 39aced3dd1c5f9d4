import type { Occurrence } from '@stageflow/engine/sdk';

/** What is stored of a measured page. Field names inside `report` are Lighthouse's own. */
export interface LighthouseRaw {
  /** Every run, in order. */
  readonly runs: readonly RunSummary[];
  /** Index of the run that is kept: the median by performance. */
  readonly kept: number;
  readonly report: LighthouseReport;
  /** Lighthouse's node id -> axe's own selector, so that both tools name an element alike. */
  readonly axeSelectors: Readonly<Record<string, string>>;
  /** Lighthouse's node id -> its picture, or why there is none; for nodes that no other module has a picture of. */
  readonly elements?: Readonly<Record<string, Pick<Occurrence, 'screenshot' | 'noPicture'>>>;
  /** Addresses that gave no answer at all. */
  readonly unanswered: readonly string[];
}

/** One run's numbers. Scores 0 to 100, null where Lighthouse gave none. */
export interface RunSummary {
  readonly scores: Readonly<Record<string, number | null>>;
  /** How fast the machine was during the run; higher is faster. */
  readonly benchmarkIndex: number;
  readonly milliseconds: number;
}

/** The parts of Lighthouse's result that the audit reads. */
export interface LighthouseReport {
  readonly lighthouseVersion: string;
  readonly requestedUrl?: string;
  readonly finalDisplayedUrl?: string;
  readonly runWarnings: readonly string[];
  readonly runtimeError?: { readonly code: string; readonly message: string };
  readonly environment: { readonly benchmarkIndex: number; readonly hostUserAgent?: string };
  readonly configSettings: { readonly formFactor: string; readonly throttlingMethod: string };
  readonly categories: Readonly<
    Record<
      string,
      {
        readonly score: number | null;
        readonly auditRefs: readonly { readonly id: string; readonly weight: number; readonly group?: string }[];
      }
    >
  >;
  readonly audits: Readonly<Record<string, LighthouseAudit>>;
}

export interface LighthouseAudit {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly score: number | null;
  readonly scoreDisplayMode: string;
  readonly displayValue?: string;
  readonly explanation?: string;
  readonly numericValue?: number;
  /** Milliseconds that mending this would save, by metric; CLS has no unit. */
  readonly metricSavings?: Readonly<Record<string, number>>;
  readonly details?: {
    readonly type: string;
    readonly items?: unknown;
    readonly debugData?: { readonly impact?: string; readonly tags?: readonly string[] };
  };
}
