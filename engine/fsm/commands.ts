import type { Failure } from '../event/index.ts';

/** What the orchestrator is to do after a transition: a closed union. Each must be safe to repeat after a crash. */
export type Command =
  /** Bring up the job's pod with the containers its source needs. */
  | { readonly kind: 'startPod' }
  /** Hand out cells until none is missing. */
  | { readonly kind: 'startScan' }
  /** End the job's pod; a pod that is gone already is fine. */
  | { readonly kind: 'dropPod' }
  /** Merge all cells into the report and record `jobs.events.completed`. */
  | { readonly kind: 'aggregate' }
  /** Write a report of the finished cells whose verdict says incomplete. */
  | { readonly kind: 'writePartialReport'; readonly failure: Failure }
  /** Record `jobs.events.failed` with this failure. */
  | { readonly kind: 'failJob'; readonly failure: Failure };

/** The name of a command, as the table writes it. */
export type CommandKind = Command['kind'];
