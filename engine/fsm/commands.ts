import type { Failure } from '../event/index.ts';

/**
 * What the owner of a job is to do after a transition: a closed union. Each must be safe to repeat after a crash. The commands of a
 * newer event replace what was left of an older one's.
 */
export type Command =
  /** Run pods and hand out cells until an event says how that ended. No pod outlives it. */
  | { readonly kind: 'runPods' }
  /** Merge all cells into the report and record `jobs.events.completed`. */
  | { readonly kind: 'aggregate' }
  /** Write a report of the finished cells whose verdict says incomplete. */
  | { readonly kind: 'writePartialReport'; readonly failure: Failure }
  /** Record `jobs.events.failed` with this failure. */
  | { readonly kind: 'failJob'; readonly failure: Failure };

/** The name of a command, as the table writes it. */
export type CommandKind = Command['kind'];
